"""A tracker that has something in each of its tables."""

from datetime import datetime

from sqlmodel import Session

from hub.accounts.people import find_person, require_row
from hub.accounts.visits import actor_of
from hub.config_stories import AttachmentsSection
from hub.notices.choices import choose, mute
from hub.notices.reasons import How, Reason
from hub.people import Actor
from hub.saved.keeping import keep
from hub.saved.tables import Where
from hub.webhooks.hooks import add_hook, send_test
from tests.databases import OPERATOR
from tracker.attachments.keeping import attach
from tracker.bulk.changing import begin_change, change_piece
from tracker.bulk.steps import Wanted
from tracker.comments import add_comment, edit_comment
from tracker.gerrit.announcing import Announcing, Listener
from tracker.gerrit.reviews import take_events
from tracker.importing.tables import ImportedRow
from tracker.planning.boards import NewBoard, create_board
from tracker.planning.dates import NewDate, create_date, set_dated
from tracker.planning.filters import Criterion, Filter, add_filter
from tracker.planning.items import add_item
from tracker.planning.permissions import with_owner
from tracker.planning.tables import WorklistRow
from tracker.planning.worklists import NewWorklist, create_worklist
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
from tracker.tables import StoryRow
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
    keep(session, slug, Where.SEARCH, "소금", "salt in:#yard", now=now)
    url, kinds = "https://hooks.example.org/night", ["story.created"]
    hook, _ = add_hook(session, OPERATOR, url, "", kinds, known=kinds, now=now)
    send_test(session, OPERATOR, hook, now=now)
    set_voice(session, who, first, "affects", raised=True, now=now)
    _plan(session, who, first, now)
    attach(session, who, first, "lid.txt", b"wet", AttachmentsSection(), now=now)
    seen = {first: session.get_one(StoryRow, first).changed_at}
    bulk = begin_change(session, who, now=now)
    change_piece(session, who, bulk, seen, Wanted(add_tags=["salt"]), now=now)


def _plan(session: Session, who: Actor, story: int, now: datetime) -> None:
    list_ = create_worklist(session, who, NewWorklist("Next"), now=now)
    owner = with_owner(who, session.get_one(WorklistRow, list_))
    add_item(session, owner, list_, "story", story, now=now)
    create_board(session, owner, NewBoard("The 1.0", "다음 것"), [list_], now=now)
    filling = create_worklist(session, who, NewWorklist("Docs", automatic=True), now=now)
    filler = with_owner(who, session.get_one(WorklistRow, filling))
    asked = Filter("story", (Criterion("Tags", "docs"),))
    add_filter(session, filler, filling, asked, now=now)
    due, keeper = create_date(session, who, NewDate("1.0", now), now=now)
    set_dated(session, keeper, due, "story", story, dated=True, now=now)
