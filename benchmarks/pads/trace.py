"""A pad that was written key by key: 259,778 of them.

They are the real ones of a paper (josephg/editing-traces, CC BY 4.0) where MADANG_SHARED has them, else drawn
by lot: letters at places that move now and then, a third of the keys deletes.
"""

import gzip
import json
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from pycrdt import Doc, Text

from hub.app import App
from hub.clock import micros
from hub.people import GUEST
from pad import log, pads
from pad.log import Author, Entry
from pad.update import ROOT

NAME = "paper"
_FILE = "data/pads/editing-traces/sequential_traces/automerge-paper.json.gz"
_BESIDE = Path(__file__).parents[3] / "shared"
_KEY_US = 200_000
_WRITER = 1_000_003
_EACH = 1_000

Patch = tuple[int, int, str]
"""Where (in characters), how many go, and what is put there."""


def patches(most: int) -> tuple[str, Iterator[Patch]]:
    """Return what the keys are, and up to so many of them."""
    file = Path(os.environ.get("MADANG_SHARED", _BESIDE), _FILE)
    if not file.is_file():
        return "drawn by lot", _drawn(most)
    transactions = json.loads(gzip.decompress(file.read_bytes()))["txns"][:most]
    return "of a paper", (tuple(p) for each in transactions for p in each["patches"])


def _drawn(most: int) -> Iterator[Patch]:
    chance, length, at = random.Random(1), 0, 0
    for _ in range(most):
        if chance.random() < 0.01:
            at = chance.randint(0, length)
        if at and chance.random() < 0.3:
            at, length = at - 1, length - 1
            yield at, 1, ""
        else:
            yield at, 0, chance.choice("eeeeettttaaoinshrdlucmfwypvbgkqjxz     ,.\n")
            at, length = at + 1, length + 1


def updates(given: Iterator[Patch]) -> Iterator[bytes]:
    """Yield the update that each key makes; the text is ASCII."""
    doc: Doc[Text] = Doc(client_id=_WRITER)
    text = doc.get(ROOT, type=Text)
    made: list[bytes] = []
    watching = doc.observe(lambda event: made.append(event.update))
    for at, gone, put in given:
        with doc.transaction():
            if gone:
                del text[at : at + gone]
            if put:
                text.insert(at, put)
        yield from made
        made.clear()
    doc.unobserve(watching)


def write_pad(app: App, given: Iterator[Patch]) -> int:
    """Have a pad with that past, in the log as a live one's is; return how many updates it has."""
    now = app.clock()
    pad = app.db.write(lambda s: pads.begin_pad(s, GUEST, NAME, access="open", now=now))
    author, at = Author("guest:paper", "", 0), micros(now)
    waiting: list[Entry] = []
    count = 0
    for count, update in enumerate(updates(given), start=1):
        writers = ((_WRITER, 0),) if count == 1 else ()
        waiting.append(Entry(at + count * _KEY_US, author, update, writers))
        if len(waiting) == _EACH:
            _store(app, pad, waiting)
            waiting = []
    if waiting:
        _store(app, pad, waiting)
    return count


def _store(app: App, pad: pads.Pad, entries: Sequence[Entry]) -> None:
    app.db.write(lambda s: log.append(s, pad.id, pad.epoch, entries))
    app.db.write(lambda s: log.tidy(s, pad.id))
