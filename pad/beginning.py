"""Pads that are begun from another one: whatever is tagged as a template is offered for it.

In its text `{name}` and `{date}` become the new pad's name and the day (UTC); the tag that made it a template
is left out.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlmodel import Session

from hub.errors import NotFound
from hub.language import gettext
from hub.people import Actor
from pad import log
from pad.front import bare, read_front, tag_of
from pad.names import clean
from pad.pads import Listed, begin_pad, find_pad, list_pads, may_pad, text_of, write_text

TAGS = ("template", "틀")
"""The tags of which one makes a pad a template."""

_MOST = 30
_LINE = re.compile(r"(?P<key>tags\s*:\s*)(?P<open>\[?)(?P<tags>[^\]]*?)(?P<close>\]?\s*)", re.I)
_ITEM = re.compile(r"\s*-\s+(?P<tag>.*?)\s*")


def templates(session: Session, actor: Actor) -> Sequence[Listed]:
    """Return the pads that an actor may begin others from, in the order of their names."""
    found = [pad for tag in TAGS for pad in list_pads(session, actor, tag=tag, limit=_MOST)]
    return sorted({pad.name: pad for pad in found}.values(), key=lambda pad: pad.name)


def begin_from(
    session: Session,
    actor: Actor,
    name: str,
    template: str,
    author: log.Author,
    *,
    access: str,
    now: datetime,
) -> str:
    """Begin a pad with what a template says, and return its name; what has text already stays as it is.

    Raises: NotFound when there is no such template, Refused when the actor may not write in such a pad.
    """
    wanted = clean(name)
    source = find_pad(session, template)
    if source is None or not may_pad(actor, "read", source):
        raise NotFound(gettext("There is no pad %(name)s.", name=template))
    pad = begin_pad(session, actor, wanted, access=access, now=now)
    if pad.head == 0:
        write_text(
            session, actor, pad, made_from(text_of(session, source), pad.name, now), author, now=now
        )
    return pad.name


def made_from(template: str, name: str, now: datetime) -> str:
    """Return the text that a template makes for a pad of that name."""
    front = read_front(template)
    told = template[: len(template) - len(front.body)] if front.values else ""
    head = "".join(_without_template(told.splitlines(keepends=True)))
    if not read_front(head).values:
        head = ""
    day = now.astimezone(UTC).date().isoformat()
    text = head + front.body.lstrip("\n") if told and not head else head + front.body
    return text.replace("{name}", name).replace("{date}", day)


def _without_template(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        told, item = _LINE.fullmatch(line), _ITEM.fullmatch(line)
        if told is not None:
            tags = [tag.strip() for tag in told["tags"].split(",") if tag.strip()]
            kept = [tag for tag in tags if tag_of(bare(tag)) not in TAGS]
            if kept or not tags:
                yield told["key"] + told["open"] + ", ".join(kept) + told["close"]
        elif item is None or tag_of(bare(item["tag"])) not in TAGS:
            yield line
