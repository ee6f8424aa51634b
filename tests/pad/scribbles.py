"""Pads made without a socket."""

from datetime import UTC, datetime

from sqlmodel import Session

from hub.clock import micros
from hub.people import operator
from pad import log
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
