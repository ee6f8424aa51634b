"""Lists of stories: what a query finds, page by page, for whom."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from hub.people import GUEST, Actor
from tests.tracker.community import Community
from tracker.listing import Cursor, count_stories, find_stories, read_cursor
from tracker.plans import plan_query
from tracker.query import Sort, parse_query
from tracker.readers import add_reader
from tracker.states import Importance, Stage, State
from tracker.stories import StoryEdit, edit_story
from tracker.tags import set_tags


def finds(community: Community, text: str, actor: Actor = GUEST, limit: int = 50) -> list[int]:
    """Walk through all pages of what a query finds."""

    def look(session: Session) -> list[int]:
        planned = plan_query(session, actor, parse_query(text))
        assert planned.plan is not None, planned.problems
        ids: list[int] = []
        after: Cursor | None = None
        while True:
            found = find_stories(session, actor, planned.plan, after=after, limit=limit)
            ids += found.ids
            after = found.after
            if after is None:
                return ids

    return community.sees(look)


def counts(community: Community, text: str, actor: Actor = GUEST) -> dict[State, int]:
    """Count what a query finds."""

    def look(session: Session) -> dict[State, int]:
        plan = plan_query(session, actor, parse_query(text)).plan
        assert plan is not None
        return {state: n for state, n in count_stories(session, actor, plan).items() if n}

    return community.sees(look)


@pytest.fixture
def shelf(community: Community) -> Community:
    """Five stories: 1 has a task done, 2 and 3 are in work, 4 is untriaged, 5 is private to cho."""
    community.story("The lid leaks at night", importance=Importance.HIGH)
    community.story("Salt sensor reads low", by="cho", description="It says 2 per cent")
    community.story("A leak in the salt store")
    community.story("Kimchi page is empty", kind="feature")
    community.story("The password is salt", by="cho", is_private=True, is_security=True)
    community.task(1, stage=Stage.MERGED)
    community.task(2, assignee_id=community.number("dan"))
    community.task(3, project_id=2)
    bob = community.actor("bob")
    community.does(lambda s, now: set_tags(s, bob, 2, ["docs", "salt"], now=now))
    community.does(lambda s, now: set_tags(s, bob, 3, ["salt"], now=now))
    return community


CASES = [
    ("", [3, 2, 4]),
    ("is:any", [3, 2, 1, 4]),
    ("is:any sort:created", [4, 3, 2, 1]),
    ("is:any sort:oldest", [1, 2, 3, 4]),
    ("is:any sort:importance", [1, 4, 3, 2]),
    ("is:merged", [1]),
    ("is:untriaged", [4]),
    ("tag:salt", [3, 2]),
    ("tag:salt -tag:docs", [3]),
    ("project:crock/web", [3]),
    ("project:web", [3]),
    ("assignee:dan", [2]),
    ("creator:cho is:any", [2]),
    ("importance:high is:any", [1]),
    ("kind:feature", [4]),
    ("stage:new", [3, 2]),
    ("is:unassigned", [3]),
    ("leak is:any", [3, 1]),
    ("LEAKS is:any", [1]),
    ('"salt store"', [3]),
    ('"store salt"', []),
    ("salt -sensor", [3]),
    ("per", [2]),
    ("nothinglikeit", []),
    ("tag:salt project:firmware", [2]),
]


def test_a_query_finds_what_it_says_in_its_order(shelf: Community) -> None:
    for text, ids in CASES:
        assert finds(shelf, text) == ids, text
        assert finds(shelf, text, limit=1) == ids, text
        assert sum(counts(shelf, text).values()) == len(ids), text


def test_a_private_story_is_in_lists_and_counts_of_its_readers_only(shelf: Community) -> None:
    cho, bob, ada = (shelf.actor(name) for name in ("cho", "bob", "ada"))
    for text in ("is:any salt", "is:any", "is:security is:any", "creator:cho is:any"):
        with_it = finds(shelf, text, cho)
        assert 5 in with_it
        assert 5 in finds(shelf, text, ada)
        assert finds(shelf, text, bob) == finds(shelf, text) == [i for i in with_it if i != 5]
        assert sum(counts(shelf, text, cho).values()) == len(with_it)
        assert sum(counts(shelf, text, bob).values()) == len(with_it) - 1
    assert finds(shelf, "is:private is:any", cho) == [5]
    assert finds(shelf, "is:private is:any", bob) == []


def test_who_is_given_a_private_story_finds_it(shelf: Community) -> None:
    cho, dan = shelf.actor("cho"), shelf.number("dan")
    shelf.does(lambda s, now: add_reader(s, cho, 5, person_id=dan, now=now))
    assert finds(shelf, "password", shelf.actor("dan")) == [5]


def test_a_name_that_leads_nowhere_is_named(shelf: Community) -> None:
    query = parse_query("project:nope tag:never assignee:nobody assignee:me")
    planned = shelf.sees(lambda s: plan_query(s, GUEST, query))
    assert planned.plan is None
    assert len(planned.problems) == 4


def test_what_changes_moves_to_the_front(shelf: Community) -> None:
    bob = shelf.actor("bob")
    change = StoryEdit(importance=Importance.LOW)
    shelf.does(lambda s, now: edit_story(s, bob, 4, change, now=now))
    assert finds(shelf, "")[0] == 4


@given(st.text(max_size=30))
@settings(suppress_health_check=list(HealthCheck))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    cursor = read_cursor(text)
    assert cursor is None or read_cursor(str(cursor)) == cursor


def test_every_order_is_whole_however_short_the_pages(sqlite_community: Community) -> None:
    for number in range(23):
        story = sqlite_community.story(f"Story number {number}", is_private=number % 5 == 0)
        if number % 3:
            sqlite_community.task(story, stage=[Stage.NEW, Stage.MERGED][number % 2])
    bob = sqlite_community.actor("bob")
    for sort in Sort:
        ids = finds(sqlite_community, f"is:any sort:{sort}", bob, limit=4)
        assert sorted(ids) == list(range(1, 24))
        assert ids == finds(sqlite_community, f"is:any sort:{sort}", bob)


@pytest.mark.parametrize("sort", list(Sort))
def test_a_page_is_a_walk_along_one_index(sqlite_community: Community, sort: Sort) -> None:
    """Whatever the order: stories of other states are passed over by the index, not one by one."""
    app, asked = sqlite_community.app, []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "FROM story_facet" in statement:
            asked.append((statement, values))

    def look(session: Session) -> list[str]:
        planned = plan_query(session, GUEST, parse_query(f"is:any sort:{sort.value}"))
        assert planned.plan is not None, planned.problems
        sa.event.listen(session.connection(), "before_cursor_execute", note)
        find_stories(session, GUEST, planned.plan, after=Cursor(7, 7))
        run = session.connection().exec_driver_sql
        return [
            row[3]
            for query, values in list(asked)
            for row in run(f"EXPLAIN QUERY PLAN {query}", values)
        ]

    plans = app.db.read(look)
    assert len(plans) >= len(State)
    assert all("INDEX story_facet_" in plan and "state=?" in plan for plan in plans), plans
