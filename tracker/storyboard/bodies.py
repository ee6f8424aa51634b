"""Takes bodies apart: what the real one's JSON schemas and types refuse is refused in their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tracker.changes import KEEP, Kept
from tracker.states import Stage, Status, stage_for
from tracker.storyboard.wire import Fault, Misfit, invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Text:
    """What a text of a body may be. source: the name of the field."""

    name: str
    least: int = 0
    most: int = 65_535
    required: bool = False
    nullable: bool = True


def check(body: Mapping[str, Any], *fields: Text, creating: bool) -> None:
    """Check the texts of a body as a JSON schema does. Raises: Misfit."""
    for each in fields:
        if each.name not in body:
            if each.required and creating:
                raise Misfit(f"'{each.name}' is a required property")
            continue
        value = body[each.name]
        if value is None and each.nullable and not each.required:
            continue
        if not isinstance(value, str):
            raise Misfit(f"{value!r} is not of type 'string'", each.name)
        if len(value) < each.least:
            raise Misfit(f"{value!r} is too short", each.name)
        if len(value) > each.most:
            raise Misfit(f"{value!r} is too long", each.name)


def text(body: Mapping[str, Any], name: str) -> str | None:
    """Return a text, None when there is none."""
    value = body.get(name)
    return value if isinstance(value, str) else None


def kept_text(body: Mapping[str, Any], name: str) -> str | Kept:
    """Return a text that was given, or that it stays as it is."""
    value = body.get(name)
    return value if isinstance(value, str) else KEEP


def number(body: Mapping[str, Any], name: str) -> int | None:
    """Return a number, None when there is none. Raises: Fault."""
    value = body.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        if value is not None and abs(value) >= 2**31:
            raise invalid(name, value, "the number is too large")
        return value
    if isinstance(value, str) and value.lstrip("-").isascii() and value.lstrip("-").isdecimal():
        return int(value) if len(value) < 10 else _too_large(name, value)
    raise invalid(name, value, "unable to convert to int")


def kept_number(body: Mapping[str, Any], name: str) -> int | Kept | None:
    """Return a number or None that was given, or that it stays as it is. Raises: Fault."""
    return number(body, name) if name in body else KEEP


def flag(body: Mapping[str, Any], name: str) -> bool | None:
    """Return yes or no, None when neither was given. Raises: Fault."""
    value = body.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise invalid(name, value, "value is not valid")


def kept_flag(body: Mapping[str, Any], name: str) -> bool | Kept:
    """Return yes or no, or that it stays as it is. Raises: Fault."""
    value = flag(body, name)
    return KEEP if value is None else value


def stage(body: Mapping[str, Any], now: Stage | None = None) -> Stage | Kept:
    """Return the stage that a body's status leads to. Raises: Fault."""
    value = body.get("status")
    if value is None:
        return KEEP
    if value not in tuple(Status):
        choices = "inprogress, todo, invalid, review, merged"
        raise invalid("status", value, f"Value should be one of: {choices}")
    return stage_for(Status(value), now)


def numbers_of(body: Mapping[str, Any], name: str) -> list[int] | None:
    """Return the `id`s of a list of objects, None when it was not given. Raises: Fault."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list):
        raise invalid(name, value, "should be a list")
    found = [number(each, "id") for each in value if isinstance(each, dict)]
    return [each for each in found if each is not None]


def words(body: Any, name: str) -> list[str]:
    """Return a list of texts, empty for none. Raises: Fault."""
    if body is None:
        return []
    if not isinstance(body, list) or not all(isinstance(each, str) for each in body):
        raise Fault(400, f"{name} should be a list of texts.")
    return body


def _too_large(name: str, value: str) -> int:
    raise invalid(name, value, "the number is too large")
