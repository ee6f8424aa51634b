"""A search as an Atom feed: the newest of what it finds.

Source: RFC 4287.
"""

from datetime import datetime
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from hub.irc import keepable_text, plain
from search.finding import Found, Hit

_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = 80


def atom(found: Found, base_url: str, hub: str, now: datetime) -> bytes:
    """Return the feed as XML; `now` stands where nothing is found."""
    text = found.query.text.removesuffix("sort:new").strip()
    asked = urlencode({"q": text})
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "mul"})
    _add(root, "title", f"{text} · {hub}")
    _add(root, "id", f"{base_url}/search.atom?{asked}")
    _add(root, "updated", _moment(max((hit.at for hit in found.hits), default=now)))
    ET.SubElement(root, "link", {"rel": "self", "href": f"{base_url}/search.atom?{asked}"})
    page = {"rel": "alternate", "type": "text/html", "href": f"{base_url}/search?{asked}"}
    ET.SubElement(root, "link", page)
    for hit in found.hits:
        _add_hit(root, hit, base_url)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add_hit(root: ET.Element, hit: Hit, base_url: str) -> None:
    entry = ET.SubElement(root, "entry")
    text = "".join(piece.text for piece in hit.pieces)
    title = f"{hit.who}: {text}" if hit.around else hit.title
    _add(entry, "title", title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…")
    _add(entry, "id", base_url + hit.url)
    ET.SubElement(
        entry, "link", {"rel": "alternate", "type": "text/html", "href": base_url + hit.url}
    )
    _add(entry, "published", _moment(hit.at))
    _add(entry, "updated", _moment(hit.at))
    _add(ET.SubElement(entry, "author"), "name", hit.who or hit.where)
    lines = [f"<{said.who}> {''.join(p.text for p in said.pieces)}" for said in hit.around]
    ET.SubElement(entry, "content", {"type": "text"}).text = _kept("\n".join(lines) or text)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _kept(text)


def _kept(text: str) -> str:
    """Return a text without what XML can't hold."""
    return plain(keepable_text(text)).replace("\ufffe", "").replace("\uffff", "")


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
