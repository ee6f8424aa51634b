"""What somebody said as HTML: links, formatting, and what can't be seen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.palette import MIRC, nearest
from archive.richtext import escaped, rich, rich_lines, visible
from hub.irc import NOT_LOGGED, REMOVED

REL = 'rel="nofollow noopener ugc"'


def link(address: str) -> str:
    """Return how an address is linked."""
    return f'<a href="{address}" {REL}>{address}</a>'


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org/a_(b)",
        "https://example.org/x?y=1#z",
        "ftp://example.org/f",
        "irc://irc.example.org/yard",
        "ircs://irc.example.org:6697/yard",
        "mailto:ann@example.org",
        "https://ko.wikipedia.org/wiki/마당",
        "https://hub.example.org/irclogs/%23yard/%23yard.2021-05-12.log.html#t2021-05-12T21:00:30",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
def test_an_address_becomes_a_link(address: str) -> None:
    """Alone, and within a sentence."""
    assert rich(address) == link(address)
    assert rich(f"see {address} there") == f"see {link(address)} there"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see http://a.example.", "http://a.example"),
        ("(http://a.example/x)", "http://a.example/x"),
        ("[http://a.example/x], ok", "http://a.example/x"),
        ("http://a.example/(x)!", "http://a.example/(x)"),
        ("'http://a.example/x'", "http://a.example/x"),
        ("https://a.example/faq에서 봐요", "https://a.example/faq"),
        ("https://a.example/를 보세요", "https://a.example/"),
        ("http://a.example/x?!...", "http://a.example/x"),
        ("<http://a.example/x>", "http://a.example/x"),
        ('"http://a.example/x"', "http://a.example/x"),
    ],
)
def test_the_sentence_around_an_address_is_not_linked(text: str, address: str) -> None:
    """Full stops, quotes, brackets that were opened before it, and what Korean leans on it."""
    assert f'href="{address}"' in rich(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "https:///",
        "mailto:nobody",
        "vbscript://x",
        "xhttp://a.example",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_safe_address_is_no_link(text: str) -> None:
    """Only a few schemes lead anywhere."""
    assert "<a" not in rich(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("\x02bold\x02 not", '<span class="bold">bold</span> not'),
        ("\x1di\x1d\x1fu\x1f", '<span class="italic">i</span><span class="underline">u</span>'),
        ("\x1es\x1e\x11m\x11", '<span class="strike">s</span><span class="mono">m</span>'),
        ("\x16r\x16", '<span class="inverse">r</span>'),
        ("\x034red\x03 plain", '<span class="f4">red</span> plain'),
        ("\x0304,12both", '<span class="b12">both</span>'),
        ("\x03,5 comma", ",5 comma"),
        ("\x031234", '<span class="f12">34</span>'),
        ("\x0399own", "own"),
        ("\x034\x16x", '<span class="b4">x</span>'),
        ("\x02a\x034b\x0fc", '<span class="bold">a</span><span class="bold f4">b</span>c'),
        ("\x04ff0000red", '<span class="f52">red</span>'),
        ("\x02" * 7, ""),
        ("\x02<i>", '<span class="bold">&lt;i&gt;</span>'),
        ("\x02http://a.example\x02", f'<span class="bold">{link("http://a.example")}</span>'),
    ],
)
def test_formatting_becomes_classes(text: str, html: str) -> None:
    """Each stretch is one element, so nothing is ever left open."""
    assert rich(text) == html


def test_what_turns_or_hides_text_is_left_out() -> None:
    """Overrides, isolates and marks without width; joiners stay, emoji need them."""
    assert rich("exe.\u202egpj\u2066x\u200by") == "exe.gpjxy"
    assert rich("👩\u200d🌾") == "👩\u200d🌾"
    assert rich("a\x00b\x07c\x1bd") == "abcd"
    assert rich("half \ud800 a pair") == "half  a pair"


def test_a_name_with_something_unseen_passes_for_no_other() -> None:
    """A mark stands for each."""
    assert visible("#\u202eevil") == "#\ufffdevil"
    assert escaped("<a\u200b>") == "&lt;a\ufffd&gt;"


def test_any_rgb_has_a_nearest_colour_of_the_palette() -> None:
    """Hexadecimal colours become classes too, styles are not inline."""
    assert MIRC[nearest("fe0102")] == "#ff0000"
    assert MIRC[nearest("ffffff")] == "#ffffff"


NICKS = {
    "ann": "n1",
    "bob": "n2",
    "http": "n3",
    "a&b": "n4",
    "<i>": "n5",
    "mailto": "n6",
    "x,y": "n7",
}
SNIPPETS = (
    "ann: ",
    "Bob, ",
    "http: ",
    "http://a.example/x",
    "xhttps://b.example",
    "ircs://",
    "mailto:ann@a.example",
    "a&b: ",
    "<i>",
    NOT_LOGGED,
    REMOVED,
    "\n",
    "\x02",
    "\x0304,01",
    "\xa0",
    "\u2028",
    "\u202e",
    "\ud800",
    "한글",
    "😀",
)
HOSTILE = st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=5), max_size=6).map("".join)


@settings(max_examples=500)
@given(st.lists(HOSTILE | st.text(max_size=40), max_size=8))
def test_many_texts_at_once_are_what_each_is_alone(texts: list[str]) -> None:
    """Line ends and halves of characters included, which no stored text holds."""
    assert rich_lines(texts, NICKS) == [rich(text, NICKS).encode() for text in texts]


@pytest.mark.parametrize("length", [32, 33])
def test_who_is_spoken_to_has_a_name_of_32_characters_at_most(length: int) -> None:
    """Of any script: characters count, not the bytes that they take."""
    nick = "마" * length
    text, nicks = f"{nick}: 안녕", {nick: "n1"}
    assert rich_lines([text, text], nicks) == [rich(text, nicks).encode()] * 2
    assert ("<b" in rich(text, nicks)) == (length == 32)


@pytest.mark.parametrize("text", ["http\u017f://a.example", "lin\u212a http\u017f://a.example\x02"])
def test_no_letter_but_ascii_spells_a_scheme(text: str) -> None:
    """The long s and the Kelvin sign are s and k in another case, but no browser would go there."""
    assert "<a" not in rich(text)
    assert rich_lines([text], {}) == [rich(text).encode()]


def test_who_is_spoken_to_can_hide_nothing_in_their_name() -> None:
    """A nick with something unseen in it is marked nowhere, and what can't be seen is left out."""
    assert rich("a\u202eb: hi", {"a\u202eb": "n1"}) == "ab: hi"


def test_a_text_of_nothing_but_tombstones_is_told() -> None:
    """However many of them somebody has pasted."""
    assert rich(NOT_LOGGED * 5000).endswith("</i>")
