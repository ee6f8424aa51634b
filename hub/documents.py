"""What search knows of a thing, and the port through which it asks a module for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.people import Actor, may


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to be found: `text` is plain, `where` the channel or project, `who` the author.

    labels: further names that it is found by, each with its sort: `series:swift`, `tag:release`.
    url: where it is read, for what its ref does not tell.
    """

    ref: str
    kind: str
    title: str
    text: str
    at: datetime
    who: str
    where: str
    visibility: str = "public"
    labels: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """A module's side of the port.

    `get` tells what a ref is *now*, None when it is gone; `all` walks everything for a rebuild; `since`
    walks an append-only stream from a cursor and answers with the cursor to go on from, `last` is the
    newest cursor of that stream. `around` gives what was said right before a ref of a stream and right
    after it, at most so many of each, in order, the thing itself among them.
    """

    get: Callable[[Session, str], Document | None]
    all: Callable[[Session], Iterator[Document]]
    since: Callable[[Session, int, int], tuple[Sequence[Document], int]] | None = None
    last: Callable[[Session], int] | None = None
    around: Callable[[Session, str, int], Sequence[Document]] | None = None


def may_see(actor: Actor, document: Document) -> bool:
    """Tell whether a thing may be shown: who may edit it, or read all of its series, may see it."""
    names = (document.ref, *document.labels)
    return any(
        may(actor, verb, name, document.visibility) for name in names for verb in ("read", "edit")
    )
