"""What the forms of boards and worklists do, each by its name: the page's `do`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time

from sqlmodel import Session

from hub.accounts.people import find_row
from hub.errors import Invalid, NotFound
from hub.language import gettext
from hub.people import Actor
from tracker.planning.boards import edit_board, move_lane, new_lane, set_lanes
from tracker.planning.boards import lanes_of as lanes
from tracker.planning.dates import NewDate, create_date, set_dated
from tracker.planning.filters import Criterion, Filter, add_filter, remove_filter
from tracker.planning.items import ItemEdit, add_item, edit_item, remove_item
from tracker.planning.pages import named
from tracker.planning.permissions import Part, set_allowed
from tracker.planning.tables import BoardRow, WorklistItemRow, WorklistRow
from tracker.planning.worklists import PlanEdit, edit_worklist
from tracker.projects import find_group, find_project
from tracker.readers import with_story
from tracker.stories import NewStory, create_story

Fields = Mapping[str, str]
Act = Callable[[Session, Actor, int, Fields, datetime], str]
"""Does what a form asks for, and returns the part of the page to show then."""


def number(fields: Fields, name: str) -> int:
    """Return a number that a form has. Raises: Invalid."""
    value = fields.get(name, "").strip().removeprefix("#")
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Invalid(name, gettext("A number is missing. Use the page's own buttons."))
    return int(value)


def move(session: Session, actor: Actor, _id: int, fields: Fields, now: datetime) -> str:
    """Move a card to a position of a list; positions in forms count from 1."""
    card = number(fields, "card")
    here = session.get(WorklistItemRow, card)
    list_id = number(fields, "list") if fields.get("list") else None
    position = number(fields, "position") - 1 if fields.get("position") else 10_000
    if here is None:
        raise NotFound(gettext("There is no card %(number)s.", number=card))
    edit = ItemEdit(position=position, list_id=here.list_id if list_id is None else list_id)
    edit_item(session, actor, card, edit, now=now)
    return f"#card-{card}"


def remove(session: Session, actor: Actor, _id: int, fields: Fields, now: datetime) -> str:
    """Take a card away."""
    remove_item(session, actor, number(fields, "card"), now=now)
    return ""


def add(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Put a story or task into a list: by its number, or a new story by its title."""
    list_id = number(fields, "list") if fields.get("list") else id_
    text = " ".join(fields.get("what", "").split())
    kind, digits = "story", text.lower()
    for word in ("story", "task"):
        if digits.startswith(word):
            kind, digits = word, digits.removeprefix(word).strip(" :")
    digits = digits.removeprefix("#")
    if digits.isascii() and digits.isdecimal() and len(digits) < 10:
        item = add_item(session, actor, list_id, kind, int(digits), now=now)
        return f"#card-{item.id}"
    is_private = fields.get("private") == "1"
    story = create_story(session, actor, NewStory(text, is_private=is_private), now=now)
    item = add_item(session, with_story(actor, story), list_id, "story", story, now=now)
    return f"#card-{item.id}"


def add_lane(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Give a board one more lane."""
    return f"#lane-{new_lane(session, actor, id_, fields.get('title', ''), now=now)}"


def rename_lane(session: Session, actor: Actor, _id: int, fields: Fields, now: datetime) -> str:
    """Rename a lane."""
    list_id = number(fields, "list")
    edit_worklist(session, actor, list_id, PlanEdit(title=fields.get("title", "")), now=now)
    return f"#lane-{list_id}"


def shift_lane(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Move a lane by one, to the left or to the right."""
    list_id = number(fields, "list")
    its = [list_.id for _, list_ in lanes(session, id_)]
    step = -1 if fields.get("to") == "left" else 1
    if list_id in its:
        move_lane(session, actor, id_, list_id, max(0, its.index(list_id) + step), now=now)
    return f"#lane-{list_id}"


def archive_lane(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Archive a lane with its cards."""
    list_id = number(fields, "list")
    its = [list_.id or 0 for _, list_ in lanes(session, id_)]
    set_lanes(session, actor, id_, [each for each in its if each != list_id], now=now)
    return ""


def edit_of_board(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Change a board's title, description and who may see it; and who owns it and moves cards."""
    edit = PlanEdit(
        fields.get("title", ""),
        fields.get("description", ""),
        is_private=fields.get("private") == "1",
    )
    row = edit_board(session, actor, id_, edit, now=now)
    _people(session, actor, row, fields, now)
    return ""


def edit_of_list(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Change a worklist's title and who may see it; and who owns it and moves its items."""
    edit = PlanEdit(fields.get("title", ""), is_private=fields.get("private") == "1")
    row = edit_worklist(session, actor, id_, edit, now=now)
    _people(session, actor, row, fields, now)
    return ""


def archive_board(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Archive a board, or bring it back."""
    edit_board(session, actor, id_, PlanEdit(archived=fields.get("on") != "0"), now=now)
    return ""


def archive_list(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Archive a worklist, or bring it back."""
    edit_worklist(session, actor, id_, PlanEdit(archived=fields.get("on") != "0"), now=now)
    return ""


def add_due(kind: str) -> Act:
    """Return what gives a thing or a card of it a due date."""

    def act(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
        new = NewDate(
            fields.get("name", ""), _day(fields.get("date", "")), _is_private(session, kind, id_)
        )
        made, owner = create_date(session, actor, new, now=now)
        card = session.get(WorklistItemRow, number(fields, "card")) if fields.get("card") else None
        type_, target = (kind, id_) if card is None else (card.item_type, card.item_id)
        set_dated(session, owner, made, type_, target, dated=True, now=now)
        return "" if card is None else f"#card-{card.id}"

    return act


def drop_due(kind: str) -> Act:
    """Return what takes a due date off a thing or a card of it."""

    def act(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
        card = session.get(WorklistItemRow, number(fields, "card")) if fields.get("card") else None
        type_, target = (kind, id_) if card is None else (card.item_type, card.item_id)
        due = number(fields, "due")
        set_dated(session, actor, due, type_, target, dated=False, now=now)
        return "" if card is None else f"#card-{card.id}"

    return act


def more_filter(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Give an automatic list one more filter: of up to three criteria."""
    criteria = [
        _criterion(session, fields.get(f"field{n}", ""), value, fields.get(f"not{n}") == "1")
        for n in range(1, 4)
        if (value := fields.get(f"value{n}", "").strip())
    ]
    new = Filter(fields.get("type", ""), tuple(criteria))
    add_filter(session, actor, id_, new, now=now)
    return "#filters"


def drop_filter(session: Session, actor: Actor, id_: int, fields: Fields, now: datetime) -> str:
    """Take a filter off an automatic list."""
    remove_filter(session, actor, id_, number(fields, "filter"), now=now)
    return "#filters"


BOARD_ACTS: Mapping[str, Act] = {
    "move": move,
    "remove": remove,
    "add": add,
    "add-lane": add_lane,
    "rename-lane": rename_lane,
    "shift-lane": shift_lane,
    "archive-lane": archive_lane,
    "edit": edit_of_board,
    "archive": archive_board,
    "add-due": add_due("board"),
    "drop-due": drop_due("board"),
}
LIST_ACTS: Mapping[str, Act] = {
    "move": move,
    "remove": remove,
    "add": add,
    "edit": edit_of_list,
    "archive": archive_list,
    "add-filter": more_filter,
    "drop-filter": drop_filter,
    "add-due": add_due("worklist"),
    "drop-due": drop_due("worklist"),
}


def _people(
    session: Session, actor: Actor, row: BoardRow | WorklistRow, fields: Fields, now: datetime
) -> None:
    for name, part in (("owners", Part.OWNER), ("users", Part.USER)):
        if name not in fields:
            continue
        people, teams, unknown = named(session, fields[name].replace(",", " ").split())
        if unknown:
            raise Invalid(name, gettext("There is nobody called %(slug)s here.", slug=unknown[0]))
        set_allowed(session, actor, row, part, people, teams, now=now)


def _is_private(session: Session, kind: str, id_: int) -> bool:
    board = session.get(BoardRow, id_) if kind == "board" else None
    row = session.get(WorklistRow, id_) if kind != "board" else board
    return row is not None and row.is_private


def _day(text: str) -> datetime:
    """Return the end of a day. Raises: Invalid."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d")  # noqa: DTZ007 - a day; its zone comes below
    except ValueError as error:
        raise Invalid("date", gettext("Write the day as 2030-01-31.")) from error
    return datetime.combine(day, time(23, 59), UTC)


def _criterion(session: Session, field: str, value: str, is_negative: bool) -> Criterion:
    """Return a criterion; projects, groups and people may be named as people name them. Raises: Invalid."""
    found: int | None = None
    if field == "Project" and (project := find_project(session, value)) is not None:
        found = project.id
    elif field == "ProjectGroup" and (group := find_group(session, value)) is not None:
        found = group.id
    elif field == "User" and (person := find_row(session, value.removeprefix("@"))) is not None:
        found = person.id
    told = value if found is None else str(found)
    if field == "Story":
        told = value.removeprefix("#")
    return Criterion(field, told, value, is_negative)
