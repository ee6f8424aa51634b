"""Schedules in the database: versions, imports, and the meetings that come next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hub import cli
from hub.app import App
from hub.errors import Conflict
from hub.people import Actor
from meetbot.schedule_checks import check_schedules
from meetbot.schedule_import import ScheduleReport, find_schedules, import_schedules
from meetbot.schedule_store import keep_schedule, newest_version, schedule_versions
from meetbot.schedule_text import read_schedule
from meetbot.series import aliases, find_series, make_series, merge_series, rename_series
from meetbot.store import find_row
from meetbot.tables import MeetingRow
from meetbot.timetable import Timetable, coming_meetings
from tests.meetbot.data import schedules
from tests.meetbot.held import hold
from tests.meetbot.timetables import SWIFT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN = Actor("irc:net/ann")


def keep(session: Session, text: str, name: str = "swift", over: int | None = None) -> bool:
    """Keep a schedule of a series."""
    series = make_series(session, name)
    schedule = read_schedule(text).schedule
    return keep_schedule(session, ANN, series, schedule, text, now=NOW, over=over)


def imported(app: App, *files: Path) -> ScheduleReport:
    """Import files."""
    return app.db.write(lambda s: import_schedules(s, ANN, files, NOW))


def test_every_version_is_kept_with_who_and_when(app: App) -> None:
    later = SWIFT.replace("2100", "2200")
    assert app.db.write(lambda s: keep(s, SWIFT))
    assert not app.db.write(lambda s: keep(s, SWIFT))
    assert app.db.write(lambda s: keep(s, later))
    series = app.db.read(lambda s: make_series(s, "swift"))
    versions = app.db.read(lambda s: schedule_versions(s, series))
    assert [(v.revision, v.at, v.actor, v.text) for v in versions] == [
        (2, NOW, "irc:net/ann", later),
        (1, NOW, "irc:net/ann", SWIFT),
    ]


def test_a_schedule_describes_its_series(app: App) -> None:
    app.db.write(lambda s: keep(s, SWIFT.replace("meeting_id: swift", "meeting_id: Objects")))
    series = app.db.read(lambda s: find_series(s, "objects"))
    assert series is not None
    assert (series.slug, series.title) == ("swift", "Swift Team Meeting")
    assert series.about == "Storage, objects and rings."
    assert series.agenda_url == "https://example.org/swift-agenda"
    assert app.db.read(lambda s: aliases(s, series)) == ["Objects"]


def test_two_who_edit_at_once_do_not_overwrite_each_other(app: App) -> None:
    app.db.write(lambda s: keep(s, SWIFT, over=0))
    app.db.write(lambda s: keep(s, SWIFT + "\n", over=1))
    with pytest.raises(Conflict, match="compare it with theirs"):
        app.db.write(lambda s: keep(s, SWIFT + "\n\n", over=1))


def test_a_new_version_counts_at_once_and_an_empty_one_takes_it_away(app: App) -> None:
    timetable = Timetable()

    def times() -> list[int]:
        found = app.db.read(lambda s: coming_meetings(timetable, app.config, s, NOW, 2))
        return [meeting.at.hour for meeting in found]

    app.db.write(lambda s: keep(s, SWIFT))
    assert times() == [21]
    app.db.write(lambda s: keep(s, SWIFT.replace("2100", "0700")))
    assert times() == [7]
    app.db.write(lambda s: keep(s, ""))
    assert times() == []


def test_a_restored_schedule_counts_though_its_number_was_known(app: App) -> None:
    timetable = Timetable()
    app.db.write(lambda s: keep(s, SWIFT))
    assert len(app.db.read(lambda s: timetable.all(s))) == 1
    other = "UPDATE schedule_version SET text = :text"
    app.db.write(
        lambda s: (
            s.connection().execute(sa.text(other), {"text": SWIFT.replace("2100", "0700")}) and None
        )
    )
    app.db.write(
        lambda s: s.connection().execute(sa.text("UPDATE schedule SET changed_at = 1")) and None
    )
    (found,) = app.db.read(lambda s: timetable.all(s))
    assert found.schedule.slots[0].at.hour == 7


def test_what_comes_is_told_in_its_order_and_while_it_is_on(app: App) -> None:
    app.db.write(lambda s: keep(s, SWIFT))
    app.db.write(lambda s: keep(s, SWIFT.replace("Wednesday", "Sunday"), "other"))
    in_it = datetime(2026, 11, 25, 21, 59, tzinfo=UTC)
    found = app.db.read(lambda s: coming_meetings(Timetable(), app.config, s, in_it, 3))
    assert [(m.at.day, m.url, m.channel) for m in found] == [
        (25, "/meetings/swift/", "#yard"),
        (29, "/meetings/other/", "#yard"),
    ]
    after = app.db.read(
        lambda s: coming_meetings(
            Timetable(), app.config, s, in_it + timedelta(minutes=1), 1, make_series(s, "swift")
        )
    )
    assert [m.at.day for m in after] == [2]


def test_a_schedule_goes_along_when_series_become_one(app: App) -> None:
    def merge(session: Session, into: str) -> None:
        gone = make_series(session, "swift")
        merge_series(session, ANN, gone, make_series(session, into), now=NOW)

    app.db.write(lambda s: keep(s, SWIFT))
    app.db.write(lambda s: merge(s, "objects"))
    found = app.db.read(lambda s: Timetable().all(s))
    assert [each.series.slug for each in found] == ["objects"]
    app.db.write(lambda s: keep(s, SWIFT.replace("2100", "0700"), "other"))
    app.db.write(lambda s: merge_series(
        s, ANN, make_series(s, "other"), make_series(s, "objects"), now=NOW
    ))  # fmt: skip
    (left,) = app.db.read(lambda s: Timetable().all(s))
    assert left.schedule.slots[0].at.hour == 21


def test_a_schedule_that_lost_a_version_is_found(app: App) -> None:
    def found() -> list[str]:
        return list(app.db.read(lambda s: list(check_schedules(app, s))))

    app.db.write(lambda s: keep(s, SWIFT))
    app.db.write(lambda s: keep(s, ""))
    assert found() == []
    app.db.write(lambda s: keep(s, SWIFT))
    app.db.write(lambda s: s.connection().execute(text_of(3)) and None)
    assert "its schedule can't be read" in found()[0]
    app.db.write(lambda s: s.connection().execute(_LOST) and None)
    assert found()[0] == "swift: its schedule is version 3, but 2 are kept, up to 3."


_LOST = sa.text("DELETE FROM schedule_version WHERE revision = 1")


def text_of(revision: int) -> sa.TextClause:
    """Return the statement that breaks a version's text."""
    return sa.text("UPDATE schedule_version SET text = '[' WHERE revision = :r").bindparams(
        r=revision
    )


def test_a_renamed_series_keeps_its_schedule(app: App) -> None:
    app.db.write(lambda s: keep(s, SWIFT))
    app.db.write(lambda s: rename_series(s, ANN, make_series(s, "swift"), "Objects", now=NOW))
    assert [e.series.slug for e in app.db.read(lambda s: Timetable().all(s))] == ["objects"]


def test_all_real_files_are_imported_once(sqlite_app: App) -> None:
    files = list(find_schedules([schedules()]))
    report = imported(sqlite_app, *files)
    assert (report.files, report.changed, report.problems) == (85, 85, [])
    assert len(report.notes) == 1
    assert "meeting_id tc is also that of" in report.notes[0]
    again = imported(sqlite_app, *files)
    assert (again.changed, again.problems) == (0, [])
    assert len(sqlite_app.db.read(lambda s: Timetable().all(s))) == 85


def test_what_can_be_read_is_imported_and_the_rest_told(app: App, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SWIFT.replace("Wednesday", "Someday"))
    (tmp_path / "b.yaml").write_text(SWIFT.replace("swift", "nova"))
    (tmp_path / "c.yaml").write_bytes(b"\xff")
    report = imported(app, *find_schedules([tmp_path]))
    assert (report.changed, report.refused) == (1, 2)
    assert str(report.problems[0]).startswith(
        f"{tmp_path}/a.yaml:6: schedule.1.day = 'Someday': should be one of Monday"
    )
    assert "UTF-8" in str(report.problems[1])
    assert [e.series.slug for e in app.db.read(lambda s: Timetable().all(s))] == ["nova"]


def test_the_command_imports_and_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "swift.yaml").write_text(SWIFT)
    command = ["import", "schedule", str(files), "--data", str(tmp_path / "data")]
    assert cli.main(command) == 0
    assert capsys.readouterr().out == "1 schedules kept, 0 as they were, 0 refused.\n"
    (files / "nova.yaml").write_text("project: Nova\n")
    assert cli.main(command) == 1
    out, err = capsys.readouterr()
    assert out == "0 schedules kept, 1 as they were, 1 refused.\n"
    assert "nova.yaml:1: schedule: should be a list of times" in err


def test_nothing_to_import_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "schedule", str(tmp_path), "--data", str(tmp_path / "data")]) == 1
    assert "no .yaml file" in capsys.readouterr().err


def test_the_newest_version_is_none_before_the_first(app: App) -> None:
    series = app.db.write(lambda s: make_series(s, "swift"))
    assert app.db.read(lambda s: newest_version(s, series)) is None


def test_a_series_that_met_in_private_only_is_not_among_what_comes(app: App) -> None:
    """Its name alone may tell what nobody is to know."""
    app.db.write(lambda s: keep(s, SWIFT))

    def coming() -> list[str]:
        timetable = Timetable()
        found = app.db.read(lambda s: coming_meetings(timetable, app.config, s, NOW, 5))
        return [each.title for each in found]

    def held(session: Session, *, restricted: bool) -> None:
        row = find_row(session, hold(session))
        assert row is not None
        row.restricted = restricted
        session.add(row)

    assert coming() == ["Swift Team Meeting"]
    app.db.write(lambda s: held(s, restricted=True))
    assert coming() == []
    app.db.write(lambda s: s.execute(sa.update(MeetingRow).values(restricted=False)))
    assert coming() == ["Swift Team Meeting"]
