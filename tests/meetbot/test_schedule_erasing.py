"""Who was erased holds no meeting any more under their name; a schedule still says what it said."""

from datetime import timedelta

import pytest

from hub.accounts.erasure import erase_person
from hub.accounts.handles import bind_handle
from hub.accounts.people import create_person
from meetbot.schedule_erasing import without_names
from meetbot.schedule_store import keep_schedule, schedule_versions
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series
from meetbot.timetable import Timetable
from tests.databases import NETWORK, OPERATOR, START, Yard

TEXT = """project: Swift
meeting_id: swift
chair: Ann Lee (ann_acc), Bob Bär (bob)
agenda: "ann_acc says what"
schedule:
- time: '1400'
  day: Monday
  irc: swift
  frequency: weekly
"""


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("chair: Ann Lee (Ann_Acc)", "chair: (gone)"),
        ("chair: ann_acc", "chair: gone"),
        ("chair: bob, ann_acc", "chair: bob, gone"),
        ('chair: "Bob (bob) & Ann O\'Lee (ann_acc)"', 'chair: "Bob (bob) & (gone)"'),
        ("chair: >\n  Bob (bob)\n  Ann (ann_acc)\nagenda: x", "chair: >\n  Bob (bob)\n  (gone)\nagenda: x"),
        ("chair: ann_accomplice", "chair: ann_accomplice"),
        ("about: ann_acc", "about: ann_acc"),
    ],
)  # fmt: skip
def test_a_name_leaves_the_line_of_who_holds_it(said: str, left: str) -> None:
    assert without_names(said, {"ann_acc"}, "gone") == left


def test_an_erased_person_leaves_all_versions_of_schedules(yard: Yard) -> None:
    schedule = read_schedule(TEXT).schedule
    app, now = yard.app, START + timedelta(minutes=1)
    app.db.write(lambda s: create_person(s, OPERATOR, "ann", now=START))
    app.db.write(lambda s: bind_handle(s, OPERATOR, "ann", "irc", NETWORK, "ann_acc", now=START))
    swift = app.db.write(lambda s: make_series(s, "Swift"))
    for text in (TEXT.replace("Monday", "Friday"), TEXT):
        app.db.write(
            lambda s, t=text: keep_schedule(s, OPERATOR, swift, schedule, t, now=now)  # type: ignore[misc]
        )
    timetable = Timetable()
    before = app.db.read(lambda s: timetable.of(s, swift))
    assert before is not None
    assert before.schedule.chair_nicks == ["ann_acc", "bob"]
    gone = app.db.write(lambda s: erase_person(s, OPERATOR, "ann", now + timedelta(minutes=1)))
    yard.settles()
    versions = app.db.read(lambda s: schedule_versions(s, swift))
    assert [version.text.splitlines()[2] for version in versions] == [
        f"chair: ({gone}), Bob Bär (bob)"
    ] * 2
    assert all("ann_acc says what" in version.text for version in versions)
    after = app.db.read(lambda s: timetable.of(s, swift))
    assert after is not None
    assert after.schedule.chair_nicks == [gone, "bob"]
    assert yard.problems == []
