"""What bodies of worklists, boards and due dates say, taken apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.people import Actor
from tracker.planning.filters import Criterion, Filter, right_criterion
from tracker.planning.permissions import CODENAMES, Part, set_allowed
from tracker.planning.sight import Planned, edits, moves
from tracker.storyboard.bodies import flag, number, text
from tracker.storyboard.wire import Call, Fault, Reply, invalid, to_number

_PARTS = {
    "owners": (Part.OWNER, "people"),
    "users": (Part.USER, "people"),
    "team_owners": (Part.OWNER, "teams"),
    "team_users": (Part.USER, "teams"),
}


def numbers(body: Mapping[str, Any], name: str) -> list[int] | None:
    """Return a list of numbers, also where they stand in objects as `id`; None when there is none.

    Raises: Fault.
    """
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list):
        raise invalid(name, value, "should be a list")
    given = [each if isinstance(each, dict) else {"id": each} for each in value]
    found = [number(each, "id") for each in given]
    return [each for each in found if each is not None]


def asked(call: Call, name: str) -> int | None:
    """Return a number from the address or the body, None when neither has it. Raises: Fault."""
    given = call.args.number(name)
    return number(call.given, name) if given is None else given


def asked_text(call: Call, name: str) -> str | None:
    """Return a text from the address or the body."""
    return call.args.text(name) or text(call.given, name)


def filters_in(body: Mapping[str, Any]) -> list[Filter]:
    """Return the filters of a worklist's body. Raises: Fault, Invalid."""
    given = body.get("filters")
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise invalid("filters", given, "should be a list of filters")
    return [filter_in(each) for each in given]


def filter_in(body: Mapping[str, Any]) -> Filter:
    """Return a filter. Raises: Fault, Invalid."""
    type_, criteria = text(body, "type") or "", body.get("filter_criteria")
    if type_.lower() not in ("story", "task"):
        raise invalid("type", type_, "Value should be one of: Story, Task")
    if not isinstance(criteria, list) or not all(isinstance(each, dict) for each in criteria):
        raise invalid("filter_criteria", criteria, "should be a list of criteria")
    return Filter(type_.lower(), tuple(_criterion(each) for each in criteria))


def _criterion(body: Mapping[str, Any]) -> Criterion:
    value = body.get("value")
    told = str(value) if isinstance(value, (str, int)) else ""
    is_negative = flag(body, "negative") or False
    field = text(body, "field") or ""
    return right_criterion(field, told, text(body, "title") or "", negative=is_negative)


def show_permissions(call: Call, row: Planned) -> Reply:
    """Tell what who asks may do to a thing, in StoryBoard's words."""
    parts = _own_parts(call.reader, row)
    told = [name for name, part in CODENAMES[type(row)].items() if part in parts]
    return Reply(told, is_one=False)


def _own_parts(actor: Actor, row: Planned) -> Sequence[Part]:
    if edits(actor, row):
        return (Part.OWNER,)
    return (Part.USER,) if moves(actor, row) else ()


def change_permissions(call: Call, row: Planned) -> Reply:
    """Give a part of a thing to exactly those whom a body names. Raises: Fault."""
    body = call.given
    codename = text(body, "codename") or ""
    part = CODENAMES[type(row)].get(codename)
    if part is None:
        choices = ", ".join(CODENAMES[type(row)])
        raise invalid("codename", codename, f"Value should be one of: {choices}")
    people, teams = numbers(body, "users"), numbers(body, "teams")
    if people is None and teams is None:
        raise Fault(400, "Say which users or teams it is given to.")
    set_allowed(call.session, call.reader, row, part, people, teams, now=call.now)
    return Reply(codename)


def take_parts(call: Call, actor: Actor, row: Planned) -> None:
    """Give a thing to those whom a body names as owners and users, where it names any. Raises: Fault."""
    for part in Part:
        given = {
            kind: numbers(call.given, name) for name, (its, kind) in _PARTS.items() if its is part
        }
        if any(each is not None for each in given.values()):
            set_allowed(call.session, actor, row, part, now=call.now, **given)


def to_id(call: Call, name: str, told: str) -> int:
    """Return a number that stands in the address, as a part of it or as an argument. Raises: Fault."""
    given = call.path.get(name) or call.args.text(told) or ""
    return to_number(given, told)
