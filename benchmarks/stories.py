"""A tracker as large as a real one: made rows, the same in every run, with all that is derived from them."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from hub.accounts.tables import PersonRow
from hub.app import App
from hub.backup import continue_ids
from hub.people import Actor, Role
from tracker.facet_tables import FacetCountRow, FacetRow, TaskWordRow, WordRow
from tracker.planning.boards import NewBoard, create_board, new_lane
from tracker.planning.items import add_item
from tracker.planning.worklists import NewWorklist, create_worklist
from tracker.states import STATUS_OF, Counts, Importance, Stage, rank
from tracker.tables import (
    BranchRow,
    CommentRow,
    GroupedRow,
    ProjectGroupRow,
    ProjectRow,
    StoryRow,
    StoryTagRow,
    TagRow,
    TaskRow,
    TimelineRow,
)
from tracker.timeline import count_entries
from tracker.words import words_of

_START = 1_500_000_000_000_000
_STEP = 60_000_000
_BATCH = 500
_STAGES = (*[Stage.NEW] * 4, Stage.CONFIRMED, Stage.IN_PROGRESS, *[Stage.MERGED] * 6, Stage.INVALID)
_WORDS = [f"{a}{b}" for a in ("neu", "swi", "hea", "nov", "gla", "cin", "kol", "zuu") for b in
          ("tron", "ft", "t", "a", "nce", "der", "la", "l", "mos", "rix", "dan", "pel")]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are of each; each story has two tasks, three comments and seven events."""

    stories: int = 20_000
    people: int = 2_000
    projects: int = 1_200
    tags: int = 500


def fill_tracker(app: App, size: Size) -> None:
    """Fill an empty hub's tracker."""
    app.db.write(lambda session: _fill_places(session, size))
    counts: Counter[tuple[str, str]] = Counter()
    numbers = list(range(1, size.stories + 1))
    for first in range(0, size.stories, _BATCH):
        rows = _Rows(size)
        for number in numbers[first : first + _BATCH]:
            rows.add(number)
        counts += rows.counts
        app.db.write(rows.store)
    told = [{"facet": f, "state": s, "stories": n} for (f, s), n in sorted(counts.items())]
    app.db.write(lambda session: _insert(session, FacetCountRow, told))
    app.db.write(lambda session: continue_ids(session, dict(SQLModel.metadata.tables)))
    if not app.db.is_sqlite:
        app.db.write(
            lambda session: session.connection().execute(sa.text("ANALYZE"))
        )  # as it does itself


@dataclass(frozen=True, slots=True)
class Plan:
    """A board's lanes and cards, by their numbers."""

    lanes: Sequence[int]
    cards: Sequence[int]


def fill_plans(app: App, cards: int) -> Plan:
    """Make a worklist and a board of so many stories each, the board's in four lanes."""
    return app.db.write(lambda session: _fill_plans(session, app.clock(), cards))


def _fill_plans(session: Session, now: datetime, cards: int) -> Plan:
    who = Actor("person:p1", Role.OPERATOR, person="p1")
    simple = create_worklist(session, who, NewWorklist("What comes next"), now=now)
    board = create_board(session, who, NewBoard("The next release"), now=now)
    lanes = [
        new_lane(session, who, board, title, now=now)
        for title in ("Asked for", "Begun", "In review", "Done")
    ]
    made = []
    for number in range(1, cards + 1):
        add_item(session, who, simple, "story", number, now=now)
        lane = lanes[number % len(lanes)]
        made.append(add_item(session, who, lane, "story", number, now=now).id or 0)
    return Plan(lanes, made)


def _fill_places(session: Session, size: Size) -> None:
    at = {"created_at": _START}
    people = [
        {"id": n, "slug": f"p{n}", "name": f"Person {n}", "email": "", "password": "",
         "role": "member", "state": "active", "language": "", "changed_at": _START, **at}
        for n in range(1, size.people + 1)
    ]  # fmt: skip
    projects = [
        {"id": n, "name": f"crock/p{n}", "description": "A jar", "is_active": True,
         "autocreate_branches": False, **at}
        for n in range(1, size.projects + 1)
    ]  # fmt: skip
    branches = [
        {"id": n, "project_id": n, "name": "master", "expired": False, "autocreated": False,
         "restricted": True, **at}
        for n in range(1, size.projects + 1)
    ]  # fmt: skip
    groups = [{"id": n, "name": f"team{n}", "title": f"Team {n}", **at} for n in range(1, 41)]
    grouped = [{"group_id": _group(n), "project_id": n} for n in range(1, size.projects + 1)]
    tags = [{"id": n, "name": f"tag{n}", **at} for n in range(1, size.tags + 1)]
    for table, rows in (
        (PersonRow, people), (ProjectRow, projects), (BranchRow, branches),
        (ProjectGroupRow, groups), (GroupedRow, grouped), (TagRow, tags),
    ):  # fmt: skip
        _insert(session, table, rows)


class _Rows:
    """The rows of some stories, by table."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self.counts: Counter[tuple[str, str]] = Counter()
        self.entries: Counter[str] = Counter()
        self._rows: dict[type[SQLModel], list[Mapping[str, Any]]] = {
            table: []
            for table in (
                StoryRow, TaskRow, StoryTagRow, CommentRow, TimelineRow, FacetRow, WordRow,
                TaskWordRow,
            )
        }  # fmt: skip

    def add(self, number: int) -> None:
        """Add one story."""
        chance = random.Random(number)
        title = " ".join(chance.choice(_WORDS) for _ in range(6))
        text = " ".join(chance.choice(_WORDS) for _ in range(60))
        creator, at = chance.randint(1, self._size.people), _START + number * _STEP
        tasks = list(self._tasks(chance, number, at))
        tag = int(self._size.tags * chance.random() ** 2) + 1
        statuses = Counter(task["status"] for task in tasks)
        counts = {n: statuses[n] for n in ("todo", "inprogress", "review", "merged", "invalid")}
        importance = chance.choice(list(Importance))
        story = {
            "id": number, "title": title, "description": text, "kind": "bug", "creator_id": creator,
            "creator_name": "", "is_private": False, "is_security": False,
            "importance": importance.value, "source": "", "revision": 1,
            "state": Counts(*counts.values()).state.value, **counts, "comments": 3, "affected": 0,
            "votes": 0, "duplicates": 0, "heat": 0, "created_at": at, "changed_at": at + _STEP,
        }  # fmt: skip
        self._rows[StoryRow].append(story)
        self._rows[TaskRow] += tasks
        self._rows[TaskWordRow] += [
            {"word": word, "task_id": task["id"]}
            for task in tasks
            for word in words_of(task["title"])
        ]
        self._rows[StoryTagRow].append({"story_id": number, "tag_id": tag})
        self._talk(chance, number, title, at)
        self._place(story, {*_facets(tasks), f"creator:{creator}", f"tag:{tag}"}, importance)
        words = sorted(set(words_of(f"{title}\n{text}")))
        self._rows[WordRow] += [{"word": word, "story_id": number} for word in words]

    def store(self, session: Session) -> None:
        """Store all that was added."""
        for table, rows in self._rows.items():
            _insert(session, table, rows)
        count_entries(session, self.entries)

    def _tasks(self, chance: random.Random, number: int, at: int) -> Iterator[dict[str, Any]]:
        for place in (0, 1):
            project = int(self._size.projects * chance.random() ** 3) + 1
            stage = chance.choice(_STAGES)
            yield {
                "id": 2 * number - 1 + place, "story_id": number, "project_id": project,
                "branch_id": project, "title": " ".join(chance.choice(_WORDS) for _ in range(5)),
                "stage": stage.value, "status": STATUS_OF[stage].value,
                "assignee_id": chance.randint(1, self._size.people) if chance.random() < 0.5 else None,
                "creator_id": chance.randint(1, self._size.people), "creator_name": "",
                "created_at": at,
            }  # fmt: skip

    def _talk(self, chance: random.Random, number: int, title: str, at: int) -> None:
        told = [("story_created", {"story_id": number, "story_title": title})]
        told += [
            ("task_created", {"story_id": number, "task_id": 2 * number - n, "task_title": title})
            for n in (1, 0)
        ]
        told += [("user_comment", {})] * 3
        told.append(("story_details_changed", {"story_id": number, "story_title": title}))
        comment = 3 * number - 2
        for place, (kind, info) in enumerate(told):
            author = chance.randint(1, self._size.people)
            event = {
                "id": 7 * number - 6 + place, "story_id": number, "comment_id": None,
                "author_id": author, "author_name": "", "kind": kind, "info": json.dumps(info),
                "at": at + place,
            }  # fmt: skip
            if kind == "user_comment":
                event["comment_id"] = comment
                self._rows[CommentRow].append({
                    "id": comment, "story_id": number, "author_id": author, "author_name": "",
                    "content": " ".join(chance.choice(_WORDS) for _ in range(30)),
                    "is_active": True, "created_at": at + place,
                })  # fmt: skip
                comment += 1
            self._rows[TimelineRow].append(event)
            self.entries[kind] += 1

    def _place(self, story: Mapping[str, Any], facets: set[str], importance: Importance) -> None:
        facets |= {"all", "kind:bug", f"importance:{importance.value}"}
        told = {
            "story_id": story["id"], "state": story["state"], "is_private": False,
            "rank": rank(importance), "heat": 0, "changed_at": story["changed_at"],
        }  # fmt: skip
        self._rows[FacetRow] += [{"facet": facet, **told} for facet in sorted(facets)]
        self.counts.update((facet, story["state"]) for facet in facets)


def _facets(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for task in tasks:
        yield f"project:{task['project_id']}"
        yield f"group:{_group(task['project_id'])}"
        yield f"stage:{task['stage']}"
        who = task["assignee_id"]
        yield "unassigned" if who is None else f"assignee:{who}"


def _group(project: int) -> int:
    return project % 40 + 1


def _insert(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        made = table.__table__  # type: ignore[attr-defined]
        session.connection().execute(sa.insert(made), list(rows))
