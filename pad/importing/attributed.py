"""Etherpad's text with its attributes, as Markdown with its authors.

Etherpad keeps formats beside the text: `attribs` are operations that walk over it, and name attributes of the
pool. A list or a heading is an attribute of a `*` that stands before its line (`lmkr`).

Source: Etherpad, doc/easysync; ep_headings for headings.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pad.etherpad.changesets import Unsound, read

_KIND = re.compile(r"(bullet|number|indent|unchecked|checked|task|taskdone)(\d{1,2})")
_LISTS = {
    "bullet": "- ", "number": "1. ", "indent": "", "unchecked": "- [ ] ", "task": "- [ ] ",
    "checked": "- [x] ", "taskdone": "- [x] ",
}  # fmt: skip
_HEADING = re.compile(r"h([1-6])")
_MARKS = {"bold": "**", "italic": "*", "strikethrough": "~~"}
_DEEPEST = 8

Pool = Mapping[int, tuple[str, str]]
"""Attributes, name and value, by their numbers."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that one author (by their id, or empty) wrote, and its attributes."""

    text: str
    author: str
    attributes: Mapping[str, str]


def runs_of(text: str, attribs: str, pool: Pool) -> Sequence[Run]:
    """Return a text in stretches of the same attributes.

    Raises: Unsound when the attributes are not this text's.
    """
    stored = text.encode("utf-16-le", "surrogatepass")
    length = sum(one.length for one in _walked(attribs))
    if 2 * length != len(stored):
        raise Unsound("the attributes are of another text")
    found, at = [], 0
    for one in _walked(attribs):
        part = stored[at : at + 2 * one.length].decode("utf-16-le", "replace")
        known = dict(pool[number] for number in one.attributes if number in pool)
        found.append(Run(part, known.pop("author", ""), known))
        at += 2 * one.length
    return found


def _walked(attribs: str) -> "Sequence[Walked]":
    # As a changeset that keeps a text: the same operations, with = for +.
    _, _, found = read(f"Z:0>0{attribs.replace('+', '=')}$")
    return [Walked(one.length, one.attributes) for one in found]


@dataclass(frozen=True, slots=True)
class Walked:
    """So many UTF-16 units with these attributes' numbers."""

    length: int
    attributes: tuple[int, ...]


Part = tuple[str, str]
"""A text and the id of its author."""


def as_markdown(runs: Sequence[Run]) -> Sequence[Part]:
    """Return stretches of text as Markdown, with their authors."""
    return [part for line in _lines(runs) for part in _line(line)]


def _lines(runs: Sequence[Run]) -> Iterator[Sequence[Run]]:
    line: list[Run] = []
    for run in runs:
        *whole, rest = run.text.split("\n")
        for text in whole:
            line.append(Run(f"{text}\n", run.author, run.attributes))
            yield line
            line = []
        if rest:
            line.append(Run(rest, run.author, run.attributes))
    if line:
        yield line


def _line(runs: Sequence[Run]) -> Iterator[Part]:
    first = runs[0]
    if first.attributes.get("lmkr") and first.text.startswith("*"):
        yield _marker(first.attributes), first.author
        runs = [Run(first.text[1:], first.author, first.attributes), *runs[1:]]
    for run in runs:
        if run.text:
            yield _marked(run), run.author


def _marker(attributes: Mapping[str, str]) -> str:
    heading = _HEADING.fullmatch(attributes.get("heading", ""))
    if heading is not None:
        return "#" * int(heading[1]) + " "
    kind = _KIND.fullmatch(attributes.get("list", ""))
    if kind is None:
        return ""
    return "  " * (min(int(kind[2]) or 1, _DEEPEST) - 1) + _LISTS[kind[1]]


def _marked(run: Run) -> str:
    """Return a stretch within one line with its marks; they stand close to the words."""
    on = [mark for name, mark in _MARKS.items() if run.attributes.get(name) == "true"]
    marks, back = "".join(on), "".join(reversed(on))
    words = run.text.strip()
    if not (marks and words):
        return run.text
    start = run.text.index(words)
    return f"{run.text[:start]}{marks}{words}{back}{run.text[start + len(words) :]}"
