"""Easysync, Etherpad's way to say what an edit changed, without its formats.

`Z:LENGTH>GROWN` (or `<`), then operations, `$`, and all that is inserted. An operation is `=` to keep, `-` to
delete or `+` to insert so many characters, with `|LINES` before it when it ends with a line's end, and
`*NUMBER` for each attribute of the pool. Numbers are base 36; lengths count UTF-16 units.

Source: Etherpad, doc/easysync.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pad.engine import edits

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_HEAD = re.compile(r"Z:([0-9a-z]+)([<>])([0-9a-z]+)")
_OPERATION = re.compile(r"((?:\*[0-9a-z]+)*)(?:\|([0-9a-z]+))?([-+=])([0-9a-z]+)")
_MOST_DIGITS = 8


class Unsound(ValueError):
    """A changeset that is none, or does not fit the text that it is applied to."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `sign` is + - or =; `length` in UTF-16 units; `put` is what is inserted."""

    sign: str
    length: int
    attributes: tuple[int, ...]
    put: bytes


def base36(value: int) -> str:
    """Return a number as Easysync writes it."""
    told = ""
    while True:
        value, last = divmod(value, 36)
        told = _DIGITS[last] + told
        if value == 0:
            return told


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def operations(sign: str, text: str, attributes: str = "") -> str:
    """Return how a text is kept, deleted or inserted: what ends with a line's end, then the rest."""
    lines, rest = text.count("\n"), text[text.rfind("\n") + 1 :]
    whole = units(text) - units(rest)
    told = f"{attributes}|{base36(lines)}{sign}{base36(whole)}" if lines else ""
    return told + (f"{attributes}{sign}{base36(units(rest))}" if rest else "")


def changeset(before: str, after: str, author: int | None) -> str:
    """Return how one text became another; `author` is the number in the pool of who did it."""
    return told_edits(before, edits(before, after), author)


def told_edits(before: str, changes: Sequence[tuple[int, int, str]], author: int | None) -> str:
    """Return edits (start, end, what stands there instead) of a text as a changeset."""
    who = "" if author is None else f"*{base36(author)}"
    parts, bank, at, grown = [], [], 0, 0
    for start, end, put in changes:
        gone = before[start:end]
        parts += [operations("=", before[at:start]), operations("-", gone)]
        parts.append(operations("+", put, who))
        bank.append(put)
        grown += units(put) - units(gone)
        at = end
    sign = "<" if grown < 0 else ">"
    head = f"Z:{base36(units(before))}{sign}{base36(abs(grown))}"
    return f"{head}{''.join(parts)}${''.join(bank)}"


def read(told: str) -> tuple[int, int, Sequence[Operation]]:
    """Return a changeset's length before and after, and its operations.

    Raises: Unsound.
    """
    head = _HEAD.match(told)
    end = told.find("$")
    if head is None or end < head.end():
        raise Unsound("a changeset has no beginning or no end")
    before, change = _number(head[1]), _number(head[3])
    after = before + (change if head[2] == ">" else -change)
    found = list(_operations(told[head.end() : end], told[end + 1 :]))
    return before, after, found


def _operations(told: str, bank: str) -> Iterator[Operation]:
    at, stored = 0, bank.encode("utf-16-le", "surrogatepass")
    place = 0
    while at < len(told):
        match = _OPERATION.match(told, at)
        if match is None:
            raise Unsound("an operation can't be read")
        at, length = match.end(), _number(match[4])
        put = b""
        if match[3] == "+":
            put = stored[place : place + 2 * length]
            place += 2 * length
            if len(put) != 2 * length:
                raise Unsound("less is given than is inserted")
        attributes = tuple(_number(one) for one in match[1].split("*") if one)
        yield Operation(match[3], length, attributes, put)
    if place != len(stored):
        raise Unsound("more is given than is inserted")


def apply(told: str, text: bytes) -> bytes:
    """Return what a changeset makes of a text; both in UTF-16, little end first.

    Raises: Unsound.
    """
    before, after, found = read(told)
    if 2 * before != len(text):
        raise Unsound("a changeset is of another text")
    parts, at = [], 0
    for one in found:
        if one.sign == "+":
            parts.append(one.put)
            continue
        end = at + 2 * one.length
        if end > len(text):
            raise Unsound("a changeset goes behind the end of its text")
        if one.sign == "=":
            parts.append(text[at:end])
        at = end
    parts.append(text[at:])
    made = b"".join(parts)
    if len(made) != 2 * after:
        raise Unsound("a changeset makes a text of another length than it says")
    return made


def _number(told: str) -> int:
    if len(told) > _MOST_DIGITS:
        raise Unsound("a number is too large")
    return int(told, 36)
