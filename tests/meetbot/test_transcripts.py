"""Each rule as a small log and the minutes it makes: `transcripts/RULE.log` and `RULE.txt`.

MADANG_WRITE_TRANSCRIPTS=1 writes the minutes anew; read what has changed before it is committed.
"""

import os
from pathlib import Path

import pytest

from archive.reading import read_log
from meetbot.machine import replay
from meetbot.minutes import minutes
from meetbot.render import render
from meetbot.rules import FILE_RULES

LOGS = sorted((Path(__file__).parent / "transcripts").glob("*.log"))


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_the_log_makes_these_minutes(log: Path) -> None:
    reading = read_log(log, channel="#yard")
    assert reading.missed == []
    made = "\n".join(
        render(minutes(meeting), "txt") for meeting in replay(reading.lines, FILE_RULES).meetings
    )
    expected = log.with_suffix(".txt")
    if os.environ.get("MADANG_WRITE_TRANSCRIPTS"):
        expected.write_text(made, encoding="utf-8")
    assert made == expected.read_text(encoding="utf-8")


def test_there_is_a_transcript_for_each_rule() -> None:
    assert len(LOGS) >= 18
