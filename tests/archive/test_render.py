"""Lines as HTML: what stands on a day's page, and that no text can make it anything else."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.entries import Entry, day_bounds
from archive.render import FOLDED, render_brief, render_day, render_line, sheet
from hub.clock import SECOND, micros
from hub.irc import NOT_LOGGED, REMOVED, Kind

DAY = date(2021, 5, 12)
FILE = "%23yard.2021-05-12.log.html"
START = day_bounds(DAY)[0]
NINE_PM = micros(datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC))


def said(nick: str, text: str, *, kind: Kind = Kind.SAY, after_s: int = 0, nth: int = 1) -> Entry:
    """Return a line of that evening."""
    return Entry(1, NINE_PM + after_s * SECOND, nth, kind, nick, text)


def html(*entries: Entry) -> str:
    """Return the lines as the day's page has them."""
    return render_day([e.row for e in entries], DAY, FILE).decode()


class Reader(HTMLParser):
    """Reads HTML as a browser would: its text, its tags, and whether they are balanced."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.balanced = True
        self._open: list[str] = []
        self.feed(source)
        self.close()
        self.balanced = self.balanced and not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.balanced = self.balanced and bool(self._open) and self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {"li", "a", "time", "bdi", "span", "b", "i", "ol", "details", "summary"}
ATTRIBUTES = {"id", "class", "href", "rel", "dir", "lang", "hidden"}


def test_a_line_has_its_permanent_anchor_and_links_to_itself_by_its_file() -> None:
    """A page saved under another name still links to where the line stands."""
    reader = Reader(html(said("ann", "hello")))
    assert reader.tags[0] == ("li", {"id": "t2021-05-12T21:00:30"})
    assert reader.tags[1] == ("a", {"href": f"{FILE}#t2021-05-12T21:00:30"})
    assert reader.text == "21:00:30 ann hello\n"


def test_later_lines_of_a_second_are_numbered() -> None:
    """As eavesdrop's pages have it."""
    page = html(said("ann", "one"), said("bob", "two", nth=2), said("ann", "three", nth=3))
    assert [tag[1]["id"] for tag in Reader(page).tags if tag[0] == "li"] == [
        "t2021-05-12T21:00:30",
        "t2021-05-12T21:00:30-2",
        "t2021-05-12T21:00:30-3",
    ]


def test_the_first_and_the_last_second_of_a_day_are_told_right() -> None:
    """The clock is looked up, not computed: both ends of the table."""
    page = html(
        Entry(1, START, 1, Kind.SAY, "ann", "a"),
        Entry(2, START + 86_400 * SECOND - 1, 1, Kind.SAY, "ann", "z"),
    )
    assert "<time>00:00:00</time>" in page
    assert "<time>23:59:59</time>" in page


def test_who_goes_on_speaking_is_marked_but_keeps_the_name() -> None:
    """The eye sees it once; copying and listening still get every name."""
    page = html(said("ann", "one"), said("ann", "two", after_s=1), said("bob", "x", after_s=2))
    assert page.count('class="same"') == 1
    assert page.count(">ann</bdi>") == 2
    assert 'class="same"' not in html(said("ann", "one"), said("ann", "two", after_s=15 * 60))


def test_comings_and_goings_are_folded_with_every_anchor_in_the_page() -> None:
    """A link to a joining still has a place to go to."""
    page = html(
        said("ann", "", kind=Kind.JOIN),
        said("bob", "bye", kind=Kind.PART, after_s=1),
        said("carl", "hello", after_s=2),
    )
    assert "<summary><bdi>ann</bdi> came, <bdi>bob</bdi> left</summary>" in page
    assert 'id="t2021-05-12T21:00:30" class="join"' in page
    assert 'id="t2021-05-12T21:00:31" class="part"' in page
    assert page.index("</ol></li>") < page.index(">carl</bdi>")


def test_a_fold_at_the_end_of_a_day_is_closed() -> None:
    """Nothing after it would do so."""
    reader = Reader(html(said("ann", "hi"), said("ann", "", kind=Kind.QUIT, after_s=1)))
    assert reader.balanced


def test_a_netsplit_is_told_as_one() -> None:
    """Both servers' names, and how many were lost."""
    split = [
        said(f"user{i}", "a.example.net b.example.net", kind=Kind.QUIT, after_s=i) for i in range(9)
    ]
    assert "9 lost in a netsplit (a.example.net and b.example.net)" in html(*split)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Kind.JOIN, "", "came"),
        (Kind.PART, "lunch", "left (lunch)"),
        (Kind.QUIT, "", "left IRC"),
        (Kind.NICK, "anna", "is now known as anna"),
        (Kind.MODE, "+o bob", "sets mode +o bob"),
        (Kind.TOPIC, "tea at 4", "changed the topic to: tea at 4"),
        (Kind.TOPIC, "", "cleared the topic"),
        (Kind.KICK, "bob be nice", "kicked bob (be nice)"),
        (Kind.KICK, "bob", "kicked bob"),
        (Kind.ACTION, "waves", "waves"),
        (Kind.NOTICE, "a notice", "a notice"),
    ],
)
def test_each_kind_is_told_in_words(kind: Kind, text: str, words: str) -> None:
    """After the nick, so that it reads as a sentence."""
    assert f"21:00:30 ann {words}\n" in Reader(html(said("ann", text, kind=kind))).text


def test_a_gap_is_an_honest_break() -> None:
    """With both its ends; the date too when it ends on another day."""
    short = said("", "2021-05-12T21:31:00Z", kind=Kind.GAP)
    assert "No log from 21:00:30 to 21:31:00 UTC: the bot was away." in html(short)
    long = said("", "2021-05-14T08:00:00Z", kind=Kind.GAP)
    assert "to 2021-05-14 08:00:00 UTC" in html(long)


def test_a_filled_gap_keeps_its_anchor_and_shows_nothing() -> None:
    """History has closed it, but somebody may have linked to it."""
    reader = Reader(html(said("", "2021-05-12T21:31:00Z filled", kind=Kind.GAP)))
    assert reader.text.strip() == ""
    assert reader.tags[0][1]["id"] == "t2021-05-12T21:00:30"


@pytest.mark.parametrize("text", [NOT_LOGGED, REMOVED])
def test_a_tombstone_looks_like_one(text: str) -> None:
    """Not like something that somebody said."""
    assert '<i class="gone">' in html(said("ann", text))


def test_what_stood_before_off_stays() -> None:
    """Only the rest of the line was asked to be left out."""
    page = html(said("ann", f"tea at 4 {NOT_LOGGED}"))
    assert '>tea at 4 <i class="gone">' in page


def test_who_is_spoken_to_has_their_colour() -> None:
    """With a colon or a comma, in any case; nobody who is not there."""
    page = html(said("Bob", "hi"), said("ann", "bob: hello", after_s=1))
    assert '<b class="to n' in page
    page = html(said("Bob", "hi"), said("ann", "BOB, hello", after_s=1))
    assert ">BOB</b>, hello" in page
    assert "<b" not in html(said("ann", "note: this")).replace("<bdi", "")


def test_a_nick_has_the_same_colour_in_any_case_and_on_any_day() -> None:
    """By the network's own rule: `[` and `{` are the same letter."""
    one, other = html(said("Ann[m]", "x")), html(said("z", "y"), said("ann{m}", "x", after_s=5))
    colour = one.partition('<bdi class="')[2].partition('"')[0]
    assert f'<bdi class="{colour}">ann{{m}}' in other


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("안녕하세요", ' dir="auto" lang="ko"'),
        ("한자 漢字", ' dir="auto" lang="ko"'),
        ("屋根の写真", ' dir="auto" lang="ja"'),
        ("大家晚安", ' dir="auto" lang="zh"'),
        ("مرحبا", ' dir="auto"'),
        ("hello", ""),
    ],
)
def test_a_text_is_set_by_its_language(text: str, attributes: str) -> None:
    """Lines break and letters look as their readers know them."""
    assert f"<span{attributes}>{text}</span>" in html(said("ann", text))


def test_a_live_line_looks_like_one_of_the_page() -> None:
    """The same renderer makes both."""
    entry = said("ann", "hello <b>")
    assert render_line(entry.row, sheet(DAY, FILE, [entry.nick])) == html(entry)


ANY = st.text(alphabet=st.characters(), max_size=60) | st.text(
    alphabet="<>&\"'=:/ \x02\x03\x0f\x16\x1d,0149http\u202e\u200b한あ", max_size=60
)


@given(st.sampled_from(list(Kind)), ANY, ANY)
def test_no_text_makes_anything_but_our_own_tags(kind: Kind, nick: str, text: str) -> None:
    """Whatever is said: balanced, ours, and without a character that can't be seen."""
    entries = [said(nick, text, kind=kind), said(nick, text, after_s=1), said("ann", text)]
    for page in (html(*entries), render_brief([e.row for e in entries[1:]])):
        page.encode("utf-8")
        reader = Reader(page)
        assert reader.balanced
        assert {tag for tag, _ in reader.tags} <= OURS
        assert {name for _, attributes in reader.tags for name in attributes} <= ATTRIBUTES
        links = [attributes["href"] or "" for tag, attributes in reader.tags if tag == "a"]
        assert all(
            link.startswith((FILE, "http", "ftp", "irc", "mailto:"))
            or link.lower().startswith(("http", "ftp", "irc", "mailto:"))
            for link in links
        )
        assert not set(page) & set("\x00\x02\x03\x0f\x1b\u202e\u2066\u200b\ufeff")


HOSTILE = [
    "http://" * 2300,
    "mailto:" * 2300,
    "\x03" * 16000,
    "\x0312,".ljust(5) * 4000,
    "(" * 8000 + ")" * 8000,
    "http://a" + ")" * 16000,
    "http://a" + "가" * 16000 + ".",
    "a" * 16000,
    "a.b " * 4000,
    "\x04abcde" * 2700,
    "\u202e" * 16000,
    " " * 16000 + ":",
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", [Kind.SAY, Kind.QUIT, Kind.TOPIC])
def test_a_hostile_line_costs_no_more_than_its_length(kind: Kind, text: str) -> None:
    """A quadratic pattern would need hours for fifty of them."""
    entries = [said("ann", text, kind=kind, after_s=i) for i in range(50)]
    assert Reader(html(*entries[:1])).balanced
    assert html(*entries).count("<li id=") == 50


TALKING = st.sampled_from([kind for kind in Kind if kind not in FOLDED])
SAID = st.tuples(TALKING, st.sampled_from(["ann", "Bob", "a&b", ""]) | ANY, ANY)


@given(st.lists(SAID, min_size=1, max_size=20))
def test_a_page_shows_each_line_as_if_it_were_alone(lines: list[tuple[Kind, str, str]]) -> None:
    """What is done for all lines at once never reaches from one into another."""
    rows = [(900 * i, 1 + i % 2, *line) for i, line in enumerate(lines)]
    page = sheet(DAY, FILE, {nick for _, nick, _ in lines})
    alone = "".join(render_line(row, page) for row in rows)
    assert render_day(rows, DAY, FILE).decode() == alone


@given(st.lists(st.tuples(st.sampled_from(list(Kind)), ANY), min_size=1, max_size=40))
def test_folds_change_nothing_but_what_is_seen(lines: list[tuple[Kind, str]]) -> None:
    """Every line stands in the page in its place, folded exactly when it tells of comings and goings."""
    page = html(*(said("ann", text, kind=kind, after_s=i) for i, (kind, text) in enumerate(lines)))
    reader = Reader(page)
    ids = [attributes["id"] for tag, attributes in reader.tags if "id" in attributes]
    assert ids == sorted(ids, key=str)
    assert len(ids) == len(lines)
    runs = [kind for kind, _ in groupby(kind in FOLDED for kind, _ in lines)]
    assert sum(attributes.get("class") == "fold" for _, attributes in reader.tags) == sum(runs)
    assert reader.balanced
