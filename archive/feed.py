"""A channel as an Atom feed: one entry for each conversation, so that a reader is told of news once.

A conversation ends with half an hour of silence, or with the day. Its address is its first line's, for
ever; while it goes on it grows and its `updated` with it.
Source: RFC 4287.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree as ET

from archive.addresses import Addresses
from archive.entries import Channel, Entry
from archive.render import render_brief
from archive.richtext import visible
from hub.clock import DAY, SECOND, from_micros
from hub.irc import plain
from hub.language import gettext, ngettext

CONVERSATION_LINES = 300
"""So many spoken lines are looked at."""

_SILENCE = 30 * 60 * SECOND
_ATOM = "http://www.w3.org/2005/Atom"
_NAMED = 4
_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is about: the channel, where the hub is, and what the channel is called."""

    channel: Channel
    addresses: Addresses
    base_url: str
    name: str


def conversations(entries: Sequence[Entry], *, whole: bool) -> Sequence[Sequence[Entry]]:
    """Split spoken lines where it was silent or the day ended, oldest first.

    Without `whole` there are older lines, so the first one may lack its beginning: it is left out,
    unless it is all there is.
    """
    if not entries:
        return []
    cuts = [
        i
        for i, (one, other) in enumerate(pairwise(entries), 1)
        if other.at - one.at >= _SILENCE or one.at // DAY != other.at // DAY
    ]
    borders = [0, *cuts, len(entries)]
    found = [entries[start:end] for start, end in pairwise(borders)]
    return found if whole or len(found) == 1 else found[1:]


def atom(feed: Feed, entries: Sequence[Entry], now: datetime) -> bytes:
    """Return the feed of a channel's last spoken lines as XML; `now` stands where there is no line."""
    channel = feed.channel
    here = feed.base_url + feed.addresses.channel(channel.network, channel.slug)
    told = conversations(entries, whole=len(entries) < CONVERSATION_LINES)
    newest = from_micros(entries[-1].at) if entries else now.astimezone(UTC)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "mul"})
    _add(root, "title", gettext("%(name)s on %(network)s", name=feed.name, network=channel.network))
    _add(root, "id", here)
    _add(root, "updated", _moment(newest))
    ET.SubElement(root, "link", {"rel": "self", "href": here + "feed.atom"})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": here})
    for talk in reversed(told):
        _add_conversation(root, feed, talk)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add_conversation(root: ET.Element, feed: Feed, talk: Sequence[Entry]) -> None:
    channel, first = feed.channel, talk[0]
    day = from_micros(first.at).date()
    page = feed.base_url + feed.addresses.day(channel.network, channel.slug, day)
    address = f"{page}#t{first.anchor}"
    nicks = list(dict.fromkeys(visible(entry.nick) for entry in talk))
    entry = ET.SubElement(root, "entry")
    _add(entry, "title", _title(nicks, talk))
    _add(entry, "id", address)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    _add(entry, "published", _moment(from_micros(first.at)))
    _add(entry, "updated", _moment(from_micros(talk[-1].at)))
    for nick in nicks:
        _add(ET.SubElement(entry, "author"), "name", nick)
    html = f"<ul>\n{render_brief([said.row for said in talk])}</ul>"
    ET.SubElement(entry, "content", {"type": "html"}).text = html


def _title(nicks: Sequence[str], talk: Sequence[Entry]) -> str:
    named, others = ", ".join(nicks[:_NAMED]), len(nicks) - _NAMED
    if others > 0:
        named = ngettext(
            "%(names)s and %(number)s more", "%(names)s and %(number)s more", others, names=named
        )
    words = visible(plain(talk[0].text))
    shown = words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1] + "…"
    return f"{named}: {shown}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
