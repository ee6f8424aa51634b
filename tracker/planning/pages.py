"""All that the pages of boards and worklists show, as far as their reader may know of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.accounts.tables import PersonRow, TeamRow
from hub.clock import from_micros, micros
from hub.people import Actor
from tracker.authors import Who, known, who
from tracker.briefs import Brief, brief_stories
from tracker.planning.dates import dated_by
from tracker.planning.filters import Filter
from tracker.planning.permissions import Allowed, allowed_to
from tracker.planning.reading import Card, ListRead, lanes_of_boards, read_lists
from tracker.planning.sight import (
    edits,
    holder_of,
    moves,
    need_board,
    need_worklist,
    ref_of,
    shown_items,
    visible,
)
from tracker.planning.tables import (
    BoardRow,
    DueDateRow,
    LaneRow,
    WorklistItemRow,
    WorklistRow,
)
from tracker.states import Stage, State
from tracker.tables import ProjectRow, TaskRow

MOST = 200
"""So many boards or lists stand on one page."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due date on a thing. is_over: it has passed, and the thing is not done."""

    id: int
    name: str
    at: datetime
    is_over: bool


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card. number: of its item, 0 where a list fills itself; stage: a task's."""

    number: int
    position: int
    story: Brief
    task_id: int | None = None
    title: str = ""
    stage: Stage | None = None
    project: str = ""
    people: tuple[Who, ...] = ()
    due: tuple[Due, ...] = ()


@dataclass(frozen=True, slots=True)
class ListShown:
    """A worklist, alone or as a lane."""

    id: int
    title: str
    is_automatic: bool
    cards: Sequence[CardShown]
    filters: Sequence[Filter] = ()


@dataclass(frozen=True, slots=True)
class Holders:
    """Who owns a thing and who may move its cards; names of people and of teams."""

    owners: tuple[Who, ...] = ()
    users: tuple[Who, ...] = ()
    team_owners: tuple[str, ...] = ()
    team_users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A board with its lanes, or a worklist (its only lane)."""

    id: int
    title: str
    description: str
    is_private: bool
    is_archived: bool
    creator: Who
    holders: Holders
    may_edit: bool
    may_move: bool
    due: tuple[Due, ...]
    lanes: Sequence[ListShown]
    board: "PlanLine | None" = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A board or worklist as lists show it."""

    id: int
    title: str
    url: str
    is_private: bool = False
    is_automatic: bool = False
    creator: Who | None = None
    lanes: int = 0
    cards: int = 0


def read_board(session: Session, actor: Actor, id_: int, now: datetime) -> PlanShown:
    """Return a board with its lanes and cards. Raises: NotFound."""
    row = need_board(session, actor, id_)
    lists = [list_ for _, list_ in lanes_of_boards(session, [id_]).get(id_, ())]
    return PlanShown(
        id_,
        row.title,
        row.description or "",
        row.is_private,
        row.archived,
        _creator(session, row),
        holders_of(session, row),
        edits(actor, row),
        moves(actor, row),
        _due_of(session, actor, "board", id_, now),
        _shown(session, actor, lists, now),
    )


def read_worklist(session: Session, actor: Actor, id_: int, now: datetime) -> PlanShown:
    """Return a worklist with its cards. Raises: NotFound."""
    row = need_worklist(session, actor, id_)
    holder = holder_of(session, row)
    is_lane = isinstance(holder, BoardRow)
    return PlanShown(
        id_,
        row.title,
        "",
        holder.is_private,
        row.archived,
        _creator(session, row),
        holders_of(session, holder),
        edits(actor, holder),
        moves(actor, holder) and not row.automatic,
        _due_of(session, actor, "worklist", id_, now),
        _shown(session, actor, [row], now),
        PlanLine(holder.id or 0, holder.title, f"/board/{holder.id}") if is_lane else None,  # type: ignore[union-attr]
    )


def list_boards(session: Session, actor: Actor, *, archived: bool = False) -> Sequence[PlanLine]:
    """Return the boards that somebody may see, those changed last first."""
    here = (visible(actor, BoardRow), col(BoardRow.archived).is_(archived))
    order = col(BoardRow.id).desc()
    rows = session.exec(select(BoardRow).where(*here).order_by(order).limit(MOST)).all()
    lanes = lanes_of_boards(session, [row.id or 0 for row in rows])
    cards = _counts(session, actor, [list_.id or 0 for its in lanes.values() for _, list_ in its])
    people = known(session, [row.creator_id for row in rows])
    return [
        PlanLine(
            row.id or 0,
            row.title,
            f"/board/{row.id}",
            row.is_private,
            creator=who(people, row.creator_id, row.creator_name),
            lanes=len(lanes.get(row.id or 0, ())),
            cards=sum(cards.get(list_.id or 0, 0) for _, list_ in lanes.get(row.id or 0, ())),
        )
        for row in rows
    ]


def list_worklists(session: Session, actor: Actor, *, archived: bool = False) -> Sequence[PlanLine]:
    """Return the worklists that somebody may see, but for lanes; the newest first."""
    here = (
        visible(actor, WorklistRow),
        col(WorklistRow.archived).is_(archived),
        col(WorklistRow.id).not_in(select(LaneRow.list_id)),
    )
    order = col(WorklistRow.id).desc()
    rows = session.exec(select(WorklistRow).where(*here).order_by(order).limit(MOST)).all()
    cards = _counts(session, actor, [row.id or 0 for row in rows])
    people = known(session, [row.creator_id for row in rows])
    return [
        PlanLine(
            row.id or 0,
            row.title,
            f"/worklist/{row.id}",
            row.is_private,
            row.automatic,
            who(people, row.creator_id, row.creator_name),
            cards=cards.get(row.id or 0, 0),
        )
        for row in rows
    ]


def boards_with(session: Session, actor: Actor, story_id: int) -> Sequence[PlanLine]:
    """Return the boards and worklists that hold a story or a task of it, as far as somebody may see them."""
    tasks = select(TaskRow.id).where(TaskRow.story_id == story_id)
    kind, id_ = col(WorklistItemRow.item_type), col(WorklistItemRow.item_id)
    item = ((kind == "story") & (id_ == story_id)) | ((kind == "task") & id_.in_(tasks))
    there = select(WorklistItemRow.list_id).where(item, col(WorklistItemRow.archived).is_(False))
    lists = session.exec(
        select(WorklistRow.id, WorklistRow.title, BoardRow.id, BoardRow.title)
        .join(LaneRow, col(LaneRow.list_id) == col(WorklistRow.id), isouter=True)
        .join(BoardRow, col(BoardRow.id) == col(LaneRow.board_id), isouter=True)
        .where(col(WorklistRow.id).in_(there), col(WorklistRow.archived).is_(False))
        .where(visible(actor, WorklistRow))
        .order_by(col(WorklistRow.id))
        .limit(MOST)
    ).all()
    found: dict[str, PlanLine] = {}
    for list_, title, board, its_title in lists:
        url = f"/worklist/{list_}" if board is None else f"/board/{board}"
        found[url] = PlanLine(board or list_ or 0, its_title or title, url)
    return list(found.values())


def holders_of(session: Session, row: BoardRow | WorklistRow | DueDateRow) -> Holders:
    """Return who owns a thing and who may move its cards, by name."""
    allowed: Allowed = allowed_to(session, [ref_of(row)])[ref_of(row)]
    people = known(session, [*allowed.owners, *allowed.users])
    wanted = [*allowed.team_owners, *allowed.team_users]
    rows = session.exec(select(TeamRow.id, TeamRow.slug).where(col(TeamRow.id).in_(wanted)))
    teams = dict(rows.all()) if wanted else {}
    return Holders(
        tuple(people[id_] for id_ in allowed.owners if id_ in people),
        tuple(people[id_] for id_ in allowed.users if id_ in people),
        tuple(teams[id_] for id_ in allowed.team_owners if id_ in teams),
        tuple(teams[id_] for id_ in allowed.team_users if id_ in teams),
    )


def named(
    session: Session, slugs: Iterable[str]
) -> tuple[Sequence[int], Sequence[int], Sequence[str]]:
    """Return the people and teams of these names (`team:crocks` or `crocks`), and names of nobody."""
    people: list[int] = []
    teams: list[int] = []
    unknown: list[str] = []
    for slug in slugs:
        name = slug.removeprefix("@").removeprefix("team:")
        person = session.exec(select(PersonRow.id).where(PersonRow.slug == name)).first()
        team = session.exec(select(TeamRow.id).where(TeamRow.slug == name)).first()
        if person is not None and not slug.startswith("team:"):
            people.append(person)
        elif team is not None:
            teams.append(team)
        else:
            unknown.append(slug)
    return people, teams, unknown


def _creator(session: Session, row: BoardRow | WorklistRow) -> Who:
    return who(known(session, [row.creator_id]), row.creator_id, row.creator_name)


def _due_of(session: Session, actor: Actor, type_: str, id_: int, now: datetime) -> tuple[Due, ...]:
    rows = dated_by(session, actor, type_, [id_]).get(id_, ())
    return tuple(_due(row, now, is_open=True) for row in rows)


def _due(row: DueDateRow, now: datetime, *, is_open: bool) -> Due:
    is_over = is_open and row.date < micros(now)
    return Due(row.id or 0, row.name, from_micros(row.date), is_over)


def _shown(
    session: Session, actor: Actor, rows: Sequence[WorklistRow], now: datetime
) -> Sequence[ListShown]:
    read = read_lists(session, actor, rows)
    cards = [card for its in read.values() for card in its.cards]
    draw = _Cards(session, actor, cards, now)
    return [_list(read[row.id or 0], draw) for row in rows]


def _list(read: ListRead, draw: "_Cards") -> ListShown:
    row = read.row
    cards = [draw.card(each, place) for place, each in enumerate(read.cards)]
    return ListShown(row.id or 0, row.title, row.automatic, cards, read.filters)


class _Cards:
    """Cards that are drawn together."""

    def __init__(
        self, session: Session, actor: Actor, cards: Sequence[Card], now: datetime
    ) -> None:
        self._now = now
        ids = list(dict.fromkeys(card.story.id or 0 for card in cards))
        self._stories = {story.id: story for story in brief_stories(session, ids)}
        tasks = [card.task for card in cards if card.task is not None]
        self._people = known(session, [task.assignee_id for task in tasks])
        projects = {task.project_id for task in tasks}
        names = select(ProjectRow.id, ProjectRow.name).where(col(ProjectRow.id).in_(projects))
        self._projects = dict(session.exec(names).all()) if projects else {}
        self._dates: Mapping[str, Mapping[int, Sequence[DueDateRow]]] = {
            "story": dated_by(session, actor, "story", [c.id for c in cards if c.task is None]),
            "task": dated_by(session, actor, "task", [c.id for c in cards if c.task is not None]),
        }

    def card(self, card: Card, position: int) -> CardShown:
        """Return a card as it is shown."""
        number = (card.item.id or 0) if card.item is not None else 0
        story, task = self._stories[card.story.id or 0], card.task
        due = self._due(card)
        if task is None:
            project = story.projects[0] if story.projects else ""
            return CardShown(
                number, position, story, None, story.title, None, project, story.assignees, due
            )
        found = self._people.get(task.assignee_id or 0)
        people = [] if found is None else [found]
        return CardShown(
            number, position, story, task.id, task.title, Stage(task.stage),
            self._projects.get(task.project_id, ""), tuple(people), due,
        )  # fmt: skip

    def _due(self, card: Card) -> tuple[Due, ...]:
        if card.task is not None:
            is_open = card.task.status not in ("merged", "invalid")
        else:
            is_open = State(card.story.state) in (State.ACTIVE, State.UNTRIAGED)
        rows = {row.id: row for row in self._dates[card.type].get(card.id, ())}
        if card.due is not None:
            rows[card.due.id] = card.due
        ordered = sorted(rows.values(), key=lambda row: (row.date, row.id))
        return tuple(_due(row, self._now, is_open=is_open) for row in ordered)


def _counts(session: Session, actor: Actor, lists: Sequence[int]) -> Mapping[int, int]:
    """Return how many cards somebody sees in each list: one query for all."""
    query = select(WorklistItemRow.list_id).where(
        col(WorklistItemRow.list_id).in_(lists),
        col(WorklistItemRow.archived).is_(False),
        shown_items(actor),
    )
    found: dict[int, int] = {}
    for id_ in session.exec(query) if lists else ():
        found[id_] = found.get(id_, 0) + 1
    return found
