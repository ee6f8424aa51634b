"""Whatever is done to stories, inboxes hold what a reading of the timelines says."""

import json
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, rule
from sqlmodel import Session, col, select

from hub.consumers import catch_up
from hub.notices.checks import check_notices
from hub.notices.inbox import mark
from hub.notices.reasons import Reason, reasons_in
from hub.notices.tables import NoticeRow
from tests.tracker.test_derived import NUMBER, PERSON, AnySequence
from tracker.noticing import notice_consumers
from tracker.sight import sees
from tracker.tables import CommentRow, StoryRow, SubscriptionRow, TaskRow, TimelineRow

Told = dict[tuple[str, str], tuple[int, frozenset[Reason]]]
"""What is unread, by who reads it and of what."""

PEOPLE = ("ada", "bob", "cho", "dan")


class WithInboxes(AnySequence):
    """Keeps what should be in the inboxes, by reading each new entry of the timelines once."""

    def begin_counting(self) -> None:
        if not hasattr(self, "expected"):
            self.expected: Told = {}
            self.last = 0

    @rule(id_=NUMBER, by=PERSON)
    def reads(self, id_: int, by: str) -> None:
        self.begin_counting()
        number = self.hub.number(by)

        def read(session: Session) -> None:
            row = session.exec(
                select(NoticeRow).where(
                    NoticeRow.person_id == number, NoticeRow.ref == f"story:{id_}"
                )
            ).first()
            if row is not None:
                mark(session, number, row.id or 0, is_read=True)

        self.hub.does(lambda s, _now: read(s))
        self.expected.pop((by, f"story:{id_}"), None)

    @invariant()
    def inboxes_equal_a_recount(self) -> None:
        if not hasattr(self, "hub"):
            return
        self.begin_counting()
        catch_up(self.hub.app, notice_consumers(self.hub.app))
        self.hub.sees(self.recount)
        assert self.hub.sees(self.kept) == self.expected
        assert self.hub.sees(lambda s: list(check_notices(self.hub.app, s))) == []

    def kept(self, session: Session) -> Told:
        names = {self.hub.number(slug): slug for slug in PEOPLE}
        rows = session.exec(select(NoticeRow).where(col(NoticeRow.is_read).is_(False)))
        return {
            (names[row.person_id], row.ref): (row.count, frozenset(reasons_in(row.reasons)))
            for row in rows
        }

    def recount(self, session: Session) -> None:
        there = {f"story:{id_}" for id_ in session.exec(select(StoryRow.id))}
        self.expected = {key: told for key, told in self.expected.items() if key[1] in there}
        entries = select(TimelineRow).where(col(TimelineRow.id) > self.last)
        for row in session.exec(entries.order_by(col(TimelineRow.id))):
            self.last = row.id or 0
            story = session.get_one(StoryRow, row.story_id)
            for slug in PEOPLE:
                reasons = self.why(session, row, self.hub.number(slug))
                if reasons and sees(self.hub.actor(slug), story):
                    count, before = self.expected.get((slug, f"story:{story.id}"), (0, frozenset()))
                    self.expected[slug, f"story:{story.id}"] = (count + 1, before | reasons)

    @staticmethod
    def why(session: Session, row: TimelineRow, person: int) -> frozenset[Reason]:
        if row.author_id == person:
            return frozenset()
        story, info = session.get_one(StoryRow, row.story_id), json.loads(row.info)
        tasks = session.exec(select(TaskRow).where(TaskRow.story_id == row.story_id)).all()
        said = session.exec(select(CommentRow).where(CommentRow.story_id == row.story_id)).all()
        follows = session.exec(
            select(SubscriptionRow).where(SubscriptionRow.target_id == row.story_id)
        ).all()
        gone = info.get("before") if row.kind == "task_deleted" else {}
        had = {info.get("old_assignee_id"), info.get("new_assignee_id"), gone.get("assignee_id")}
        found = {
            Reason.AUTHOR: story.creator_id == person,
            Reason.ASSIGNED: person in had | {task.assignee_id for task in tasks},
            Reason.COMMENTED: any(
                each.author_id == person and each.is_active and each.created_at <= row.at
                for each in said
            ),
            Reason.THING: any(each.person_id == person for each in follows),
        }
        return frozenset(reason for reason, is_one in found.items() if is_one)


def test_after_any_sequence_inboxes_equal_a_recount(tmp_path: Path) -> None:
    class Here(WithInboxes):
        folder = tmp_path
        count = 0

    Here.TestCase.settings = settings(
        max_examples=8,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Here.TestCase("runTest").runTest()
