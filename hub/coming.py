"""The port through which one module shows what another has planned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will be in a channel, or is on: from when to when (UTC), and the page about it."""

    at: datetime
    ends_at: datetime
    title: str
    url: str
    network: str
    channel: str
    agenda_url: str = ""


WhatComes = Callable[[Session, datetime, int], Sequence[Coming]]
"""Given the time now, returns at most so many things that come next, in their order."""


def nothing_comes(_session: Session, _now: datetime, _limit: int) -> Sequence[Coming]:
    """Tell of nothing, where nobody plans."""
    return ()
