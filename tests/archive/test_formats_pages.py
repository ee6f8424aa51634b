"""Logs that are web pages: irclog2html's, made by the program itself, and PircBot's fragments."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.formats import NotUnderstood, Outcome, Skip, Skipped, by_name, detect, split, write
from hub.irc import Kind, Line

AT = datetime(2026, 11, 22, 9, 8, 7, tzinfo=UTC)


def line(second: int, kind: str, nick: str, text: str = "") -> Line:
    return Line("oftc", "#yard", AT.replace(second=second), Kind(kind), nick, text)


TOLD = [
    line(1, "join", "ann"),
    line(2, "say", "ann", "안녕하세요 & <welcome>  all"),
    line(2, "say", "a|n[n]", 'https://example.org/?a=b&c=d "quoted"'),
    line(2, "say", "bob", ""),
    line(3, "action", "bob", "waves at <ann>"),
    line(4, "notice", "bob", "the minutes are up"),
    line(5, "nick", "ann", "ann_"),
    line(6, "topic", "ann_", "Harvest & rest"),
    line(7, "mode", "bob", "+o ann_"),
    line(8, "kick", "bob", "eve be nice"),
    line(9, "part", "ann_", "bye"),
    line(10, "quit", "bob", "Quit: bye"),
]


def page(folder: Path, style: str) -> str:
    log, out = folder / "#yard.2026-11-22.log", folder / "page.html"
    log.write_text("".join(write(one) + "\n" for one in TOLD), encoding="utf-8")
    program = Path(sys.executable).parent / "irclog2html"
    if not program.exists():
        pytest.skip("irclog2html is not installed")
    subprocess.run([program, "-s", style, log, "-o", out], check=True, capture_output=True)
    return out.read_text(encoding="utf-8")


def read(name: str, text: str) -> list[Outcome]:
    day = date(2026, 11, 22)
    return list(by_name(name).read(split(text), network="oftc", channel="#yard", day=day))


@pytest.mark.parametrize("style", ["xhtml", "xhtmltable"])
def test_irclog2htmls_pages_read_back_to_the_log_they_were_made_of(
    tmp_path: Path, style: str
) -> None:
    text = page(tmp_path, style)
    outcomes = read("irclog2html", text)
    assert [outcome for outcome in outcomes if isinstance(outcome, Line)] == TOLD
    assert {outcome.why for outcome in outcomes if isinstance(outcome, Skipped)} == {Skip.MARKUP}
    assert len(outcomes) == len(split(text))
    found = detect(split(text), "#yard.2026-11-22.log.html")
    assert found is not None
    assert found.name == "irclog2html"


@pytest.mark.parametrize("style", ["table", "tt"])
def test_pages_without_times_are_reported_line_by_line(tmp_path: Path, style: str) -> None:
    outcomes = read("irclog2html", page(tmp_path, style))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Line)]
    assert sum(isinstance(outcome, NotUnderstood) for outcome in outcomes) >= len(TOLD) - 1


def test_a_clock_in_an_old_page_takes_the_files_day() -> None:
    row = (
        '<tr id="t09:08-2"><th class="nick" style="background: #407a40">ann</th>'
        '<td class="text" style="color: #407a40">hi&nbsp;&nbsp;all</td>'
        '<td class="time"><a href="#t09:08-2" class="time">09:08</a></td></tr>'
    )
    assert read("irclog2html", row) == [line(0, "say", "ann", "hi  all")]


def test_entities_can_not_smuggle_line_ends_into_a_line() -> None:
    row = '<tr id="t09:08"><th class="nick">a</th><td class="text">x&#10;y&NewLine;z&#13;&#0;</td>'
    [outcome] = read("irclog2html", row)
    assert isinstance(outcome, Line)
    assert not set("\r\n\0") & set(outcome.text)


def fragment(colour: str, text: str) -> str:
    shown = f'<span class="irc-{colour}">{text}</span>'
    return f'<span class="irc-date">[9:08]</span> {shown}<br />\n'


LINK = '<a href="http://example.org/">http://example.org/</a>'
FRAGMENTS = (
    fragment("brown", "-irc.example.net- *** Checking Ident")
    + fragment("green", "* ann (~a@host.example) has joined #yard")
    + fragment("green", "* Topic is 'Harvest'")
    + fragment("green", "* Set by bob!b@host on Fri Oct 22")
    + fragment("black", f"&lt;ann&gt; 안녕 &amp; see {LINK}")
    + fragment("brick", "* ann has left the building")
    + fragment("brown", "-bob- the minutes are up")
    + fragment("green", "* ann is now known as ann_")
    + fragment("red", "[bob VERSION]")
    + fragment("black", "&lt;- *bob* for your eyes only")
    + fragment("green", "* ann_ (~a@host.example) has left #yard")
    + fragment("navy", "* bob (b@host.example) Quit (Quit: bye)")
    + """\
<pre>(by hand)

[09:08] == eve [e@host.example] has joined #yard
[09:08] <eve> raw & plain
[09:08] == eve has changed nick to adam
</pre>
"""
)


def test_pircbots_fragments_read_as_what_happened() -> None:
    assert read("pircbot", FRAGMENTS) == [
        Skipped(1, Skip.SERVER),
        line(0, "join", "ann"),
        Skipped(3, Skip.STATE),
        Skipped(4, Skip.STATE),
        line(0, "say", "ann", "안녕 & see http://example.org/"),
        line(0, "action", "ann", "has left the building"),
        line(0, "notice", "bob", "the minutes are up"),
        line(0, "nick", "ann", "ann_"),
        Skipped(9, Skip.CTCP),
        Skipped(10, Skip.PRIVATE),
        line(0, "part", "ann_"),
        line(0, "quit", "bob", "Quit: bye"),
        Skipped(13, Skip.MARKUP),
        Skipped(14, Skip.MARKUP),
        line(0, "join", "eve"),
        line(0, "say", "eve", "raw & plain"),
        line(0, "nick", "eve", "adam"),
        Skipped(18, Skip.MARKUP),
    ]
    found = detect(split(FRAGMENTS), "2026-11-22.log")
    assert found is not None
    assert found.name == "pircbot"
