"""Lists of stories for other programs: as CSV, as JSON, as an Atom feed. Pure.

Source: RFC 4180 (CSV), RFC 4287 (Atom).
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from tracker.briefs import Brief

_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of something to be run."""


def to_csv(stories: Sequence[Brief], base_url: str) -> str:
    """Return a table with a head; what a spreadsheet would run is text in it."""
    written = io.StringIO()
    rows = [told(story, base_url) for story in stories]
    table = csv.writer(written)
    table.writerow(_COLUMNS)
    table.writerows([_cell(row[name]) for name in _COLUMNS] for row in rows)
    return written.getvalue()


_COLUMNS = (
    "id", "title", "url", "state", "kind", "importance", "projects", "tags", "assignees", "creator",
    "todo", "inprogress", "review", "merged", "invalid", "comments", "affected", "votes", "heat",
    "private", "duplicate_of", "created_at", "changed_at",
)  # fmt: skip


def told(story: Brief, base_url: str) -> Mapping[str, Any]:
    """Return a story as a JSON object; moments are ISO 8601 in UTC."""
    return {
        "id": story.id,
        "title": story.title,
        "url": base_url + story.url,
        "state": str(story.state),
        "kind": story.kind,
        "importance": str(story.importance),
        "projects": list(story.projects),
        "tags": list(story.tags),
        "assignees": [person.name for person in story.assignees],
        "creator": story.creator.name,
        "todo": story.counts.todo,
        "inprogress": story.counts.inprogress,
        "review": story.counts.review,
        "merged": story.counts.merged,
        "invalid": story.counts.invalid,
        "comments": story.comments,
        "affected": story.affected,
        "votes": story.votes,
        "heat": story.heat,
        "private": story.is_private,
        "duplicate_of": story.duplicate_of,
        "created_at": _moment(story.created_at),
        "changed_at": _moment(story.changed_at),
    }


def to_atom(
    stories: Sequence[Brief], base_url: str, title: str, asked: str, now: datetime
) -> bytes:
    """Return a feed of stories. asked: the query as it stands in an address; now: where there is no story."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "mul"})
    here = f"{base_url}/stories.atom{asked}"
    _add(root, "title", title)
    _add(root, "id", here)
    _add(root, "updated", _moment(max((each.changed_at for each in stories), default=now)))
    ET.SubElement(root, "link", {"rel": "self", "href": here})
    page = {"rel": "alternate", "type": "text/html", "href": f"{base_url}/stories{asked}"}
    ET.SubElement(root, "link", page)
    for story in stories:
        _add_entry(root, story, base_url + story.url)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add_entry(root: ET.Element, story: Brief, address: str) -> None:
    entry = ET.SubElement(root, "entry")
    _add(entry, "title", f"#{story.id} {story.title}")
    _add(entry, "id", address)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    _add(entry, "published", _moment(story.created_at))
    _add(entry, "updated", _moment(story.changed_at))
    _add(ET.SubElement(entry, "author"), "name", story.creator.name or "?")
    for word in _words(story):
        ET.SubElement(entry, "category", {"term": _NO_XML.sub("\ufffd", word)})


def _words(story: Brief) -> Iterator[str]:
    yield str(story.state)
    yield from story.projects
    yield from story.tags


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, int):
        return value
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
