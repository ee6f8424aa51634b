"""A pad's text as other programs take it: txt, md, html, and Etherpad's own format."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

TYPES: Mapping[str, str] = {
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "etherpad": "application/json",
}
"""The kinds of export, and what they are sent as."""


def with_end(text: str) -> str:
    """Return the text as Etherpad has it: its last line has an end."""
    return text if text.endswith("\n") else text + "\n"


def to_html(title: str, body: str, tags: Sequence[str] = ()) -> str:
    """Return a page of its own around a body of safe HTML."""
    told = f'<meta name="keywords" content="{escape(", ".join(tags))}">\n' if tags else ""
    return (
        f'<!doctype html>\n<html lang="">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{told}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def to_etherpad(name: str, text: str, authors: Iterable[str]) -> str:
    """Return what Etherpad imports: the text as it is now, as one revision, and who wrote in it.

    Source: Etherpad, doc/easysync; numbers are base 36, lengths count UTF-16 units.
    """
    told = with_end(text)
    known = {f"a.{i:016d}": author for i, author in enumerate(authors, start=1)}
    pad: dict[str, Any] = {
        "atext": {"text": told, "attribs": _operations(told)},
        "pool": {"numToAttrib": {}, "nextNum": 0},
        "head": 0,
        "chatHead": -1,
        "publicStatus": False,
        "savedRevisions": [],
    }
    inserted = told[:-1]
    change = f"Z:1>{_number(_length(inserted))}{_operations(inserted)}${inserted}"
    revision = {
        "changeset": change,
        "meta": {"author": "", "timestamp": 0, "atext": pad["atext"], "pool": pad["pool"]},
    }
    writers = {
        f"globalAuthor:{key}": {"colorId": i, "name": author, "timestamp": 0, "padIDs": name}
        for i, (key, author) in enumerate(known.items())
    }
    records = {f"pad:{name}": pad, f"pad:{name}:revs:0": revision, **writers}
    return json.dumps(records, ensure_ascii=False)


def _operations(text: str) -> str:
    """Return how Easysync says that `text` is put there: what ends with a line's end, then the rest."""
    lines, rest = text.count("\n"), text[text.rfind("\n") + 1 :]
    whole = _length(text) - _length(rest)
    told = f"|{_number(lines)}+{_number(whole)}" if lines else ""
    return told + (f"+{_number(_length(rest))}" if rest else "")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _number(value: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    told = ""
    while True:
        value, last = divmod(value, 36)
        told = digits[last] + told
        if value == 0:
            return told
