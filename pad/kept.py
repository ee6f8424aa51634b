"""Revisions that were given a name, what changed between two, and how a pad goes back to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.clock import from_micros, micros
from hub.errors import Invalid
from hub.events import emit
from hub.language import gettext
from hub.people import Actor
from pad import log
from pad.matching import Matcher
from pad.names import ref
from pad.pads import Pad, locked, need_write, text_at, write_text
from pad.tables import WHY, KeptRow

NAMED, WIPED = WHY
"""Why a revision is kept: somebody named it; more than half of the pad was deleted after it."""

_LONGEST = 80
_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept revision: `seq` is its number, `who` kept it or wiped what was there."""

    seq: int
    label: str
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison: `sign` is + for a new one, - for one that went, a blank for one that stayed.

    An `…` stands for lines that stayed and are left out.
    """

    sign: str
    text: str


def keep_revision(
    session: Session, actor: Actor, pad: Pad, seq: int, label: str, who: str, *, now: datetime
) -> None:
    """Give a revision a name, or another one.

    Raises: Refused, NotFound when there is no such revision, Invalid for a name that is none.
    """
    need_write(actor, locked(session, pad))
    wanted = " ".join(label.split())
    if not 0 < len(wanted) <= _LONGEST:
        raise Invalid(
            "label", gettext("A revision's name has from 1 to %(most)s characters.", most=_LONGEST)
        )
    text_at(session, pad, seq)
    session.merge(KeptRow(pad_id=pad.id, seq=seq, label=wanted, at=micros(now), who=who, why=NAMED))
    session.flush()
    emit(session, actor, "pad.kept", ref(pad.name), at=now)


def note_wiped(session: Session, pad_id: int, seq: int, who: str, *, now: datetime) -> None:
    """Keep the revision after which more than half of a pad was deleted, unless it is kept already."""
    if session.get(KeptRow, (pad_id, seq)) is None:
        session.add(KeptRow(pad_id=pad_id, seq=seq, label="", at=micros(now), who=who, why=WIPED))
        session.flush()


def kept_revisions(session: Session, pad_id: int) -> Sequence[Kept]:
    """Return the kept revisions of a pad, newest first."""
    rows = session.exec(
        select(KeptRow).where(KeptRow.pad_id == pad_id).order_by(col(KeptRow.seq).desc())
    )
    return [Kept(row.seq, row.label, from_micros(row.at), row.who, row.why) for row in rows]


def go_back(
    session: Session, actor: Actor, pad: Pad, seq: int, author: log.Author, *, now: datetime
) -> int | None:
    """Make what a revision said what the pad says, as an edit among others; None when it says so already.

    Raises: Refused, NotFound when there is no such revision.
    """
    return write_text(session, actor, pad, text_at(session, pad, seq), author, now=now)


def compared(before: str, after: str) -> Sequence[Row]:
    """Return how a text became another, line by line, with some lines around each change."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Row] = []
    matcher = Matcher(old, new)
    upto = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if group[0][1] > upto:
            found.append(Row("…", ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += [Row(" ", line) for line in old[i1:i2]]
            else:
                found += [Row("-", line) for line in old[i1:i2]]
                found += [Row("+", line) for line in new[j1:j2]]
            upto = i2
    if found and upto < len(old):
        found.append(Row("…", ""))
    return found
