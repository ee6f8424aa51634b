"""Takes in a pad of an Etherpad: what was written when and by whom becomes the pad's history here.

What was taken is remembered. A pad that somebody changed here since stays as it is; one that only changed
there is taken again, and keeps its address for reading.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select, update

from hub.clock import from_micros, micros
from hub.errors import Invalid
from hub.people import Actor
from pad import log, pads
from pad.engine import Engine
from pad.etherpad.call import WRITERS
from pad.etherpad.changesets import Unsound
from pad.etherpad.tables import ApiAuthorRow, ApiPadRow, GroupRow
from pad.importing.records import Records, Told, messages, name_of, steps
from pad.importing.tables import ImportedPadRow
from pad.kept import NAMED
from pad.log import Author, Entry
from pad.matching import narrowed
from pad.names import GROUP, clean, group_of
from pad.pads import Pad
from pad.palette import COLOURS
from pad.tables import (
    KeptRow,
    KeyframeRow,
    PadRow,
    QuarantineRow,
    SegmentRow,
    TalkRow,
    UpdateRow,
    WriterRow,
)
from pad.talk import LONGEST
from pad.update import EMPTY, read_update

NEW, AGAIN, SAME, OURS = "new", "again", "same", "ours"
"""What became of a pad: taken in; taken in again; as it was; changed here since, and so left alone."""

_READING = re.compile(r"r\.([A-Za-z0-9]{8,64})")
_BATCH = 1_000
_IMPORT = Author("operator:etherpad-import", "Etherpad import", 0)


@dataclass(frozen=True, slots=True)
class Found:
    """A pad as a source has it. digest: tells whether it changed; reading: its read-only id, or empty."""

    told: Told
    records: Records
    digest: str
    reading: str = ""


@dataclass(slots=True)
class Import:
    """One run: who takes in, when, what new pads are like, and what could not be taken."""

    actor: Actor
    now: datetime
    access: str
    longest: int
    missed: list[str] = field(default_factory=list)

    def miss(self, what: str) -> None:
        """Note what could not be taken in."""
        self.missed.append(" ".join(what.split())[:300])


def take_pad(session: Session, run: Import, found: Found) -> str:
    """Take in a pad, and tell what became of it.

    Raises: Invalid for what can't be a pad here.
    """
    name, text = clean(found.told.name), "".join(part for part, _ in found.told.parts)
    if len(text.encode("utf-8", "replace")) > run.longest:
        raise Invalid("text", f"it is longer than {run.longest} bytes ([pads] longest)")
    known = session.get(ImportedPadRow, found.told.name)
    if known is not None:
        row = session.get(PadRow, known.pad_id)
        if row is None or row.deleted_at is not None or row.head != known.head or row.frozen_at:
            return OURS
        if known.digest == found.digest:
            return SAME
        _empty(session, known.pad_id)
    elif pads.find_pad(session, name) or pads.find_pad(session, name, deleted=True):
        return OURS
    _take(session, run, found, name)
    return AGAIN if known else NEW


def _empty(session: Session, pad_id: int) -> None:
    """Let a pad begin anew: what was taken before comes again, with what is new."""
    for table in (
        UpdateRow,
        SegmentRow,
        KeyframeRow,
        QuarantineRow,
        KeptRow,
        WriterRow,
        TalkRow,
    ):
        session.connection().execute(delete(table).where(col(table.pad_id) == pad_id))
    session.connection().execute(
        update(PadRow)
        .where(col(PadRow.id) == pad_id)
        .values(head=0, text="", title="", text_seq=0, epoch=secrets.token_hex(8))
    )
    session.expire_all()


def _take(session: Session, run: Import, found: Found, name: str) -> None:
    past = _Past(session, run, found)
    first = next(steps_safely(past, limit=1), None)
    began = from_micros(past.moment(first.at if first else 0))
    pad = pads.begin_pad(session, run.actor, name, access=run.access, now=began)
    _join_group(session, pad)
    past.write(pad)
    pad_id = pad.id
    head = log.head_of(session, pad_id)
    changed_at = session.exec(select(PadRow.changed_at).where(PadRow.id == pad_id)).one()
    text = log.replay(session, pad_id).engine.text()
    pads.save_text(session, run.actor, pad, head, text, now=from_micros(changed_at))
    _keep_reading(session, pad_id, found.reading)
    _take_messages(session, run, found, pad_id)
    session.merge(
        ImportedPadRow(
            name=found.told.name, pad_id=pad_id, digest=found.digest, head=head, at=micros(run.now)
        )
    )
    session.flush()


def steps_safely(past: "_Past", limit: int = 0) -> Any:
    """Yield what a pad said after each revision, up to the first one that can't be; that one is noted."""
    told = past.found.told
    try:
        for number, step in enumerate(steps(told, past.found.records)):
            yield step
            if limit and number + 1 == limit:
                return
    except Unsound as error:
        if not limit and told.head:
            past.run.miss(f"{told.name}: its history ends early: {error}")


class _Past:
    """Writes a pad's history, revision by revision."""

    def __init__(self, session: Session, run: Import, found: Found) -> None:
        self.session, self.run, self.found = session, run, found
        self._engine, self._text = Engine(), ""
        self._authors: dict[str, Author] = {}
        self._last = ""
        self._at = 0
        self._entries: list[Entry] = []

    def moment(self, at: int) -> int:
        """Return a moment of a revision in microseconds: never before the last one, never to come."""
        latest = micros(self.run.now)
        self._at = max(self._at, min(at * 1000, latest)) or latest
        return self._at

    def write(self, pad: Pad) -> None:
        """Write all revisions, and at last the text in Markdown if it has formats."""
        self._at, shift = 0, 0
        for number, step in enumerate(steps_safely(self)):
            if number == 0 and step.text == "\n":
                continue  # the empty pad, which is revision 0 here, too
            shift = shift or (1 if number == 0 else 0)
            self._say(step.text, self._author(step.author), step.at)
            self._store(pad, _BATCH)
        self._finish(pad)
        for number, label in self.found.told.saved:
            self._keep(pad, number + shift, label)

    def _finish(self, pad: Pad) -> None:
        if not self._entries and self._text == "":
            self._say_parts()
        target = "".join(text for text, _ in self.found.told.parts)
        if target != self._text:
            self._say(target, _IMPORT, 0)
        self._store(pad, 1)
        log.tidy(self.session, pad.id)

    def _say_parts(self) -> None:
        """Write a text without history by its authors, one stretch after the other."""
        told = ""
        for text, author in self.found.told.parts:
            told += text
            self._say(told, self._author(author), 0)

    def _say(self, text: str, author: Author, at: int) -> None:
        change = narrowed(self._text, text)
        data = self._engine.edit([change]) if change else EMPTY
        writers: tuple[tuple[int, int], ...] = ()
        spans = read_update(data).spans
        if spans and author.key != self._last:
            writers = tuple((span.client, span.start) for span in spans[:1])
            self._last = author.key
        self._entries.append(Entry(self.moment(at), author, data, writers))
        self._text = text

    def _store(self, pad: Pad, least: int) -> None:
        if len(self._entries) < least:
            return
        seq = log.append(self.session, pad.id, _epoch(self.session, pad.id), self._entries)
        if least == _BATCH:
            seq += len(self._entries) - 1
            log.put_keyframe(self.session, pad.id, seq, self._engine.encode())
            log.seal(self.session, pad.id)
        self._entries = []

    def _author(self, id_: str) -> Author:
        if id_ not in self._authors:
            name = name_of(self.found.records, id_)
            if id_:
                author = Author(WRITERS + id_[:100], name, len(self._authors) % COLOURS)
                note_author(self.session, author, self.run.now)
            else:
                author = _IMPORT
            self._authors[id_] = author
        return self._authors[id_]

    def _keep(self, pad: Pad, seq: int, label: str) -> None:
        if 0 < seq <= log.head_of(self.session, pad.id):
            row = KeptRow(
                pad_id=pad.id, seq=seq, label=label or f"Revision {seq}", at=self._at,
                who=_IMPORT.name, why=NAMED,
            )  # fmt: skip
            self.session.merge(row)
            self.session.flush()


def _epoch(session: Session, pad_id: int) -> str:
    return session.exec(select(PadRow.epoch).where(PadRow.id == pad_id)).one()


def note_author(session: Session, author: Author, now: datetime) -> None:
    """Let programs know an author by the id that they had before."""
    id_ = author.key.removeprefix(WRITERS)
    if session.get(ApiAuthorRow, id_) is None:
        row = ApiAuthorRow(id=id_, key=author.key, name=author.name, created_at=micros(now))
        session.add(row)
        session.flush()


def _join_group(session: Session, pad: Pad) -> None:
    group = group_of(pad.name)
    if not group:
        return
    if session.get(GroupRow, group) is None:
        session.add(GroupRow(id=group, created_at=micros(pad.created_at)))
        session.flush()
    session.merge(ApiPadRow(pad_id=pad.id, group_id=group))
    changed = update(PadRow).where(col(PadRow.id) == pad.id).values(access=GROUP)
    session.connection().execute(changed)
    session.expire_all()


def _keep_reading(session: Session, pad_id: int, reading: str) -> None:
    """Let the address for reading be the old one, where no pad here has it."""
    match = _READING.fullmatch(reading)
    if match is None:
        return
    taken = session.exec(select(PadRow.id).where(PadRow.reading == match[1])).first()
    if taken is None:
        changed = update(PadRow).where(col(PadRow.id) == pad_id).values(reading=match[1])
        session.connection().execute(changed)
        session.expire_all()


def _take_messages(session: Session, run: Import, found: Found, pad_id: int) -> None:
    for number, record in enumerate(messages(found.told, found.records)):
        id_ = str(record.get("authorId") or record.get("userId") or "")[:100]
        time = record.get("time")
        at = time * 1000 if isinstance(time, int) and 0 < time < 10**13 else micros(run.now)
        text = str(record["text"]).replace("\x00", "").encode("utf-8", "replace").decode()
        author = Author(WRITERS + id_, name_of(found.records, id_), 0) if id_ else _IMPORT
        if id_:
            note_author(session, author, run.now)
        known = log.author_id(session, pad_id, log.known_author(session, pad_id, author))
        row = TalkRow(pad_id=pad_id, number=number, at=at, author_id=known, text=text[:LONGEST])
        session.add(row)
    session.flush()


def plain_told(name: str, parts: Sequence[tuple[str, str]]) -> Told:
    """Return a pad of which only the text is known."""
    text = "".join(part for part, _ in parts)
    return Told(name, text, parts, 0, (), -1)
