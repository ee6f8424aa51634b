"""What goes over the wire: a call with its arguments and body, a reply, and the three shapes of errors.

Source: StoryBoard 1.1.0 (WSME 0.7 and Pecan), whose answers tests replay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from hub.accounts.visits import Visit
from hub.clock import from_micros
from hub.people import Actor, Role, may

_NUMBER = re.compile(r"[+-]?\d{1,18}")
_LARGEST = 2**31 - 1


class Fault(Exception):
    """An error that says what is wrong with what was asked for: `faultstring`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Misfit(Exception):
    """A body that does not fit its schema: `message` and `field`."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.field = name


class Denied(Exception):
    """A refusal before anything was looked at: who asks, the address or the method."""

    def __init__(self, status: int, description: str | None = None) -> None:
        super().__init__(description or "")
        self.status = status
        self.description = description


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. is_one: a single object, which is never sent compressed or in chunks."""

    data: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_one: bool = True


GONE = Reply(None, 204)
"""What a deletion answers."""


@dataclass(frozen=True, slots=True)
class Args:
    """The arguments of an address, in their order; some may come more than once."""

    pairs: tuple[tuple[str, str], ...] = ()

    def allow(self, *names: str) -> None:
        """Refuse any other argument. Raises: Fault."""
        for name, _ in self.pairs:
            if name not in names:
                raise Fault(400, f'Unknown argument: "{name}"')

    def text(self, name: str) -> str | None:
        """Return the last value of an argument, None when it was not given."""
        found = self.texts(name)
        return found[-1] if found else None

    def texts(self, name: str) -> Sequence[str]:
        """Return all values of an argument."""
        return [value for known, value in self.pairs if known == name]

    def number(self, name: str) -> int | None:
        """Return an argument as a number. Raises: Fault."""
        value = self.text(name)
        return None if value is None else to_number(value, name)

    def flag(self, name: str) -> bool | None:
        """Return an argument as yes or no. Raises: Fault."""
        value = self.text(name)
        if value is None:
            return None
        told = {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
        if told is None:
            raise invalid(name, value, "value is not valid")
        return told


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody asks for, within one transaction."""

    session: Session
    visit: Visit | None
    actor: Actor
    args: Args
    body: Any
    now: datetime
    path: Mapping[str, str] = field(default_factory=dict)

    @property
    def reader(self) -> Actor:
        """Who asks, as far as stories go: administrators see no private ones here but those given to them."""
        is_one = self.actor.role is Role.ADMINISTRATOR
        return replace(self.actor, role=Role.MEMBER) if is_one else self.actor

    @property
    def me(self) -> int:
        """The number of who asks, who is somebody. Raises: Denied."""
        from tracker.authors import author_of

        self.need_login()
        found = author_of(self.session, self.actor).id
        assert found is not None
        return found

    @property
    def is_super(self) -> bool:
        """Whether who asks may do everything."""
        return may(self.actor, "administer", "hub:all")

    def need_login(self) -> None:
        """Refuse guests. Raises: Denied."""
        if self.visit is None:
            raise Denied(401)

    def need_super(self) -> None:
        """Refuse all but administrators. Raises: Denied."""
        self.need_login()
        if not self.is_super:
            raise Denied(403, "This action is limited to superusers only.")

    def number(self, name: str, told: str = "") -> int:
        """Return a number in the address. Raises: Fault."""
        return to_number(self.path[name], told or name)

    @property
    def given(self) -> Mapping[str, Any]:
        """The body as an object, empty when there is none. Raises: Fault."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Fault(400, "The body should be a JSON object.")
        return self.body


def to_number(value: str, name: str) -> int:
    """Return the number that a text is. Raises: Fault."""
    if not _NUMBER.fullmatch(value.strip()):
        raise invalid(name, value, "unable to convert to int")
    number = int(value)
    if abs(number) > _LARGEST:
        raise invalid(name, value, "the number is too large")
    return number


def invalid(name: str, value: object, why: str) -> Fault:
    """Return the error for a value that can't be taken."""
    return Fault(400, f"Invalid input for field/attribute {name}. Value: '{value}'. {why}")


def not_found(what: str, id_: object, *, ended: bool = False) -> Fault:
    """Return the error for what there is not; the real one ends some of its sentences."""
    return Fault(404, f"{what} {id_} not found{'.' if ended else ''}")


def exists(what: str, value: object) -> Fault:
    """Return the error for a name that is taken."""
    return Fault(400, f"Database object '{what}' with field value '{value}' already exists.")


def moment(value: int | None) -> str | None:
    """Return a stored moment as the API tells it."""
    return None if value is None else from_micros(value).isoformat()


def read_moment(value: str, name: str) -> datetime:
    """Return a moment with its zone. Raises: Fault."""
    try:
        found = datetime.fromisoformat(value.strip().replace(" ", "+"))
    except ValueError as error:
        raise invalid(name, value, "is no date and time of ISO 8601") from error
    if found.tzinfo is None:
        raise invalid(name, value, "has no time zone, for example +00:00")
    return found.astimezone(UTC)
