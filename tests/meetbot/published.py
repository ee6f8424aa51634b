"""Reads what MeetBot published of a meeting: its .html and .txt."""

import html
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Noted:
    """One item as MeetBot's page shows it; a link's kind is `link`."""

    kind: str
    text: str
    nick: str
    clock: str
    line: int


@dataclass(frozen=True)
class Published:
    """All that is read of one meeting."""

    heading: str
    owner: str
    started: str
    ended: str
    items: list[Noted]
    actions: list[str]
    by_person: dict[str, list[str]]
    people: dict[str, int]


_DETAILS = (
    r"\s*<span\s+class=\"details\">\(<a\s+href='[^']*#l-(?P<line>\d+)'>(?P<nick>.*?)</a>"
    r",\s+(?P<clock>[\d:]{8})\)</span>"
)
_ITEM = re.compile(
    r'<li>(?:<b class="TOPIC">(?P<topic>.*?)</b>'
    r'|(?:<i\s+class="itemtype">(?P<type>\w+)</i>:\s+)?<span\s+class="(?P<cls>\w+)">(?P<text>.*?)</span>'
    r'|(?P<link>(?:(?!<li>).)*?<a\s+href="[^"]*">.*?</a>.*?))' + _DETAILS,
    re.DOTALL,
)


def _flat(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def read_page(path: Path) -> Published:
    """Read MeetBot's page of a meeting."""
    page = path.read_text(encoding="utf-8")
    parts = re.split(r"<h3>(.*?)</h3>", page)
    head, sections = parts[0], dict(zip(parts[1::2], parts[2::2], strict=True))
    started = re.search(r"Meeting started by (\S+) at ([\d:]+) UTC", head)
    ended = re.search(r"Meeting ended at ([\d:]+) UTC", page)
    heading = re.search(r"<h1>(.*?)</h1>", head, re.DOTALL)
    assert started
    assert ended
    assert heading
    return Published(
        heading=_flat(heading[1]),
        owner=html.unescape(started[1]),
        started=started[2],
        ended=ended[1],
        items=[_noted(found) for found in _ITEM.finditer(sections["Meeting summary"])],
        actions=[
            _flat(t) for t in re.findall(r"<li>(.*?)</li>", sections["Action items"], re.DOTALL)
        ],
        by_person=_by_person(sections.get("Action items, by person", "")),
        people={
            html.unescape(nick): int(count)
            for nick, count in re.findall(
                r"<li>(.*?) \((\d+)\)</li>", sections["People present (lines said)"]
            )
        },
    )


def _noted(found: re.Match[str]) -> Noted:
    if found["topic"] is not None:
        kind, text = "topic", found["topic"]
    elif found["cls"] is not None:
        kind, text = found["cls"].lower(), found["text"]
    else:
        kind, text = "link", found["link"]
    return Noted(
        kind, _flat(text), html.unescape(found["nick"]), found["clock"], int(found["line"])
    )


def _by_person(section: str) -> dict[str, list[str]]:
    groups = re.findall(
        r"<li>\s*(?:<b>)?([^<]+?)(?:</b>)?\s*<ol>(.*?)</ol>\s*</li>", section, re.DOTALL
    )
    return {
        html.unescape(nick): [_flat(t) for t in re.findall(r"<li>(.*?)</li>", actions, re.DOTALL)]
        for nick, actions in groups
    }
