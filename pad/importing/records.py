"""What an Etherpad keeps of a pad, read from its records: an `.etherpad` file, or its database.

Both have the same keys: `pad:NAME`, `pad:NAME:revs:N`, `globalAuthor:ID`. Nothing of it is trusted: what has
not the right shape is refused, or left out where the rest can do without.

Source: Etherpad, src/node/db/Pad.ts, src/node/utils/ImportEtherpad.ts.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import Invalid
from hub.language import gettext
from pad.etherpad.changesets import Unsound, apply
from pad.importing.attributed import Part, Pool, as_markdown, runs_of

MOST_REVISIONS = 1_000_000
_MOST_ATTRIBUTES = 100_000
_LONGEST_TEXT = 8_000_000
_LONGEST_NAME = 100
_EMPTY = "\n".encode("utf-16-le")

Records = Callable[[str], Any]
"""Gives what stands under a key, None when nothing does."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a pad said after a revision; `at` in milliseconds since 1970, 0 when that is not told."""

    text: str
    author: str
    at: int


@dataclass(frozen=True, slots=True)
class Told:
    """A pad as an Etherpad has it. saved: revisions that were kept, with their labels."""

    name: str
    text: str
    parts: Sequence[Part]
    head: int
    saved: Sequence[tuple[int, str]]
    chat_head: int


def records_of(data: bytes) -> tuple[str, Records]:
    """Return the name of the pad in an `.etherpad` file, and its records.

    Raises: Invalid.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Invalid("file", gettext("This is no .etherpad file: it is not JSON.")) from None
    if not isinstance(found, dict):
        raise _unfit()
    for key in found:
        kind, _, name = key.partition(":")
        if kind == "pad" and name and ":" not in name:
            return name, found.get
    raise _unfit()


def read_told(name: str, records: Records) -> Told:
    """Return a pad by its name.

    Raises: Invalid.
    """
    record = records(f"pad:{name}")
    text, attribs = _inside(record, "atext", "text"), _inside(record, "atext", "attribs")
    if not (isinstance(text, str) and isinstance(attribs, str)) or len(text) > _LONGEST_TEXT:
        raise _unfit()
    head, chat = _inside(record, "head"), _inside(record, "chatHead")
    if not (_is_number(head) and head <= MOST_REVISIONS):
        raise _unfit()
    try:
        parts = as_markdown(runs_of(text, attribs, _pool(_inside(record, "pool", "numToAttrib"))))
    except Unsound:
        raise Invalid(
            "file", gettext("The file is damaged: its text and its authors don't fit together.")
        ) from None
    clean = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Told(name, clean, parts, head, _saved(record), chat if _is_number(chat) else -1)


def _unfit() -> Invalid:
    return Invalid("file", gettext("This is no .etherpad file: there is no pad in it."))


def _inside(record: Any, *names: str) -> Any:
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _pool(told: Any) -> Pool:
    if not isinstance(told, dict) or len(told) > _MOST_ATTRIBUTES:
        raise _unfit()
    found = {}
    for number, pair in told.items():
        is_pair = isinstance(pair, list) and len(pair) == 2
        if is_pair and number.isascii() and number.isdecimal() and len(number) < 8:
            found[int(number)] = (str(pair[0])[:_LONGEST_NAME], str(pair[1])[:_LONGEST_NAME])
    return found


def _saved(record: Any) -> Sequence[tuple[int, str]]:
    listed = _inside(record, "savedRevisions")
    found = []
    for one in listed if isinstance(listed, list) else ():
        number, label = _inside(one, "revNum"), _inside(one, "label")
        if _is_number(number):
            found.append((number, str(label or "")[:80]))
    return found


def steps(told: Told, records: Records) -> Iterator[Step]:
    """Yield what a pad said after each of its revisions, from the first on.

    Raises: Unsound at one that is missing or can't be.
    """
    text = _EMPTY
    for number in range(told.head + 1):
        record = records(f"pad:{told.name}:revs:{number}")
        change = _inside(record, "changeset")
        if not isinstance(change, str):
            raise Unsound(f"revision {number} is missing")
        text = apply(change, text)
        if len(text) > 2 * _LONGEST_TEXT:
            raise Unsound(f"revision {number} is too long")
        author, at = _inside(record, "meta", "author"), _inside(record, "meta", "timestamp")
        yield Step(
            text.decode("utf-16-le", "replace"),
            author if isinstance(author, str) else "",
            int(at) if isinstance(at, int | float) and 0 <= at < 1e14 else 0,
        )


def name_of(records: Records, author: str) -> str:
    """Return an author's name by their id, empty when it is not known."""
    found = _inside(records(f"globalAuthor:{author}"), "name") if author else None
    return " ".join(found.split())[:_LONGEST_NAME] if isinstance(found, str) else ""


def messages(told: Told, records: Records) -> Iterator[Mapping[str, Any]]:
    """Yield the chat messages of a pad."""
    for number in range(min(told.chat_head + 1, MOST_REVISIONS)):
        record = records(f"pad:{told.name}:chat:{number}")
        if isinstance(_inside(record, "text"), str):
            yield record
