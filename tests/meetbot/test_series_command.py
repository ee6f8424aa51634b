"""`madang meetings`, as it is typed."""

from datetime import timedelta
from pathlib import Path

import pytest

from archive.store import merge
from hub.app import App
from hub.cli import main
from hub.events import Event, events_since
from hub.irc import Kind, Line
from tests.databases import START
from tests.meetbot.held import hold


@pytest.fixture
def data(sqlite_app: App, tmp_path: Path) -> Path:
    for name in ("Weekly", "#meetingname", "Spec Meeting"):
        sqlite_app.db.write(lambda s, n=name: hold(s, n))  # type: ignore[misc]
    return tmp_path / "data"


def rows(text: str) -> list[list[str]]:
    """Return the cells of a printed table."""
    lines = [line for line in text.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


class Operator:
    """Somebody at the command line; `told` is what came out last."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data, self._capsys, self.told, self.error = data, capsys, "", ""

    def runs(self, *words: str) -> int:
        status = main(["meetings", *words, "--data", str(self._data)])
        self.told, self.error = self._capsys.readouterr()
        return status

    def series(self) -> dict[str, list[str]]:
        assert self.runs("list") == 0
        return {row[0]: row[1:5] for row in rows(self.told)}


@pytest.fixture
def olga(data: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(data, capsys)


def test_series_are_listed_with_their_meetings(olga: Operator) -> None:
    assert olga.series() == {
        "weekly": ["Weekly", "1", "2021-05-12", ""],
        "meetingname": ["#meetingname", "1", "2021-05-12", ""],
        "spec_meeting": ["Spec Meeting", "1", "2021-05-12", ""],
    }
    assert "/meetings/spec_meeting/" in olga.told


def test_a_renamed_series_is_found_by_its_old_name(olga: Operator) -> None:
    assert olga.runs("rename", "Weekly!", "Team Weekly") == 0
    assert olga.told.startswith("weekly is team_weekly now: ")
    assert olga.told.rstrip().endswith("/meetings/team_weekly/")
    assert olga.series()["team_weekly"] == ["Weekly", "1", "2021-05-12", "weekly"]
    assert olga.runs("rename", "weekly", "Spec Meeting") == 1
    assert "Merge spec_meeting into team_weekly" in olga.error


def test_a_merged_series_is_gone_and_its_meetings_are_the_others(olga: Operator) -> None:
    assert olga.runs("merge", "meetingname", "weekly") == 0
    assert olga.told.startswith("The meetings of meetingname are in weekly now: ")
    found = olga.series()
    assert found.keys() == {"weekly", "spec_meeting"}
    assert found["weekly"] == ["Weekly", "2", "2021-05-12", "_meetingname"]
    assert olga.runs("merge", "weekly", "WEEKLY") == 1
    assert "are one series already" in olga.error


def test_an_alias_is_one_more_name(olga: Operator) -> None:
    assert olga.runs("alias", "weekly", "Standup") == 0
    assert olga.told == "weekly also goes by: Standup.\n"
    assert olga.runs("alias", "weekly", "Spec meeting") == 1
    assert "is the series spec_meeting" in olga.error


def test_what_is_not_given_of_a_description_stays(olga: Operator) -> None:
    agenda = "https://example.org/agenda"
    assert olga.runs("describe", "weekly", "--title", "Team", "--agenda", agenda) == 0
    assert olga.runs("describe", "weekly", "--about", "All\x1b[2J that is") == 0
    assert olga.told == f"weekly: Team; All\\x1b[2J that is; {agenda}\n"
    assert olga.series()["weekly"][0] == "Team"
    assert olga.runs("describe", "weekly", "--agenda", "javascript:alert(1)") == 1
    assert "is no web address" in olga.error


@pytest.mark.parametrize(
    "words",
    [("rename", "none", "x"), ("merge", "none", "weekly"), ("alias", "none", "x"), ("describe", "none")],
)  # fmt: skip
def test_a_series_that_is_not_there_is_named(olga: Operator, words: tuple[str, ...]) -> None:
    assert olga.runs(*words) == 1
    assert "There is no series of meetings called none" in olga.error


def test_each_change_is_an_event_of_the_operators(olga: Operator, sqlite_app: App) -> None:
    olga.runs("rename", "weekly", "Team")
    olga.runs("describe", "team", "--title", "T")
    olga.runs("merge", "spec_meeting", "team")
    found: list[Event] = list(sqlite_app.db.read(lambda s: events_since(s, 0, 99)))
    changes = [event for event in found if event.name.startswith("series.")]
    assert [event.name for event in changes] == [
        "series.described", "series.renamed", "series.described", "series.merged",
    ]  # fmt: skip
    assert {event.actor.partition(":")[0] for event in changes} == {"operator"}


def test_meetings_are_gathered_from_the_archive(olga: Operator, sqlite_app: App) -> None:
    old = ("ann: #startmeeting Nova", "ann: #action bob to sleep", "ann: #endmeeting")
    lines = [
        Line("oftc", "#nova", START + timedelta(days=day, seconds=n), Kind.SAY, *said.split(": "))
        for day in (0, 7)
        for n, said in enumerate(old)
    ]
    sqlite_app.db.write(lambda s: merge(s, "oftc", "#nova", lines))
    gather = ("gather", "--network", "oftc", "--channel", "#nova")
    assert olga.runs(*gather) == 0
    assert olga.told == (
        "#nova: 2 meetings are kept that were not, 1 actions of old ones are closed.\n"
    )
    assert olga.series()["nova"][1] == "2"
    assert olga.runs(*gather) == 0
    assert "#nova: 0 meetings" in olga.told


def test_an_operator_gives_somebody_the_right_to_a_series(olga: Operator, sqlite_app: App) -> None:
    assert olga.runs("pass", "weekly", "--name", "ann") == 0
    link = olga.told.split()[-1]
    holder = sqlite_app.passes.read(link.rpartition("/")[2])
    assert holder is not None
    assert (holder.name, holder.rights) == ("ann", {("edit", "series:weekly")})
    assert olga.runs("pass", "glance", "--name", "ann") == 1
