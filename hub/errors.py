"""Errors that a person may meet.

    HubError
     ├── NotFound      there is no such thing (or it is not yours to know of)
     ├── Refused       it is there, but not for you
     ├── Invalid       what was given can't be taken; names the field
     ├── Conflict      somebody else was quicker
     ├── ConfigError   madang.toml; lists every problem at once
     └── Unavailable   something that the hub needs is not there right now

A message says what failed with the offending value, why, and what to do now.
"""

from collections.abc import Sequence


class HubError(Exception):
    """The root of all errors that are meant for a person to read."""


class NotFound(HubError):
    """There is nothing here, or nothing that the reader may know of."""


class Refused(HubError):
    """The actor may not do this."""


class Invalid(HubError):
    """A value that can't be taken; `field` names where it was given."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(HubError):
    """The thing has changed since the actor looked at it."""


class ConfigError(HubError):
    """The configuration has problems; `problems` has one sentence for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Unavailable(HubError):
    """A server, file or program that the hub needs can't be reached now."""
