"""A tracker that has something in each of its tables."""

from datetime import datetime

from sqlmodel import Session

from hub.accounts.people import find_person, require_row
from hub.accounts.visits import actor_of
from hub.notices.choices import choose, mute
from hub.notices.reasons import How, Reason
from tests.databases import OPERATOR
from tracker.comments import add_comment, edit_comment
from tracker.gerrit.announcing import Announcing, Listener
from tracker.gerrit.reviews import take_events
from tracker.importing.tables import ImportedRow
from tracker.projects import (
    create_group,
    create_milestone,
    create_project,
    master_branch,
    require_project,
    set_grouped,
)
from tracker.stories import NewStory, create_story, set_needed
from tracker.storyboard.logins import Wish, give_code, use_code
from tracker.storyboard.preference_tables import PreferenceRow
from tracker.tags import add_tags
from tracker.tasks import NewTask, add_task
from tracker.voices import set_voice


def fill_tracker(session: Session, slug: str, now: datetime) -> None:
    """Let somebody who is there file stories, and say all that can be said of them."""
    person = find_person(session, slug)
    assert person is not None
    who = actor_of(session, person)
    project = create_project(session, OPERATOR, "crock/firmware", now=now)
    group = create_group(session, OPERATOR, "crock", "All crocks", now=now)
    set_grouped(session, OPERATOR, group, project, grouped=True)
    branch = master_branch(session, require_project(session, project))
    create_milestone(session, OPERATOR, branch.id or 0, "1.0", now=now)
    first, second = (
        create_story(session, who, NewStory(title, "밤에 새요 <b>now</b>"), now=now)
        for title in ("The lid leaks", "뚜껑이 새요")
    )
    add_task(session, who, first, NewTask("Mend it", project), now=now)
    add_tags(session, who, first, ["docs"], now=now)
    comment = add_comment(session, who, first, "Mine, too", now=now)
    edit_comment(session, who, first, comment, "Mine, too: 밤에도", now=now)
    set_needed(session, who, second, first, needed=True, now=now)
    program = Wish("localhost", "http://localhost/")
    use_code(session, {"code": give_code(session, person, program, now=now)}, now=now)
    events = frozenset({"patchset-created"})
    bot = Announcing("net", [Listener("#yard", events, ["crock/firmware"], frozenset({"master"}))])
    change = {
        "number": 7,
        "project": "crock/firmware",
        "branch": "master",
        "commitMessage": "Task: 1",
    }
    take_events(session, [{"type": "patchset-created", "change": change}], bot, now=now)
    session.add(
        ImportedRow(realm="https://storyboard.example.org", kind="story", number=1, id=first)
    )
    row = require_row(session, slug)
    session.add(PreferenceRow(person_id=row.id or 0, key="page_size", value="20"))
    choose(session, row.id or 0, {Reason.GROUP: How.DAILY})
    mute(session, row.id or 0, f"story:{second}", muted=True, now=now)
    set_voice(session, who, first, "affects", raised=True, now=now)
