"""Front matter: what the first lines of a pad say of it, between two lines of three dashes.

    ---
    title: The weekly agenda
    tags: agenda, 회의
    ---

It is read as people write it, not as YAML: `key: value` on a line, a list in brackets or as `- item` lines
below its key. What is something else there is no front matter, and stays text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FENCE = "---"
_ENDS = frozenset({"---", "..."})
_MOST_LINES = 60
_MOST_TAGS = 20
_LONGEST_TAG = 40
_PAIR = re.compile(r"(?P<key>[^\W\d][\w -]{0,39})\s*:(?:\s+(?P<value>.*))?")
_ITEM = re.compile(r"\s*-\s+(?P<item>.*)")
_QUOTES = "\"'“”‘’"


@dataclass(frozen=True, slots=True)
class Front:
    """What a text says of itself: `values` by their (lower) keys, in order; `body` is the text below."""

    values: Sequence[tuple[str, Sequence[str]]]
    body: str

    def get(self, key: str) -> Sequence[str]:
        """Return the values of a key."""
        return next((values for known, values in self.values if known == key), ())

    @property
    def title(self) -> str:
        """The title that it gives, empty when it gives none."""
        return " ".join(" ".join(self.get("title")).split())

    @property
    def tags(self) -> Sequence[str]:
        """Its tags, each once, as they are compared: lower and without the #."""
        told = (tag_of(value) for value in self.get("tags"))
        return list(dict.fromkeys(tag for tag in told if tag))[:_MOST_TAGS]


def tag_of(text: str) -> str:
    """Return a tag as it is kept; empty for what is none."""
    tag = " ".join(text.replace("\0", "").split()).lstrip("#").casefold()
    return tag if len(tag) <= _LONGEST_TAG else ""


def read_front(text: str) -> Front:
    """Return the front matter of a text and what stands below it; all is below where there is none."""
    if not text.startswith(_FENCE):
        return Front((), text)
    lines = text.splitlines(keepends=True)
    if lines[0].strip() != _FENCE or lines[0].startswith(" "):
        return Front((), text)
    for number, line in enumerate(lines[1 : _MOST_LINES + 1], start=1):
        if line.rstrip() in _ENDS:
            values = _values(lines[1:number])
            return (
                Front((), text) if values is None else Front(values, "".join(lines[number + 1 :]))
            )
    return Front((), text)


def _values(lines: Sequence[str]) -> Sequence[tuple[str, Sequence[str]]] | None:
    """Return what the lines say; None when one of them is something else."""
    found: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in (raw.rstrip() for raw in lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item, pair = _ITEM.fullmatch(line), _PAIR.fullmatch(line)
        if item is not None and last is not None:
            last.append(bare(item["item"]))
        elif pair is not None:
            last = found[pair["key"].strip().lower()] = _parts(pair)
        else:
            return None
    return list(found.items()) or None


def _parts(pair: re.Match[str]) -> list[str]:
    value = (pair["value"] or "").strip()
    if value.startswith("[") and value.endswith("]"):
        value = value[1:-1]
    elif pair["key"].strip().lower() != "tags":
        return [bare(value)] if value else []
    return [told for part in value.split(",") if (told := bare(part))]


def bare(value: str) -> str:
    """Return a value without quotes around it."""
    return value.strip().strip(_QUOTES).strip()
