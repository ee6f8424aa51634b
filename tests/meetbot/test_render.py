"""Minutes in every format: what is said stays what was said, and never becomes markup."""

import json
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.irc import Kind
from meetbot.machine import replay
from meetbot.minutes import Minutes, minutes, outline
from meetbot.render import FORMATS, render
from meetbot.render_html import as_body
from tests.meetbot.channel import Channel, with_rules
from tests.meetbot.test_machine_properties import LOGS, RULES


def made(channel: Channel) -> Minutes:
    return minutes(channel.meeting or channel.ended[-1])


def evil(text: str) -> Channel:
    channel = Channel().starts(nick="<ann>", name=f"Swift {text}")
    for command in (
        "#topic",
        "#subtopic",
        "#info",
        "#link",
        "#action",
        "#agreed",
        "#here",
        "#motion",
    ):
        channel.says("<ann>", f"{command} {text}")
    channel.says("<b>", "+1")
    channel.says("<b>", text)
    channel.hears(Kind.ACTION, "<i>", text)
    channel.says("<ann>", "#endmeeting")
    return channel


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "footer", "h1", "h2", "p", "ol", "ul",
    "li", "a", "b", "i", "span", "time", "pre",
}  # fmt: skip


ATTRIBUTES = {
    "href", "class", "id", "rel", "lang", "charset", "name", "content", "datetime", "title",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a page: its elements, addresses and words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert name in ATTRIBUTES
            if name == "href":
                self.hrefs.append(value or "")
            if name == "id":
                self.ids.append(value or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def check(page: str) -> Page:
    read = Page(page)
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    for href in read.hrefs:
        assert re.match(
            r"(?i)(https?|ircs?|ftp|ssh)://|mailto:|[\w.%-]+\.html(#[il]-\d+)?\Z|#l-\d+\Z", href
        )
    return read


MARKUP = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>", "javascript:alert(1)", "http://x/\"onclick='y'", "&lt;b&gt;",
            "http://x/<b>", "<!-- x", "]]>", "</pre><b>", "<img src=x onerror=y>", "https://a https://b",
        ]
    ),
)  # fmt: skip


@settings(deadline=None)
@given(MARKUP)
def test_what_is_said_never_becomes_markup(text: str) -> None:
    text = text.replace("\r", "").replace("\n", "").replace("\0", "")
    document = made(evil(text))
    said = " ".join(document.log[-3].text.split())
    for ending in ("html", "log.html"):
        read = check(render(document, ending))
        assert said in " ".join("".join(read.words).split())
    markdown = render(document, "md")
    assert not re.search(r"<(?!(?:https?|ircs?|ftp|ssh|mailto):)", markdown, re.IGNORECASE)


@settings(max_examples=40, deadline=None)
@given(LOGS)
def test_every_log_renders_in_every_format(log: list) -> None:  # type: ignore[type-arg]
    for meeting in replay(log, RULES).meetings:
        document = minutes(meeting)
        for ending in FORMATS:
            page = render(document, ending)
            if ending.endswith("html"):
                check(page)
        assert json.loads(render(document, "json"))["network"] == "oftc"


def small() -> Channel:
    channel = Channel(with_rules(name_required=False), topic="Welcome").starts(name="Spec Meeting")
    channel.says("bob", "#info first")
    channel.says("ann", "#topic Releases")
    channel.says("bob", "#link see https://x.example/a. It is long")
    channel.says("ann", "#subtopic Dates")
    channel.says("bob", "#action ann: tag it")
    channel.says("bob", "#action somebody else")
    channel.says("ann", "#startvote Ship it? yes, not yet")
    channel.says("bob", "#vote not yet")
    channel.says("ann", "#endvote")
    channel.says("ann", "#endmeeting")
    return channel


def test_the_json_has_the_promised_keys() -> None:
    channel = small()
    document = json.loads(render(made(channel), "json"))
    assert list(document) == [
        "title", "network", "channel", "series", "owner", "chairs", "started_at", "ended_at",
        "items", "actions", "votes", "people",
    ]  # fmt: skip
    assert document["title"] == "Spec Meeting"
    assert document["started_at"] == "2021-05-12T21:00:00Z"
    assert document["items"][0] == {
        "type": "info", "text": "first", "nick": "bob", "at": "2021-05-12T21:00:10Z", "line": 2,
    }  # fmt: skip
    assert [item["type"] for item in document["items"]] == [
        "info", "topic", "link", "subtopic", "action", "action", "vote",
    ]  # fmt: skip
    assert document["actions"] == [
        {"text": "ann: tag it", "nick": "bob", "at": "2021-05-12T21:00:50Z", "assignees": ["ann"]},
        {"text": "somebody else", "nick": "bob", "at": "2021-05-12T21:01:00Z", "assignees": []},
    ]
    assert document["votes"] == [
        {
            "question": "Ship it?", "options": ["yes", "not yet"],
            "ballots": {"yes": [], "not yet": ["bob"]}, "result": "not yet",
        }
    ]  # fmt: skip
    assert document["people"] == [{"nick": "ann", "lines": 6}, {"nick": "bob", "lines": 5}]


def test_the_json_of_a_running_meeting_has_no_end() -> None:
    assert json.loads(render(made(Channel().starts()), "json"))["ended_at"] is None


def test_items_lead_to_their_line_and_lines_back_to_their_item() -> None:
    document = made(small())
    page, log = check(render(document, "html")), check(render(document, "log.html"))
    for number, item in enumerate(document.items, 1):
        assert f"i-{number}" in page.ids
        assert f"l-{item.line}" in log.ids
        assert f"{document.stem}.log.html#l-{item.line}" in page.hrefs
        assert f"{document.stem}.html#i-{number}" in log.hrefs
    assert [i for i in log.ids if i.startswith("l-")] == [f"l-{n}" for n in range(1, 12)]


def test_an_address_in_a_text_becomes_a_link_without_the_dot_behind_it() -> None:
    assert "https://x.example/a" in check(render(made(small()), "html")).hrefs


def test_the_body_alone_has_no_frame() -> None:
    body = as_body(made(small()))
    assert body.startswith("<h1>#swift: Spec Meeting</h1>")
    assert "<html" not in body


def test_over_midnight_the_date_stands_with_the_time() -> None:
    channel = Channel()
    channel.now = channel.now.replace(hour=23, minute=59, second=45)
    channel.starts()
    channel.says("bob", "#info late")
    for ending in ("html", "txt", "md"):
        assert "2021-05-13 00:00:05" in render(made(channel), ending)
    assert "2021-05-13" in render(made(channel), "log.html")


def test_topics_and_subtopics_nest() -> None:
    first, releases = outline(made(small()).items)
    assert (first.head, [item.text for item in first.notes]) == (None, ["first"])
    assert releases.head is not None
    assert [part.head.text for part in releases.parts if part.head] == ["Dates"]
    assert [item.kind.value for item in releases.parts[0].notes] == ["action", "action", "vote"]
