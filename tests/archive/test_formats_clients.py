"""Every client's log format is read, and told from all others."""

from datetime import date

import pytest

from archive.formats import (
    FORMATS,
    NotUnderstood,
    Outcome,
    Skip,
    Skipped,
    by_name,
    day_in_name,
    detect,
    split,
)
from hub.errors import Invalid
from tests.archive.test_formats_samples import SAMPLES, Sample


def read(name: str, text: str, day: date | None = None, tz: str = "UTC") -> list[Outcome]:
    lines = split(text)
    return list(by_name(name).read(lines, network="oftc", channel="#yard", day=day, tz=tz))


by_format = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.format)


@by_format
def test_a_log_reads_as_what_happened(sample: Sample) -> None:
    assert read(sample.format, sample.text, day_in_name(sample.name)) == sample.told


@by_format
def test_a_format_is_told_from_all_others(sample: Sample) -> None:
    found = detect(split(sample.text), sample.name)
    assert found is not None
    assert found.name == sample.format


@by_format
def test_windows_line_ends_change_nothing(sample: Sample) -> None:
    text = sample.text.replace("\n", "\r\n")
    assert read(sample.format, text, day_in_name(sample.name)) == sample.told
    found = detect(split(text), sample.name)
    assert found is not None
    assert found.name == sample.format


@by_format
def test_every_line_is_accounted_for(sample: Sample) -> None:
    cut = sample.text.replace(":", "", 3)
    outcomes = read(sample.format, cut, day_in_name(sample.name))
    assert len(outcomes) == len(split(cut))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear all,\n\nthis is a letter.\n",
        "=== A heading\n\nSome asciidoc.\n",
        "Nov 22 09:08:07 host sshd[123]: Connection closed\n" * 20,
        '{"time": "09:08", "nick": "<ann>"}\n',
        "\x00\x01\x02\xff\n" * 20,
        "2026-11-22 09:08:07 INFO started\n" * 20,
    ],
)
def test_what_is_no_log_is_no_format(text: str) -> None:
    assert detect(split(text), "README.md") is None


def test_formats_are_found_by_their_programs_names() -> None:
    assert by_name("Limnoria") is by_name("channellogger")
    assert by_name("hexchat") is by_name("xchat")
    with pytest.raises(Invalid, match="no log format 'word'") as refused:
        by_name("word")
    assert refused.value.field == "format"


def test_a_clock_without_any_date_is_reported() -> None:
    [outcome] = read("plain", "[09:08] <ann> hi\n")
    assert outcome == NotUnderstood(
        1,
        "[09:08] <ann> hi",
        "has a clock time but the file tells no date: give the date",
    )


def test_notices_of_servers_and_services_are_not_the_channels() -> None:
    text = "[09:08] -irc.example.net- *** Looking up\n[09:08] -NickServ- identify\n"
    assert read("plain", text, date(2026, 11, 22)) == [
        Skipped(1, Skip.SERVER),
        Skipped(2, Skip.SERVER),
    ]


def test_every_format_has_a_sample_or_is_a_page() -> None:
    assert {sample.format for sample in SAMPLES} | {"pircbot", "irclog2html", "meetbot-html"} == {
        known.name for known in FORMATS
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("irssi", "20:14 [Users #yard]"),
        ("irssi", "20:14 [@bob] [ ann  ] [+cho    ] "),
        ("irssi", "20:14 -!- Channel #yard created Sun Nov 22 20:14:09 2026"),
        ("weechat", "2026-11-22 20:14:39\t--\tChannel created on Sun, 22 Nov 2026 20:14:09"),
        ("weechat", "2026-11-22 20:14:39\t--\tChannel #yard: 2 nicks (1 op, 1 normal)"),
        ("xchat", "Nov 22 20:14:39 *\tTopic for #yard is: Harvest"),
        ("mirc", "[20:14] * Topic is 'Harvest'"),
    ],
)
def test_how_things_stood_on_joining_is_passed_over(name: str, text: str) -> None:
    assert read(name, text, date(2026, 11, 22)) == [Skipped(1, Skip.STATE)]
