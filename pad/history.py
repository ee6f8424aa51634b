"""What became of a pad, edit by edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.clock import from_micros
from pad import log
from pad.pads import Pad

_SESSION_S = 300


@dataclass(frozen=True, slots=True)
class Stretch:
    """Edits that one author made one after the other, up to `last`, with no long pause between."""

    last: int
    edits: int
    at: datetime
    who: str
    colour: int
    author: int = 0


def stretches(session: Session, pad: Pad, *, upto: int, limit: int) -> Sequence[Stretch]:
    """Return the stretches among a pad's last `limit` edits up to `upto`, newest first."""
    authors = log.authors_of(session, pad.id)
    found: list[Stretch] = []
    for entry in reversed(log.updates_after(session, pad.id, max(0, upto - limit), upto)):
        author, at = authors.get(entry.author_id, log.Author("", "", 0)), from_micros(entry.at)
        newest = found[-1] if found else None
        if (
            newest is not None
            and (newest.who, newest.colour) == (author.name, author.colour)
            and (newest.at - at).total_seconds() < _SESSION_S
        ):
            found[-1] = Stretch(
                newest.last,
                newest.edits + 1,
                newest.at,
                author.name,
                author.colour,
                entry.author_id,
            )
        else:
            found.append(Stretch(entry.seq, 1, at, author.name, author.colour, entry.author_id))
    return found
