"""Lines that nobody should write: no reader fails on them, loses count or takes for ever."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.formats import FORMATS, Format, detect, split
from hub.irc import Line
from tests.archive.test_formats_samples import SAMPLES

pieces = st.sampled_from(
    [
        *"<>()[]*-=!@:'\"\t\x01\x03 /#",
        "***",
        "-!-",
        "===",
        "ann",
        "mode/#yard",
        " by ",
        "has left",
        "Joins:",
        "was kicked",
        "changes topic to",
        "--- Log opened",
        "Session Start:",
        "2026",
        '<span class="irc-green">',
        "</span>",
        '<td class="join">',
        "&#10;",
        "&lt;",
        "٣",
        "\x00\r",
    ]
)
starts = st.sampled_from(
    [
        "",
        "09:08 ",
        "[09:08:07] ",
        "2026-11-22T09:08:07  ",
        "2026-11-22 09:08:07\t",
        "179533848 ",
        "Nov 22 09:08:07 ",
        "[22 Nov 09:08] ",
        "22-Nov-2026 09:08:07 ",
        "y 2026-11-22 [09:08] ",
        '<tr id="t09:08">',
        '<span class="irc-date">[9:08]</span> ',
        "--- Day changed ",
        "٠٩:٠٨ ",
    ]
)
scraps = st.builds(str.__add__, starts, st.lists(pieces, max_size=12).map("".join))


@settings(max_examples=400)
@given(st.sampled_from(FORMATS), st.lists(scraps, max_size=4), st.none() | st.dates())
def test_no_scraps_make_a_reader_fail_or_lose_count(
    known: Format, lines: list[str], day: date | None
) -> None:
    outcomes = list(known.read(lines, network="oftc", channel="#yard", day=day))
    assert len(outcomes) == len(lines)
    for outcome in outcomes:
        if isinstance(outcome, Line):
            assert not set("\r\n\0") & set(outcome.nick + outcome.text)
    detect(lines, "scraps.log")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
@pytest.mark.parametrize(
    "unit",
    ["(a@", "[ ", '"', "' by ", "<", "> ", "-:", " (", ") ", " -> ", "a ", "]  by ", "</td>"],
)
def test_a_hostile_line_costs_no_more_than_its_length(known: Format, unit: str) -> None:
    body = unit * (60_000 // len(unit))
    starts = [split(sample.text)[-1][:24] for sample in SAMPLES]
    marks = ["", "*** ", "-!- x ", "<", "-", '-!- mode change "', "* ", "--- Log opened "]
    stamps = ["09:08 ", "[09:08:07] ", "2026-11-22T09:08:07  ", "2026-11-22 09:08:07\t--\t"]
    pages = ['<tr id="t09:08"><th class="nick">', '<span class="irc-date">[9:08]</span> ']
    lines = [start + body for start in starts + pages]
    lines += [stamp + mark + body for stamp in stamps for mark in marks]
    outcomes = list(known.read(lines, network="oftc", channel="#yard", day=date(2026, 11, 22)))
    assert len(outcomes) == len(lines)
