"""Pads made without a socket."""

from datetime import UTC, datetime

from sqlmodel import Session

from hub.clock import micros
from hub.people import operator
from pad import log
from pad.etherpad.tables import (
    ApiAuthorRow,
    ApiPadRow,
    ApiSessionRow,
    GroupRow,
    KeyRow,
)
from pad.importing.tables import DraftRow, ImportedPadRow
from pad.kept import keep_revision
from pad.pads import Pad, begin_pad, find_pad, save_text
from pad.tables import FormerNameRow
from pad.talk import say

NOW = datetime(2021, 5, 13, 12, 0, tzinfo=UTC)
ANN = log.Author("person:ann", "Ann", 3)
BOB = log.Author("guest:1", "밥", 4)
OPERATOR = operator("olga")


def begun(session: Session, name: str = "notes", access: str = "open") -> Pad:
    """Begin a pad."""
    return begin_pad(session, OPERATOR, name, access=access, now=NOW)


def write_texts(session: Session, pad: Pad, *texts: str, author: log.Author = ANN) -> int:
    """Let a pad say one text after the other, each as an update of its own; return the first number."""
    engine = log.replay(session, pad.id).engine
    entries = [
        log.Entry(micros(NOW) + i, author, engine.write(text), ((7, 0),) if i == 0 else ())
        for i, text in enumerate(texts)
    ]
    return log.append(session, pad.id, pad.epoch, entries)


def scribble(session: Session) -> None:
    """Fill every table of the pads."""
    pad = begun(session, "scribbles")
    write_texts(session, pad, *("x" * i for i in range(1, log.SEALED + 3)))
    write_texts(session, pad, "한글 😀", author=BOB)
    log.seal(session, pad.id)
    replay = log.replay(session, pad.id)
    log.put_keyframe(session, pad.id, replay.seq, replay.engine.encode())
    broken = log.append(session, pad.id, pad.epoch, [log.Entry(micros(NOW), BOB, b"\x01\xff")])
    log.quarantine(session, pad.id, {broken: "made to be broken"})
    found = find_pad(session, "scribbles")
    assert found is not None
    session.add(FormerNameRow(name="scrawl", pad_id=pad.id))
    keep_revision(session, OPERATOR, found, 2, "two letters", "Olga", now=NOW)
    save_text(session, OPERATOR, found, found.head, "한글 😀", now=NOW)
    say(session, OPERATOR, found, "어때요?", BOB, now=NOW)
    tagged = begun(session, "tagged")
    seq = write_texts(session, tagged, "---\ntags: tea, 떡\n---\n")
    save_text(session, OPERATOR, tagged, seq, "---\ntags: tea, 떡\n---\n", now=NOW)
    _scribble_for_programs(session, pad.id)


def _scribble_for_programs(session: Session, pad_id: int) -> None:
    at = micros(NOW)
    session.add(GroupRow(id="g.0", mapper="7", created_at=at))
    session.add(ApiAuthorRow(id="a.0", key="person:ann", name="Ann", created_at=at))
    session.flush()
    session.add(ApiSessionRow(id="s.0", group_id="g.0", author_id="a.0", valid_until=at))
    session.add(ApiPadRow(pad_id=pad_id, group_id="g.0", deletion="x"))
    session.add(KeyRow(digest="x", created_at=at, created_by="operator:olga"))
    session.add(
        DraftRow(id="x", pad_id=pad_id, author="person:ann", at=at, source="a", text="b", runs="[]")
    )
    session.add(ImportedPadRow(name="there", pad_id=pad_id, digest="x", head=1, at=at))
    session.flush()
