"""A file that somebody brings into a pad: shown as what it would change, and taken when they say yes.

What is taken is an edit among others. The authors that an `.etherpad` file names are noted as what they are:
names in a file that nobody checked.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound
from hub.language import gettext
from hub.people import Actor
from pad import log, pads
from pad.engine import Engine, edits
from pad.importing.html_text import text_of_html
from pad.importing.records import name_of, read_told, records_of
from pad.importing.tables import DraftRow
from pad.kept import note_wiped
from pad.log import Author, Entry
from pad.pads import Pad, locked, need_write, signed
from pad.tables import PadRow

KINDS = (".txt", ".md", ".html", ".htm", ".etherpad")
"""What the names of files end with that can be brought."""

_KEPT = timedelta(days=1)
_MOST_STRETCHES = 2_000
_WORTH = 1_000
_LARGEST_PAGE = 2_000_000

Runs = Sequence[tuple[int, str]]
"""Who wrote what: so many characters, and a name; empty where nobody is named."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that waits for a yes. source: the file's name. head: the pad's last update when it was shown."""

    text: str
    runs: Runs
    source: str
    head: int


def read_file(name: str, data: bytes) -> tuple[str, Runs]:
    """Return the text in a file, and who wrote it as far as it says so.

    Raises: Invalid for a kind that can't be brought, and for a damaged file.
    """
    suffix = "." + name.rpartition(".")[2].lower()
    if suffix not in KINDS:
        raise Invalid(
            "file", gettext("Bring a file that ends in %(kinds)s.", kinds=", ".join(KINDS))
        )
    if suffix == ".etherpad":
        return _told_file(data)
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if suffix in (".html", ".htm"):
        if len(data) > _LARGEST_PAGE:
            raise Invalid(
                "file", gettext("A page may have at most %(most)s bytes.", most=_LARGEST_PAGE)
            )
        text = text_of_html(text) + "\n"
    return text.replace("\x00", ""), ()


def _told_file(data: bytes) -> tuple[str, Runs]:
    name, records = records_of(data)
    told = read_told(name, records)
    names = {author: name_of(records, author) for _, author in told.parts}
    runs: list[tuple[int, str]] = []
    for text, author in told.parts:
        if runs and runs[-1][1] == names[author]:
            runs[-1] = (runs[-1][0] + len(text), names[author])
        else:
            runs.append((len(text), names[author]))
    return "".join(text for text, _ in told.parts).replace("\x00", " "), runs


def keep_draft(
    session: Session, actor: Actor, pad: Pad, draft: Draft, author: Author, *,
    longest: int, now: datetime,
) -> str:  # fmt: skip
    """Keep a text for a day until it is taken; return the secret by which it is found.

    Raises: Refused when the actor may not write there, Invalid for a text that is too long.
    """
    need_write(actor, locked(session, pad))
    if len(draft.text.encode("utf-8", "replace")) > longest:
        raise Invalid(
            "file", gettext("A pad may have at most %(most)s bytes of text.", most=longest)
        )
    old = col(DraftRow.at) < micros(now - _KEPT)
    same = (col(DraftRow.pad_id) == pad.id) & (col(DraftRow.author) == author.key)
    session.connection().execute(delete(DraftRow).where(old | same))
    secret = secrets.token_urlsafe(24)
    session.add(
        DraftRow(
            id=_digest(secret), pad_id=pad.id, author=author.key, at=micros(now),
            source=draft.source, text=draft.text,
            runs=json.dumps({"runs": draft.runs, "head": draft.head}),
        )
    )  # fmt: skip
    session.flush()
    return secret


def find_draft(session: Session, pad: Pad, secret: str) -> Draft:
    """Return the text that is found by a secret.

    Raises: NotFound.
    """
    row = session.get(DraftRow, _digest(secret))
    if row is None or row.pad_id != pad.id:
        raise NotFound(gettext("That file is not kept any more. Bring it again."))
    told = json.loads(row.runs)
    return Draft(
        row.text, [(length, name) for length, name in told["runs"]], row.source, told["head"]
    )


def take_draft(
    session: Session, actor: Actor, pad: Pad, secret: str, author: Author, *, now: datetime
) -> None:
    """Make a draft what stands in a pad, as an edit among others.

    Raises: Refused, NotFound, Conflict when the pad was written in since the draft was shown.
    """
    need_write(actor, locked(session, pad))
    draft = find_draft(session, pad, secret)
    head = session.exec(select(PadRow.head).where(PadRow.id == pad.id).with_for_update()).one()
    if head != draft.head:
        raise Conflict(
            gettext(
                "Somebody wrote in %(name)s meanwhile. Look again at what changes.", name=pad.name
            )
        )
    session.connection().execute(delete(DraftRow).where(col(DraftRow.id) == _digest(secret)))
    engine = log.replay(session, pad.id).engine
    before = engine.text()
    entries = _entries(session, pad, engine, draft, author, micros(now))
    if not entries:
        return
    log.append(session, pad.id, pad.epoch, entries)
    if len(before) > _WORTH and len(draft.text) * 2 < len(before):
        note_wiped(session, pad.id, head, author.name, now=now)
    seq = log.head_of(session, pad.id)
    pads.save_text(session, actor, pad, seq, draft.text, now=now)
    log.tidy(session, pad.id)


def look_again(session: Session, pad: Pad, secret: str) -> None:
    """Let a draft be shown against what stands in the pad now."""
    draft = find_draft(session, pad, secret)
    row = session.get(DraftRow, _digest(secret))
    assert row is not None
    row.runs = json.dumps({"runs": draft.runs, "head": pad.head})
    session.add(row)
    session.flush()


def _entries(
    session: Session, pad: Pad, engine: Engine, draft: Draft, author: Author, at: int
) -> Sequence[Entry]:
    stretches = _stretches(engine.text(), draft)
    if len(stretches) > _MOST_STRETCHES:
        stretches = [(*change, "") for change in reversed(edits(engine.text(), draft.text))]
    known: dict[str, Author] = {}
    entries = []
    for start, end, put, name in stretches:
        if name not in known:
            given = _named(author, name) if name else author
            known[name] = log.known_author(session, pad.id, given)
            log.author_id(session, pad.id, known[name])
        entries.append(signed(at, known[name], engine.edit([(start, end, put)])))
    return entries


def _named(author: Author, name: str) -> Author:
    """Return an author whom a file names: told apart from whoever has that name here."""
    key = f"file:{_digest(author.key + name)[:32]}"
    return Author(key, gettext("%(name)s (from a file)", name=name), 0)


def _stretches(before: str, draft: Draft) -> list[tuple[int, int, str, str]]:
    """Return the edits that make the draft's text, from the end on, each of one author."""
    found: list[list[tuple[int, int, str, str]]] = []
    grown = 0
    for start, end, put in edits(before, draft.text):
        at = start
        parts: list[tuple[int, int, str, str]] = []
        for text, name in _split(draft.runs, start + grown, put):
            parts.append((at, end if not parts else at, text, name))
            at += len(text)
        grown += len(put) - (end - start)
        found.append(parts or [(start, end, "", "")])
    return [part for parts in reversed(found) for part in parts]


def _split(runs: Runs, at: int, put: str) -> Sequence[tuple[str, str]]:
    """Return what is put at a place of the new text, in stretches of one author each."""
    if not runs:
        return [(put, "")] if put else []
    found, place = [], 0
    for length, name in runs:
        start, end = max(place, at), min(place + length, at + len(put))
        if end > start:
            found.append((put[start - at : end - at], name))
        place += length
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
