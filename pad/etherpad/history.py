"""A pad with its history as Etherpad's own format has it, for `/p/NAME/export/etherpad`.

Each edit is a revision; of a long history, edits that one author made one after the other are put together.

Source: Etherpad, src/node/utils/ExportEtherpad.ts; doc/easysync.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from hub.clock import micros
from pad import log, talk
from pad.engine import Engine, Panic
from pad.etherpad.changesets import base36, operations, told_edits
from pad.exports import with_end
from pad.kept import NAMED, kept_revisions
from pad.lib0 import Malformed
from pad.matching import narrowed
from pad.pads import Pad
from pad.segments import Logged

_MOST = 2_000
_KEY_EACH = 100


@dataclass(frozen=True, slots=True)
class Step:
    """What a pad said after an edit: its number, when, and by which author's number."""

    seq: int
    at: int
    author: int
    text: str


def to_etherpad(session: Session, pad: Pad, name: str, upto: int) -> str:
    """Return a pad up to one of its edits as Etherpad takes it; `name` is what it is called there."""
    authors = log.authors_of(session, pad.id)
    numbers = {id_: n for n, id_ in enumerate(sorted(authors))}
    ids = {n: f"a.{n + 1:016d}" for n in numbers.values()}
    told = _Told(name, {str(n): ["author", ids[n]] for n in ids})
    for step in _steps(session, pad, upto):
        told.add(step, numbers[step.author], ids[numbers[step.author]])
    records = told.records()
    record = records[f"pad:{name}"]
    record["savedRevisions"] = [
        {
            "revNum": told.revision(one.seq), "label": one.label, "savedById": "",
            "timestamp": micros(one.at) // 1000, "id": f"s{one.seq}",
        }
        for one in kept_revisions(session, pad.id)
        if one.why == NAMED and one.seq <= upto
    ]  # fmt: skip
    for id_, n in numbers.items():
        records[f"globalAuthor:{ids[n]}"] = {
            "colorId": authors[id_].colour, "name": authors[id_].name, "timestamp": 0,
            "padIDs": name,
        }  # fmt: skip
    keys = {authors[id_].key: ids[n] for id_, n in numbers.items()}
    said = _messages(session, pad, keys) if upto == pad.head else ()
    for number, message in enumerate(said):
        records[f"pad:{name}:chat:{number}"] = message
        record["chatHead"] = number
    return json.dumps(records, ensure_ascii=False)


def _messages(session: Session, pad: Pad, ids: Mapping[str, str]) -> Iterator[Any]:
    for said in talk.history(session, pad.id, 0, talk.head(session, pad.id)):
        author = ids[said.author.key]
        yield {"text": said.text, "authorId": author, "time": micros(said.at) // 1000}


def _steps(session: Session, pad: Pad, upto: int) -> Iterator[Step]:
    broken = log.left_out(session, pad.id)
    logged = log.updates_after(session, pad.id, 0, upto)
    engine = Engine()
    for group in _grouped(logged):
        for one in group:
            if one.seq not in broken:
                try:
                    engine.apply(one.update)
                except (Malformed, Panic):  # it is noted when the pad is opened
                    return
        last = group[-1]
        yield Step(last.seq, last.at, last.author_id, with_end(engine.text()))


def _grouped(logged: Sequence[Logged]) -> Iterator[Sequence[Logged]]:
    """Yield edits that become one revision: one each, or more of one author when there are very many."""
    size = -(-len(logged) // _MOST)
    group: list[Logged] = []
    for one in logged:
        if group and (len(group) >= size or group[-1].author_id != one.author_id):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


class _Told:
    """Gathers revisions; who wrote which part of the text is kept as runs of [author's number, text]."""

    def __init__(self, name: str, pool: dict[str, list[str]]) -> None:
        self._name, self._pool = name, pool
        self._revisions: list[dict[str, Any]] = [
            {"changeset": "Z:1>0$", "meta": self._key("", 0, "\n", "|1+1")}
        ]
        self._text = "\n"
        self._runs: list[tuple[int, str]] = []
        self._seqs: list[int] = [0]

    def _key(self, author: str, at: int, text: str, attribs: str) -> dict[str, Any]:
        return {
            "author": author,
            "timestamp": at,
            "pool": self._whole_pool(),
            "atext": {"text": text, "attribs": attribs},
        }

    def _whole_pool(self) -> dict[str, Any]:
        return {"numToAttrib": self._pool, "nextNum": len(self._pool)}

    def add(self, step: Step, number: int, author: str) -> None:
        """Take in what became of the text, by the author of that number."""
        change = narrowed(self._text, step.text)
        changes = [change] if change else []
        told = told_edits(self._text, changes, number)
        if change:
            self._splice(*change, number)
        self._text = step.text
        meta: dict[str, Any] = {"author": author, "timestamp": step.at // 1000}
        if len(self._revisions) % _KEY_EACH == 0:
            meta = self._key(author, step.at // 1000, self._text, self._attribs())
        self._revisions.append({"changeset": told, "meta": meta})
        self._seqs.append(step.seq)

    def _splice(self, start: int, end: int, put: str, number: int) -> None:
        runs = self._runs or [(-1, self._text)]
        head, rest = _cut(runs, start)
        _, tail = _cut(rest, end - start)
        self._runs = _joined([*head, (number, put), *tail])

    def _attribs(self) -> str:
        return attribs_of(self._runs or [(-1, self._text)])

    def revision(self, seq: int) -> int:
        """Return the revision that says what the pad said after an edit."""
        return next((i for i, each in enumerate(self._seqs) if each >= seq), len(self._seqs) - 1)

    def records(self) -> dict[str, Any]:
        """Return the pad's records."""
        pad = {
            "atext": {"text": self._text, "attribs": self._attribs()},
            "pool": self._whole_pool(),
            "head": len(self._revisions) - 1,
            "chatHead": -1,
            "publicStatus": False,
            "savedRevisions": [],
        }
        numbered = enumerate(self._revisions)
        return {
            f"pad:{self._name}": pad,
            **{f"pad:{self._name}:revs:{n}": revision for n, revision in numbered},
        }


def _cut(
    runs: Sequence[tuple[int, str]], at: int
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the runs before a place, and those behind it."""
    before: list[tuple[int, str]] = []
    for i, (author, text) in enumerate(runs):
        if at < len(text):
            return [*before, (author, text[:at])], [(author, text[at:]), *runs[i + 1 :]]
        before.append((author, text))
        at -= len(text)
    return before, []


def _joined(runs: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for author, text in runs:
        if text and found and found[-1][0] == author:
            found[-1] = (author, found[-1][1] + text)
        elif text:
            found.append((author, text))
    return found


def attribs_of(runs: Sequence[tuple[int, str]]) -> str:
    """Return runs of [author's number, text] as Easysync's attributes; -1 is nobody."""
    return "".join(
        operations("+", text, f"*{base36(author)}" if author >= 0 else "") for author, text in runs
    )
