"""The benchmarks do what they say, at sizes that take a moment: what is right, never how fast."""

import json
from pathlib import Path

import pytest

from benchmarks import importing, ingesting, living, meeting, paging, rendering, tracking
from benchmarks.__main__ import main
from benchmarks.corpus import CHURN, TALK, days, write_tree
from benchmarks.figures import Figure, at_least, at_most, ratios, table
from benchmarks.hub import opened
from benchmarks.machine import machine
from benchmarks.stories import fill_plans, fill_tracker
from hub.irc import SPOKEN
from tracker.checks import check_tracker


def test_the_corpus_is_the_same_in_every_run() -> None:
    assert list(days(TALK, 2, 50)) == list(days(TALK, 2, 50))
    assert list(days(TALK, 2, 50)) != list(days(TALK, 2, 50, seed=2))


def test_the_corpus_is_mixed_as_it_says() -> None:
    talk = [line for day in days(TALK, 2, 2_000) for line in day]
    churn = [line for day in days(CHURN, 2, 2_000) for line in day]
    spoken = [line.text for line in talk if line.kind in SPOKEN]
    assert 0.90 < len(spoken) / len(talk) < 0.94
    assert 0.45 < sum(line.kind in SPOKEN for line in churn) / len(churn) < 0.55
    assert 0.08 < sum(not text.isascii() for text in spoken) / len(spoken) < 0.13
    assert 0.03 < sum("https://" in text for text in spoken) / len(spoken) < 0.07


def test_a_figure_is_judged_by_its_median() -> None:
    fast = Figure("pace", "lines/s", [1, 50, 60], at_least(40))
    slow = Figure("page", "ms", [10, 50, 60], at_most(40))
    assert (fast.median, fast.is_met, slow.is_met) == (50, True, False)
    assert Figure("only told", "ms", [1]).is_met is None
    assert ratios([10, 30], [5, 10]) == [2, 3]


def test_the_table_shows_what_is_not_met() -> None:
    head, _, row = table([Figure("page", "ms", [10, 50, 60], at_most(40))]).splitlines()
    assert head.split() == ["figure", "median", "lowest", "highest", "unit", "target"]
    assert row.split() == ["page", "50", "10", "60", "ms", "<=", "40", "NOT", "MET"]


def test_the_machine_is_told(tmp_path: Path) -> None:
    told = machine(tmp_path)
    assert "Python 3." in told
    assert "SQLite 3." in told
    assert "unknown" not in told


def test_imports_are_measured_and_counted(tmp_path: Path) -> None:
    size = importing.Size(big_days=1, sparse_days=2, dense_days=1, memory_days=1, runs=1)
    found = importing.figures(tmp_path, size)
    assert len(found) == 10
    assert all(figure.median > 0 for figure in found)


def test_an_import_that_loses_lines_is_no_figure(tmp_path: Path) -> None:
    paths = write_tree(tmp_path / "logs", days(TALK, 1, 20))
    with pytest.raises(RuntimeError, match="was to bring 21 lines"):
        importing.import_once(tmp_path, paths, 21)


def test_a_flood_is_stored_in_order_and_measured(tmp_path: Path) -> None:
    size = ingesting.Size(lines=300, paced_lines=300, runs=1)
    found = ingesting.figures(tmp_path, size)
    assert len(found) == 6
    assert all(figure.median > 0 for figure in found if figure.unit == "lines/s")


def test_lines_are_measured_on_their_way_to_a_stream(tmp_path: Path) -> None:
    found = living.figures(tmp_path, living.Size(lines=3, runs=1))
    assert all(0 < figure.median < 60_000 for figure in found)


def test_days_are_rendered_by_both(tmp_path: Path) -> None:
    found = rendering.figures(tmp_path, rendering.Size(days=1, runs=1))
    assert all(figure.median > 0 for figure in found)
    pages = {
        folder.name: page.read_text(encoding="utf-8")
        for folder in (tmp_path / "talk" / "0").iterdir()
        for page in folder.glob("*.html")
    }
    ours = ("lines in memory", "from log files", "from the database")
    theirs = ("irclog2html", "irclog2html, lines in memory")
    assert set(pages) == {*ours, *theirs}
    assert [pages[name].count('<li id="t') for name in ours] == [3_000] * 3
    assert [pages[name].count("<tr id=") for name in theirs] == [3_000] * 2
    assert pages[ours[0]] == pages[ours[1]]


def test_pages_are_measured_from_a_real_server(tmp_path: Path) -> None:
    found = paging.figures(tmp_path, paging.Size(days=4, pages=2, runs=1))
    assert [figure.unit for figure in found] == ["ms"] * 4 + ["ratio"]
    assert all(figure.median > 0 for figure in found)


def test_meetings_are_measured_and_their_minutes_compared(tmp_path: Path) -> None:
    found = meeting.figures(tmp_path, meeting.Size(lines=120, commands=2, meetings=4, runs=1))
    assert len(found) == 9
    assert all(figure.median > 0 for figure in found)


def test_minutes_that_are_not_what_was_said_are_no_figure() -> None:
    said = meeting.script(60)
    with pytest.raises(RuntimeError, match="minutes of #yard are not what was said"):
        meeting._compare({"items": [], "votes": [], "people": []}, said)


def test_a_benchmark_of_another_domain_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["meetings", "--only", "render"])
    assert "meetings has meetings" in capsys.readouterr().err


def test_the_command_writes_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "figures.json"
    argv = ["archive", "--quick", "--only", "live", "--json", str(told), "--folder", str(tmp_path)]
    assert main(argv) in (0, 1)
    assert "live, spoken until on the stream" in capsys.readouterr().out
    assert len(json.loads(told.read_text(encoding="utf-8"))["figures"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]


def test_a_made_tracker_is_as_the_real_ones_are(tmp_path: Path) -> None:
    with opened(tmp_path / "hub") as app:
        fill_tracker(app, tracking.QUICK.size)
        fill_plans(app, tracking.QUICK.cards)
        assert app.db.read(lambda s: list(check_tracker(app, s))) == []


def test_the_trackers_requests_are_measured(tmp_path: Path) -> None:
    found = tracking.figures(tmp_path, tracking.QUICK)
    assert len(found) == len(tracking.READS) + 6
    assert all(figure.median > 0 for figure in found)
