"""Takes back what one author did lately, and leaves what all others did.

The edits since then are done once more on a text in which two things stand side by side: what was written,
and what would have been written without that author. What others wrote meanwhile stays where it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hub.clock import from_micros, micros
from hub.errors import NotFound
from hub.events import emit
from hub.language import gettext
from hub.people import Actor
from pad import log
from pad.engine import edits
from pad.kept import NAMED
from pad.names import ref
from pad.pads import Pad, locked, need_write, write_text
from pad.segments import Logged
from pad.tables import KeptRow

MOST = 4_000
"""Of so many of a pad's last edits an author's can be taken back."""


@dataclass(slots=True)
class _Piece:
    """A stretch of text: whether it stands in the pad, and whether it would without the author."""

    text: str
    stands: bool
    would: bool


class Double:
    """A text as it is, and as it would be."""

    __slots__ = ("_pieces", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._pieces = [_Piece(text, True, True)]

    def become(self, text: str, *, by_author: bool) -> None:
        """Follow what the text became by an edit of the author, or of somebody else."""
        for start, end, put in reversed(_changes(self.text, text)):
            self._replace(start, end, put, by_author=by_author)
        self.text = text

    def without(self) -> str:
        """Return the text as it would be."""
        return "".join(piece.text for piece in self._pieces if piece.would)

    def _replace(self, start: int, end: int, put: str, *, by_author: bool) -> None:
        first = self._split(start)
        last = self._split(end) if end > start else first
        for piece in self._pieces[first:last]:
            piece.stands = False
            piece.would = piece.would and by_author
        if put:
            if not by_author:
                self._bring_back(last, put)
            self._pieces.insert(last, _Piece(put, True, not by_author))
        self._pieces[first:last] = [p for p in self._pieces[first:last] if p.stands or p.would]

    def _bring_back(self, last: int, put: str) -> None:
        """Where somebody writes again what the author deleted there, it would not be there twice."""
        first = last
        while first > 0 and not self._pieces[first - 1].stands:
            first -= 1
        while last < len(self._pieces) and not self._pieces[last].stands:
            last += 1
        gone = [piece for piece in self._pieces[first:last] if piece.would]
        if "".join(piece.text for piece in gone) == put:
            for piece in gone:
                piece.would = False

    def _split(self, place: int) -> int:
        """Let a piece begin at a place of the text that stands; return its number."""
        at = 0
        for number, piece in enumerate(self._pieces):
            if not piece.stands:
                continue
            if at == place:
                return number
            length = len(piece.text)
            if at + length > place:
                head, tail = piece.text[: place - at], piece.text[place - at :]
                rest = _Piece(tail, piece.stands, piece.would)
                self._pieces[number : number + 1] = [_Piece(head, True, piece.would), rest]
                return number + 1
            at += length
        return len(self._pieces)


def _changes(old: str, new: str) -> Sequence[tuple[int, int, str]]:
    """Return how a text became another. Whole lines at both ends are found fast, the rest with care."""
    head = old.rfind("\n", 0, _same(old, new)) + 1
    tail = _same(old[head:][::-1], new[head:][::-1])
    end = old.find("\n", len(old) - tail)
    tail = len(old) - end - 1 if end >= 0 else 0
    inside = edits(old[head : len(old) - tail], new[head : len(new) - tail])
    return [(start + head, end + head, put) for start, end, put in inside]


def _same(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Taken:
    """What would be taken back: the author's edits from `since` on, and the text without them."""

    author: log.Author
    since: datetime
    edits: int
    before: str
    after: str


def take_back(session: Session, pad: Pad, number: int, lately: timedelta) -> Taken:
    """Return what a pad would say without what an author did in their last so much time.

    It counts back from their own last edit. Raises: NotFound when they wrote nothing lately.
    """
    author = log.authors_of(session, pad.id).get(number)
    entries = log.updates_after(session, pad.id, max(0, pad.head - MOST))
    theirs = [one for one in entries if one.author_id == number]
    if author is None or not theirs:
        raise NotFound(gettext("They wrote nothing here lately."))
    since = theirs[-1].at - micros(from_micros(0) + lately)
    window = [one for one in entries if one.at >= since]
    return _without(session, pad, author, number, window)


def _without(
    session: Session, pad: Pad, author: log.Author, number: int, window: Sequence[Logged]
) -> Taken:
    engine = log.replay(session, pad.id, window[0].seq - 1).engine
    double, left_out, theirs = Double(engine.text()), log.left_out(session, pad.id), 0
    began: int | None = None
    for one in window:
        if one.seq in left_out:
            continue
        engine.apply(one.update)
        is_theirs = one.author_id == number
        double.become(engine.text(), by_author=is_theirs)
        theirs += is_theirs
        began = one.at if began is None and is_theirs else began
    since = from_micros(window[0].at if began is None else began)
    return Taken(author, since, theirs, double.text, double.without())


def revert(
    session: Session,
    actor: Actor,
    pad: Pad,
    number: int,
    lately: timedelta,
    author: log.Author,
    *,
    now: datetime,
) -> int | None:
    """Take an author's last edits back as a new edit; what stood before is kept as a named revision.

    Return the number of the kept one; None when nothing of theirs is left. Raises: Refused, NotFound.
    """
    need_write(actor, locked(session, pad))
    taken = take_back(session, pad, number, lately)
    if taken.before == taken.after:
        return None
    name = taken.author.name or gettext("Guest")
    label = gettext("Before the edits of %(name)s were taken back", name=name)[:80]
    session.merge(
        KeptRow(
            pad_id=pad.id, seq=pad.head, label=label, at=micros(now), who=author.name, why=NAMED
        )
    )
    session.flush()
    emit(session, actor, "pad.kept", ref(pad.name), at=now)
    write_text(session, actor, pad, taken.after, author, now=now)
    return pad.head
