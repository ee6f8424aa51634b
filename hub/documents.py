"""What search knows of a thing, and the port through which it asks a module for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to be found: `text` is plain, `where` the channel or project, `who` the author."""

    ref: str
    kind: str
    title: str
    text: str
    at: datetime
    who: str
    where: str
    visibility: str = "public"


@dataclass(frozen=True, slots=True)
class Documents:
    """A module's side of the port.

    `get` tells what a ref is *now*, None when it is gone; `all` walks everything for a rebuild; `since`
    walks an append-only stream from a cursor and answers with the cursor to go on from.
    """

    get: Callable[[Session, str], Document | None]
    all: Callable[[Session], Iterator[Document]]
    since: Callable[[Session, int, int], tuple[Sequence[Document], int]] | None = None
