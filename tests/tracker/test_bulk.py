"""Many stories are changed at once: seen before, done wholly or not at all in each, and undone."""

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.bulk.changing import MOST, begin_change, change_piece, undo_piece
from tracker.bulk.steps import Wanted
from tracker.changes import KEEP
from tracker.projects import create_milestone, master_branch
from tracker.states import Importance, Stage
from tracker.stories import StoryEdit, edit_story
from tracker.tables import MilestoneRow, ProjectRow, StoryRow, StoryTagRow, TaskRow, TimelineRow
from tracker.tags import set_tags
from tracker.tasks import TaskEdit, edit_task

Facts = list[tuple[object, ...]]


@pytest.fixture
def yard(sqlite_community: Community) -> Community:
    """Four stories with a task each; 4 is private to cho. 1 has the tag salt."""
    community = sqlite_community
    for title in ("The lid leaks", "Salt runs out", "The page is empty"):
        community.task(community.story(title))
    community.task(community.story("The password is salt", by="cho", is_private=True), by="cho")
    bob = community.actor("bob")
    community.does(lambda s, now: set_tags(s, bob, 1, ["salt"], now=now))
    return community


def facts(community: Community) -> Facts:
    """Return all of the stories that a change of many can touch."""

    def look(session: Session) -> Facts:
        stories = select(StoryRow.id, StoryRow.importance, StoryRow.state, StoryRow.heat)
        tasks: Any = select(  # type: ignore[call-overload]
            TaskRow.id, TaskRow.stage, TaskRow.status, TaskRow.assignee_id, TaskRow.project_id,
            TaskRow.branch_id, TaskRow.milestone_id,
        )  # fmt: skip
        tags = select(StoryTagRow.story_id, StoryTagRow.tag_id)
        return [tuple(row) for query in (stories, tasks, tags) for row in session.exec(query)]

    return community.sees(look)


def changed(community: Community, ids: list[int], wanted: Wanted, by: str = "bob") -> int:
    """Change stories as they stand now; return the number of the change."""
    actor, seen = community.actor(by), {id_: community.row(id_).changed_at for id_ in ids}
    bulk = community.does(lambda s, now: begin_change(s, actor, now=now))
    community.does(lambda s, now: change_piece(s, actor, bulk, seen, wanted, now=now))
    return bulk


def undone(community: Community, bulk: int, by: str = "bob") -> None:
    """Undo a change."""
    actor = community.actor(by)
    while community.does(lambda s, now: undo_piece(s, actor, bulk, now=now)):
        pass


def with_milestones(community: Community) -> int:
    """Have 1.0 in the first project, with task 2 merged into it, and 1.0 and 2.0 in the other."""
    ada, bob = community.actor("ada"), community.actor("bob")
    known = community.sees(lambda s: s.exec(select(MilestoneRow.id)).first())
    if known is not None:
        return known

    def make(session: Session, now: datetime) -> int:
        first, other = (master_branch(session, session.get_one(ProjectRow, n)).id for n in (1, 2))
        made = create_milestone(session, ada, first or 0, "1.0", now=now)
        for name in ("1.0", "2.0"):
            create_milestone(session, ada, other or 0, name, now=now)
        edit_task(session, bob, 2, TaskEdit(stage=Stage.MERGED, milestone_id=made), now=now)
        return made

    return community.does(make)


def task(community: Community, id_: int) -> tuple[object, ...]:
    """Return a task's project, stage and milestone."""
    columns = select(TaskRow.project_id, TaskRow.stage, TaskRow.milestone_id)
    return tuple(community.sees(lambda s: s.exec(columns.where(TaskRow.id == id_)).one()))


def send(reader: Reader, **fields: object) -> str:
    """Send the form of a change of many and return the page that comes, after a redirect."""
    answer = reader.send("/stories/change?q=is:any", **fields)
    return str(reader.get(answer.headers["location"]).text if answer.is_redirect else answer.text)


def test_what_would_change_is_shown_before_and_after_it_is_done(yard: Community) -> None:
    bob = Reader(yard, "bob")
    page = send(bob, do="preview", story=["1", "2"], importance="high", add="docs", remove="salt")
    assert "2 stories would change." in page
    for told in ("The lid leaks", "Salt runs out", "High", "docs", "<del><bdi>salt</bdi></del>"):
        assert told in page
    assert yard.row(1).importance == "undecided", "nothing has happened yet"
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    page = send(bob, do="apply", seen=seen, importance="high", add="docs", remove="salt")
    assert "2 stories were taken up." in page
    assert [yard.row(id_).importance for id_ in (1, 2, 3)] == ["high", "high", "undecided"]
    bulk = re.search(r'action="/stories/changed/(\d+)"', page)
    assert bulk is not None
    before = bob.get("/stories?q=tag:docs is:any").text
    assert "The lid leaks" in before
    assert bob.send(f"/stories/changed/{bulk[1]}").status_code == 303
    assert "It was undone." in bob.get(f"/stories/changed/{bulk[1]}").text
    assert yard.row(1).importance == "undecided"
    assert yard.problems == []


def test_what_is_so_already_or_was_changed_meanwhile_stays_and_says_why(yard: Community) -> None:
    bob, actor = Reader(yard, "bob"), yard.actor("cho")
    page = send(bob, do="preview", story=["1", "2"], importance="undecided", add="salt")
    assert "1 story would change." in page
    assert "It is so already" in page
    page = send(bob, do="preview", story=["1", "2"], importance="high")
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    edit = StoryEdit(title="The lid leaks no more")
    yard.does(lambda s, now: edit_story(s, actor, 1, edit, now=now))
    page = send(bob, do="apply", seen=seen, importance="high")
    assert "Somebody changed it after you looked" in page
    assert [yard.row(id_).importance for id_ in (1, 2)] == ["undecided", "high"]


def test_an_undo_leaves_alone_what_was_changed_since(yard: Community) -> None:
    wanted = Wanted(importance=Importance.HIGH, stage=Stage.CONFIRMED)
    bulk, cho = changed(yard, [1, 2], wanted), yard.actor("cho")
    yard.does(lambda s, now: edit_task(s, cho, 1, TaskEdit(stage=Stage.MERGED), now=now))
    undone(yard, bulk)
    stages = yard.sees(lambda s: list(s.exec(select(TaskRow.stage).order_by(TaskRow.id))))  # type: ignore[arg-type]
    assert stages[:2] == [Stage.MERGED, Stage.NEW]
    assert [yard.row(id_).importance for id_ in (1, 2)] == ["undecided", "undecided"]
    assert (
        "Somebody changed it meanwhile." in Reader(yard, "bob").get(f"/stories/changed/{bulk}").text
    )
    assert yard.problems == []


def test_a_hidden_story_is_neither_shown_nor_changed(yard: Community) -> None:
    bob = Reader(yard, "bob")
    assert "password" not in bob.get("/stories/change?q=is:any&all=1").text
    page = send(bob, do="preview", story=["3", "4"], importance="high")
    assert "password" not in page
    assert "1 story would change." in page
    at = yard.row(4).changed_at
    page = send(bob, do="apply", seen=[f"4@{at}"], importance="high")
    assert "password" not in page
    assert yard.row(4).importance == "undecided"


def test_a_change_is_its_makers_own(yard: Community) -> None:
    bulk = changed(yard, [1], Wanted(importance=Importance.HIGH))
    address = f"/stories/changed/{bulk}"
    assert Reader(yard, "bob").get(address).status_code == 200
    assert Reader(yard, "ada").get(address).status_code == 200, "an administrator may look after it"
    assert Reader(yard, "cho").get(address).status_code == 404
    assert Reader(yard, "cho").send(address).status_code == 404
    assert Reader(yard).get(address).status_code == 403
    assert Reader(yard).get("/stories/change").status_code == 403
    assert yard.row(1).importance == "high"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"importance": "high"}, "No story is chosen"),
        ({"story": ["1"]}, "Nothing is to be changed"),
        ({"story": ["1"], "assignee": "nobody-here"}, "There is nobody called nobody-here"),
        ({"story": ["1"], "add": "x" * 60}, "A tag is one word"),
        ({"story": ["1"], "stage": "new", "project": "nope"}, "There is no project nope"),
        ({"story": ["1"], "move": "crock/web"}, "Say of which project"),
        ({"story": ["1"], "project": "crock/web", "move": "nope"}, "There is no project nope"),
        ({"story": [str(n) for n in range(1, MOST + 2)], "importance": "high"}, f"At most {MOST}"),
    ],
)
def test_a_wrong_form_says_what_and_keeps_what_was_chosen(
    yard: Community, fields: dict[str, object], told: str
) -> None:
    page = send(Reader(yard, "bob"), do="preview", q="is:any", **fields)
    assert told in page
    if "story" in fields:
        assert 'value="1" checked' in page


def test_tasks_of_one_project_move_to_another_and_out_of_their_milestone(yard: Community) -> None:
    milestone = with_milestones(yard)
    yard.task(1, "Tell it", project_id=2)
    bob, wanted = Reader(yard, "bob"), {"project": "crock/firmware", "move": "crock/web"}
    page = send(bob, do="preview", story=["1", "2"], **wanted)
    assert page.count("<ins><bdi>crock/web master</bdi></ins>") == 2
    assert "<del><bdi>1.0</bdi></del> <ins><bdi>no milestone</bdi></ins>" in page
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    page = send(bob, do="apply", seen=seen, **wanted)
    assert [task(yard, id_)[0] for id_ in (1, 2, 3)] == [2, 2, 1]
    assert task(yard, 2)[2] is None
    events = yard.sees(lambda s: list(s.exec(select(TimelineRow.kind))))
    assert events.count("task_details_changed") >= 3
    assert yard.problems == []
    undone(yard, 1)
    assert task(yard, 2) == (1, Stage.MERGED, milestone)
    assert task(yard, 1)[0] == 1
    assert yard.problems == []


def test_merged_tasks_enter_the_milestone_of_their_own_branch(yard: Community) -> None:
    with_milestones(yard)
    yard.task(3, "Tell it", project_id=2)
    page = send(Reader(yard, "bob"), do="preview", story=["1", "2", "3"], milestone="2.0")
    assert "The branch of task 2 has no open milestone 2.0" in page
    assert "0 stories would change." in page, "what is not merged is in no milestone"
    bulk = changed(yard, [1, 2, 3], Wanted(stage=Stage.MERGED, milestone="1.0"))
    assert len({task(yard, id_)[2] for id_ in (1, 2, 3)}) == 1
    assert task(yard, 5)[2] not in (None, task(yard, 1)[2])
    undone(yard, bulk)
    assert task(yard, 1) == (1, Stage.NEW, None)
    assert yard.problems == []


def test_an_undo_takes_nothing_out_of_a_milestone_that_others_chose(yard: Community) -> None:
    milestone, cho = with_milestones(yard), yard.actor("cho")
    bulk = changed(yard, [1], Wanted(stage=Stage.MERGED))
    edit = TaskEdit(milestone_id=milestone)
    yard.does(lambda s, now: edit_task(s, cho, 1, edit, now=now))
    undone(yard, bulk)
    assert task(yard, 1) == (1, Stage.MERGED, milestone)
    assert "put it into a milestone" in Reader(yard, "bob").get(f"/stories/changed/{bulk}").text


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    ids=st.lists(st.integers(1, 4), min_size=1, max_size=4, unique=True),
    importance=st.sampled_from([KEEP, *Importance]),
    stage=st.sampled_from([KEEP, *Stage]),
    assignee=st.sampled_from([KEEP, None, 1, 2]),
    add=st.lists(st.sampled_from(["salt", "docs", "소금"]), max_size=2, unique=True),
    project=st.sampled_from([None, 1, 2]),
    move=st.sampled_from([KEEP, 1, 2]),
    milestone=st.sampled_from([KEEP, None, "1.0", "2.0"]),
)
def test_undone_at_once_everything_is_as_it_was(
    yard: Community, ids, importance, stage, assignee, add, project, move, milestone
) -> None:  # type: ignore[no-untyped-def]
    with_milestones(yard)
    before = facts(yard)
    wanted = Wanted(
        importance, stage, assignee, add, [t for t in ("salt",) if t not in add], project,
        move, milestone,
    )  # fmt: skip
    bulk = changed(yard, ids, wanted)
    assert yard.problems == []
    undone(yard, bulk)
    assert sorted(map(str, facts(yard))) == sorted(map(str, before))
    assert yard.problems == []
