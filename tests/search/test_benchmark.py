"""The search's benchmark does what it says, at a size that takes a moment."""

from pathlib import Path

from benchmarks import speech
from benchmarks.searching import Size, figures


def test_the_talk_is_the_same_in_every_run_and_a_tenth_korean() -> None:
    talk = [line.text for day in speech.days(2, 500) for line in day]
    assert talk == [line.text for day in speech.days(2, 500) for line in day]
    assert 0.06 < sum(not text.isascii() for text in talk) / len(talk) < 0.14


def test_all_engines_are_measured(tmp_path: Path) -> None:
    found = figures(tmp_path, Size(days=2, lines=60, compared_days=1, rounds=1))
    names = " ".join(figure.name for figure in found)
    for told in ("120 lines: index", "on disk", "phrase", "whole page", "whoosh", "FTS5", "while"):
        assert told in names
    assert all(figure.median > 0 for figure in found)
