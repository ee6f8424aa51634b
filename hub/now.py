"""The yard's port: what goes on now, told by each module for its part of the hub's first page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.people import Actor

if TYPE_CHECKING:
    from hub.app import App


class Spot(StrEnum):
    """Where a panel stands: before all others, in the reading column, beside it, or after all."""

    FIRST = "first"
    MAIN = "main"
    SIDE = "side"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that goes on, and the page about it. notes: short plain words that stand beside it."""

    title: str
    url: str
    at: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the yard: what its reader may know of, in their language, and no more than fits.

    key: the part's id on the page. url, more: where there is more of it, and that link's words. empty: what
    stands there without items; a panel without either is left out. template: renders the panel, where the
    plain list of its items would tell too little; it is given `panel`, and its items may be of a richer kind.
    """

    key: str
    title: str
    items: Sequence[Item]
    spot: Spot = Spot.SIDE
    url: str = ""
    more: str = ""
    empty: str = ""
    template: str = "web/panel.html"


WhatGoesOn = Callable[["App", Session, Actor, datetime], Sequence[Panel]]
"""Given who reads and the time now, returns a module's panels. May cost only what it returns."""
