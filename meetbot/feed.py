"""Minutes as an Atom feed: one entry for each meeting, updated when somebody corrects it.

An entry's id says where and when the meeting was, so it stays when the series is called otherwise.
Source: RFC 4287.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote
from xml.etree import ElementTree as ET

from hub.irc import casefold, plain
from hub.language import gettext
from meetbot.minutes import Minutes
from meetbot.queries import Brief
from meetbot.render_html import linked
from meetbot.state import ItemKind

_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECIDED = (ItemKind.AGREED, ItemKind.ACCEPTED, ItemKind.REJECTED, ItemKind.VOTE)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is about: its title, where the hub is, and the path of the page it follows."""

    title: str
    base_url: str
    path: str


@dataclass(frozen=True, slots=True)
class News:
    """A meeting with its newest minutes, and when they were written."""

    meeting: Brief
    minutes: Minutes
    written_at: datetime


def atom(feed: Feed, news: Sequence[News], now: datetime) -> bytes:
    """Return the feed as XML; `now` stands where there is no meeting."""
    here = feed.base_url + feed.path
    updated = max((each.written_at for each in news), default=now.astimezone(UTC))
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "mul"})
    _add(root, "title", feed.title)
    _add(root, "id", here)
    _add(root, "updated", _moment(updated))
    ET.SubElement(root, "link", {"rel": "self", "href": here + "feed.atom"})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": here})
    for each in news:
        _add_entry(root, feed, each)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add_entry(root: ET.Element, feed: Feed, news: News) -> None:
    meeting, address = news.meeting, feed.base_url + news.meeting.key.url()
    entry = ET.SubElement(root, "entry")
    _add(entry, "title", f"{plain(meeting.name)}, {meeting.started_at:%Y-%m-%d}")
    place = f"{meeting.network}/{casefold(meeting.channel)}/{_moment(meeting.started_at)}"
    _add(entry, "id", f"{feed.base_url}/meetings/#{quote(place, safe='/:')}")
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    _add(entry, "published", _moment(meeting.ended_at or meeting.started_at))
    _add(entry, "updated", _moment(news.written_at))
    _add(ET.SubElement(entry, "author"), "name", plain(meeting.owner) or gettext("unknown"))
    html = "\n".join(_content(news.minutes, address))
    content = ET.SubElement(entry, "content", {"type": "html"})
    content.text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", html)


def _content(minutes: Minutes, address: str) -> Iterator[str]:
    """Yield what a reader wants to know at once: topics, decisions, actions."""
    topics = [item.text for item in minutes.items if item.kind is ItemKind.TOPIC]
    decided = [item for item in minutes.items if item.kind in _DECIDED]
    for title, texts in (
        (gettext("Topics"), topics),
        (gettext("Decisions"), [item.text for item in decided]),
        (gettext("Action items"), [action.text for action in minutes.actions]),
    ):
        if texts:
            items = "".join(f"<li>{linked(text)}</li>" for text in texts)
            yield f"<h2>{title}</h2><ul>{items}</ul>"
    words = gettext("All of the minutes")
    yield f'<p><a href="{escape(address)}">{words}</a></p>'


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
