"""Markdown: what people wrote becomes HTML of the allow-list, whatever they wrote."""

import re
import sys
from collections.abc import Sequence
from html.parser import HTMLParser
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from hub.accounts.handles import bind_handle
from hub.accounts.module import person_refs
from hub.accounts.people import create_person, rename_person, suspend
from hub.config import Config
from hub.language import language
from hub.people import GUEST, Actor, Role, operator
from hub.refs import RefKind, Sign, find_refs, signs_for
from tests.meetbot.pages import SECRET, SWIFT, meetings_in
from tests.web.corpus import PAYLOADS
from tests.web.hub import DAY, NOW, Hub
from web.markdown import ATTRIBUTES, LONGEST, REL, SCHEMES, TAGS, to_html, to_text


class _Seen(HTMLParser):
    """Gathers what a browser would make of HTML: tags with their attributes, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def is_allowed(html: str) -> bool:
    """Tell whether nothing but the allow-list stands in HTML."""
    seen = _Seen(html)
    return not seen.others and all(_is_allowed_tag(*each) for each in seen.tags)


def _is_allowed_tag(tag: str, given: dict[str, str | None]) -> bool:
    rel = given.pop("rel", None) if tag == "a" else None
    address = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", given.get("href") or "")
    return (
        tag in TAGS
        and given.keys() <= ATTRIBUTES.get(tag, frozenset())
        and (tag != "a" or rel == REL)
        and (address is None or address[1].lower() in SCHEMES)
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Roof\n## Beams", "<h2>Roof</h2>\n<h3>Beams</h3>\n"),
        ("## Roof\n#### Beams\n> ###### Nails\n\n## Walls", "<h2>Roof</h2>\n<h3>Beams</h3>\n"
         "<blockquote>\n<h4>Nails</h4>\n</blockquote>\n<h3>Walls</h3>\n"),
        ("a ~~b~~ **c** *d*", "<p>a <del>b</del> <strong>c</strong> <em>d</em></p>\n"),
        ("```c++\nx < 1\n```", '<pre tabindex="0"><code class="language-c++">x &lt; 1\n</code></pre>\n'),
        ("```x onload=1\ny\n```", '<pre tabindex="0"><code class="language-x">y\n</code></pre>\n'),
        ('```"><b>\ny\n```', '<pre tabindex="0"><code>y\n</code></pre>\n'),
        ("https://a.eu/b_c.", f'<p><a href="https://a.eu/b_c" rel="{REL}">https://a.eu/b_c</a>.</p>\n'),
        ("![roof](http://a.eu/p.png)", f'<p><a href="http://a.eu/p.png" rel="{REL}">roof</a></p>\n'),
        ("[click](javascript:alert(1))", "<p>click</p>\n"),
        ("<b onclick=x>raw</b>", "<p>&lt;b onclick=x&gt;raw&lt;/b&gt;</p>\n"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>\n'),
        ("", ""),
    ],
)  # fmt: skip
def test_each_part_of_markdown_has_its_html(text: str, html: str) -> None:
    assert to_html(text) == html


def test_tables_say_how_their_columns_stand_by_a_class() -> None:
    """An inline style would be refused by the pages' policy."""
    html = to_html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<td class="right">2</td>' in html
    assert "style" not in html
    assert html.startswith('<div class="wide" tabindex="0"><table>')


def test_a_task_says_in_the_readers_language_whether_it_is_done() -> None:
    html = to_html("- [x] roof\n- [ ] gate")
    assert '<input type="checkbox" aria-label="done" disabled="" checked=""> roof' in html
    assert '<input type="checkbox" aria-label="to be done" disabled=""> gate' in html
    before = language.set("ko")
    try:
        assert 'aria-label="done"' not in to_html("- [x] roof")
    finally:
        language.reset(before)


def test_the_words_alone_are_one_line() -> None:
    assert (
        to_text("# Roof\n\nSee *the* [plan](http://a.example) `x`\n- a\n- b")
        == "Roof See the plan x a b"
    )


# Mentions.


def stories(text: str) -> Sequence[Sign]:
    """Find `story N` and its address."""
    return [
        Sign(m.start(), m.end(), "story:1", "/story/1", 'The "gate" & <roof>')
        for m in re.finditer(r"story \d+|https://hub\.example/story/\d+", text)
    ]


LINKED = (
    f'<a href="/story/1" title="The &quot;gate&quot; &amp; &lt;roof&gt;" rel="{REL}">story 1</a>'
)


@pytest.mark.parametrize("around", ["{}", "a {} b", "*{}*", "- {}", "> {}", "# {}", "| {} |\n|-|"])
def test_what_a_text_mentions_becomes_a_link_with_its_title(around: str) -> None:
    assert LINKED in to_html(around.format("story 1"), stories)


@pytest.mark.parametrize("text", ["`story 1`", "    story 1", "```\nstory 1\n```"])
def test_nothing_in_code_is_a_mention(text: str) -> None:
    assert "<a " not in to_html(text, stories)


def test_a_link_holds_no_other() -> None:
    html = to_html("[see story 1 and ![story 2](/x)](https://a.example)", stories)
    assert html == f'<p><a href="https://a.example" rel="{REL}">see story 1 and story 2</a></p>\n'


def test_an_address_of_the_hub_is_shown_by_its_title() -> None:
    html = to_html("see https://hub.example/story/1.", stories)
    assert '">The "gate" &amp; &lt;roof&gt;</a>.' in html


def test_only_what_is_there_and_may_be_seen_becomes_a_link(hub: Hub) -> None:
    """What is private looks as if there was none; titles are asked for once."""
    asked: list[str] = []

    def label(_session: object, ref: str) -> str | None:
        asked.append(ref)
        return None if ref == "story:3" else f"Title of {ref}"

    kind = RefKind(
        "story",
        re.compile(r"story (\d+)"),
        lambda match: (f"story:{match[1]}",),
        lambda ref: f"/story/{ref[6:]}",
        label,
        lambda _session, actor, ref: actor is not GUEST or ref != "story:2",
    )
    text = "story 1, story 2, story 3, story 1"

    def read(session: Any) -> tuple[str, str]:
        signs = signs_for([kind], session, GUEST)
        return to_html(text, signs), to_html(text, signs_for([kind], session, operator("o")))

    guests, operators = hub.app.db.read(read)
    assert guests.count("<a ") == 2
    assert "Title of story:2" not in guests
    assert operators.count("<a ") == 3
    assert asked.count("story:2") == 1
    assert asked.count("story:1") == 2


def test_lines_and_meetings_are_mentioned_by_their_addresses(tmp_path: Any) -> None:
    """With the labels that their owners give them; a private meeting's address stays as it was."""
    hub = meetings_in(tmp_path)
    hub.evening()
    hub.holds_meeting()
    hub.holds_meeting("Secret", SECRET)
    url = hub.app.config.public_url
    kinds = [kind for module in hub.app.modules for kind in module.refs]
    text = f"{url}{DAY}#t2021-05-12T21:00:30 {url}{SWIFT}.html {url}{SWIFT.replace('swift', 'secret')}.html"
    html = hub.app.db.read(lambda s: to_html(text, signs_for(kinds, s, GUEST)))
    assert ">#yard 2021-05-12T21:00:30 ann</a>" in html
    assert re.search(r">[^<>/]+ 2021-05-12</a> <a", html)
    assert f">{url}{SWIFT.replace('swift', 'secret')}.html</a>" in html
    hub.app.db.close()


@pytest.fixture
def people(hub: Hub) -> Hub:
    """Ann, who is ann_acc on IRC and was anna before; Bob, who is not on IRC; and Eve, suspended."""

    def write(session: Any) -> None:
        for slug, name in (("anna", "안 Ann"), ("bob", "Bob"), ("eve", "Eve")):
            create_person(session, operator("o"), slug, name=name, now=NOW)
        rename_person(session, operator("o"), "anna", new_slug="ann", now=NOW)
        for slug, nick in (("ann", "ann_acc"), ("eve", "eve")):
            bind_handle(session, operator("o"), slug, "irc", "net", nick, now=NOW)
        suspend(session, operator("o"), "eve", now=NOW)

    hub.app.db.write(write)
    return hub


def said(hub: Hub, text: str, actor: Actor) -> list[str]:
    """Return where the mentions in a text lead to."""
    kinds = [kind for module in hub.app.modules for kind in module.refs]
    html = hub.app.db.read(lambda s: to_html(text, signs_for(kinds, s, actor)))
    assert is_allowed(html)
    return re.findall(r'href="(/people/[^"]*)"', html)


MEMBER = Actor("person:bob", Role.MEMBER, person="bob")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ann", ["/people/ann"]),
        ("(@ANN, @bob.)", ["/people/ann", "/people/bob"]),
        ("@ann님과 @bob이", ["/people/ann", "/people/bob"]),
        ("**@ann**: @ann's roof", ["/people/ann", "/people/ann"]),
        ("@anna was she, @ann_acc is she on IRC", ["/people/anna", "/people/ann_acc"]),
        ("@nobody @eve @a @", []),
        ("ann@bob.example @ann@bob x@ann @ann-- @ann_", []),
        ("`@ann` [@ann](http://a.example/@ann) https://a.example/@ann", []),
        ("```\n@ann\n```", []),
    ],
)
def test_a_person_is_called_by_their_name(people: Hub, text: str, found: list[str]) -> None:
    """By slug, an earlier one, or name on IRC; whoever is not there stays a word."""
    assert said(people, text, MEMBER) == found


def test_a_called_person_is_a_link_that_says_who_it_is(people: Hub) -> None:
    kinds = [kind for module in people.app.modules for kind in module.refs]
    html = people.app.db.read(lambda s: to_html("@ann", signs_for(kinds, s, MEMBER)))
    assert html == f'<p><a href="/people/ann" title="안 Ann" rel="{REL}">@ann</a></p>\n'


def test_guests_learn_from_calls_only_what_pages_tell_them(people: Hub) -> None:
    """Each call that is a link for them leads to a page that is there."""
    calls = "@ann @bob @eve @ann_acc @nobody"
    assert said(people, calls, GUEST) == ["/people/ann", "/people/ann_acc"]
    guest = people.client()
    assert guest.get("/people/ann_acc").headers["location"] == "/people/ann"
    answers = [guest.get(f"/people/{slug}").status_code for slug in ("ann", "bob", "eve")]
    assert answers == [200, 404, 404]


def test_a_name_on_irc_that_two_have_calls_nobody(people: Hub) -> None:
    people.app.db.write(
        lambda s: bind_handle(s, operator("o"), "bob", "irc", "other", "ann_acc", now=NOW)
    )
    assert said(people, "@ann_acc", MEMBER) == []


def test_calls_make_no_links_in_talk() -> None:
    """There `@ann` may be anybody's nick."""
    kind = person_refs(Config())
    assert list(find_refs([kind], f"@ann {Config().public_url}/people/bob")) == ["person:bob"]


# Whatever is written.


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_hostile_gets_through(payload: str) -> None:
    """Alone, and inside of each part of Markdown."""
    for around in ("{}", "# {}", "- {}", "- [ ] {}", "> {}", "[{}](/a)", "[a]({})", "![{}]({})", "`{}`",
                   "```{}\n{}\n```", "| {} |\n|-|\n| {} |", "<{}>", "[a]: {}\n\n[a]", "**{}**",
                   '[a](/b "{}")'):  # fmt: skip
        assert is_allowed(to_html(around.replace("{}", payload), stories)), around


@pytest.mark.needs("chromium")
def test_nothing_hostile_runs_in_a_browser(page: Page, tmp_path: Any) -> None:
    """Where the content security policy would forbid nothing."""
    pieces = (
        list(PAYLOADS) + [f"[a](<{p}>)" for p in PAYLOADS] + [f'[a](/b "{p}")' for p in PAYLOADS]
    )
    path = tmp_path / "page.html"
    path.write_text("<!doctype html>" + "\n".join(map(to_html, pieces)), encoding="utf-8")
    page.goto(f"file://{path}")
    for link in page.locator("a").all()[:300]:
        link.dispatch_event("mouseover")
    assert page.evaluate("window.pwned") is None
    assert page.locator("script, img, iframe, form, style, svg").count() == 0


_PIECES = st.sampled_from(
    [*"*_~`#>|[]()!<>&\"'\\\n\t- +.:=/", "\n\n", "- [ ] ", "```", "~~~", "|-|", "story 1", "http://a.example",
     "<a href=x>", "<!--", "]]>", "javascript:", "&lt;", "\0", "\u202e", "가", "a", "1. ", "    "]
)  # fmt: skip


@given(
    st.lists(_PIECES | st.text(max_size=3) | st.sampled_from(PAYLOADS), max_size=40).map("".join)
)
def test_only_the_allow_list_ever_comes_out(text: str) -> None:
    assert is_allowed(to_html(text, stories))
    assert "<" not in to_text(text) or "<" in text or "&lt;" in text


def test_a_text_too_long_is_shown_as_it_was_written() -> None:
    html = to_html("<*" * (LONGEST // 2 + 1))
    assert html.startswith('<pre tabindex="0">&lt;*&lt;*')
    assert is_allowed(html)


HOSTILE = (
    "[", "![", "*a ", "*", "`", ">", "_a __b ", "~~a ", "[a](b", "[a]: b\n", "<", "<a ", "|a", "\n", " ",
    "<!--", "http://a ", "\\", "&", "- a\n", "```\n", "# a\n", "[a", "]", "*a_b", "a**b", "1. a\n\n", "> - ",
    "\t", "<?", "[a][b]", '[a](b "', "- [ ] ", "|-", "story 1 ", "- a\n\n  b\n", "<![CDATA[",
    "![a](", "a\n===\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_twice_the_steps(piece: str) -> None:
    """Counted, not timed: what is called for a text, when it is doubled."""
    one, two = (_calls(piece * n) for n in (300, 600))
    assert two < 2.3 * one + 200


def _calls(text: str) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        to_html(text, stories)
    finally:
        sys.setprofile(before)
    return calls
