"""Agendas as pads: the other side of the port of hub/agenda.py. Headings are topics, `- [ ]` is to be done.

The topics are the headings of the first two levels, but for the first of all when it is of the first level:
that is the title. What stands below a heading is its section.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from hub.agenda import AgendaPads, Closing, NewAgenda
from hub.config import Config
from hub.errors import HubError, Invalid
from hub.people import Actor
from pad import log
from pad.beginning import made_from
from pad.filing import is_open_task
from pad.freezing import freeze
from pad.front import read_front
from pad.kept import keep_revision
from pad.names import GROUP, address, clean, ref
from pad.pads import Pad, begin_pad, find_pad, locked, may_pad, save_text, text_of, write_text

BOT = log.Author("bot", "madang", 0)
STILL_OPEN = "Still open"
"""The heading under which tasks of topics that were talked about go to the next agenda."""

_LONGEST = 80
"""Letters of a kept revision's name."""

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<title>.*?))??(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_DONE = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[[xX]\]\s")

_DEFAULT = """\
# {title}, {date}

Each heading is a topic: the chair goes on to the next one with `#next`.
What stays open goes to the next agenda.

## Announcements

## Open discussion
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines below it. A text's first lines have none: its title is empty then."""

    title: str
    head: str
    lines: tuple[str, ...]


def sections(text: str) -> Sequence[Section]:
    """Return a text's topics as sections; the first one is what stands before them."""
    found: list[Section] = []
    title, head, lines = "", "", list[str]()
    for line, heading in _headed(text):
        if heading is None:
            lines.append(line)
            continue
        found.append(Section(title, head, tuple(lines)))
        title, head, lines = heading, line, []
    return [*found, Section(title, head, tuple(lines))]


def _headed(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each line, and the title of those that begin a topic."""
    front = text[: len(text) - len(read_front(text).body)]
    yield from ((line, None) for line in front.splitlines())
    fence, is_first = "", True
    for line in text[len(front) :].splitlines():
        mark = _FENCE.match(line)
        if mark is not None and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        heading = None if fence or mark else _HEADING.fullmatch(line)
        level = len(heading["marks"]) if heading else 9
        is_title, is_first = (
            heading is not None and is_first and level == 1,
            is_first and not heading,
        )
        is_topic = heading is not None and level <= 2 and not is_title
        yield line, (heading["title"] or "").strip() if is_topic and heading else None


def topics(text: str) -> Sequence[str]:
    """Return what is to be talked about, in order."""
    return [section.title for section in sections(text)[1:] if section.title]


def left_over(text: str, reached: Sequence[str]) -> str:
    """Return what a meeting left over: topics that it did not reach, and open tasks of the others."""
    had = Counter(map(_key, reached))
    tasks: list[str] = []
    missed: list[str] = []
    for section in sections(text):
        key = _key(section.title)
        if section.title and not had[key]:
            missed += [section.head, *_undone(section), ""]
        else:
            had[key] -= 1
            tasks += [line.strip() for line in section.lines if is_open_task(line)]
    known = f"## {STILL_OPEN}"
    return "\n".join([*([known, "", *tasks, ""] if tasks else ()), *missed])


def _undone(section: Section) -> Sequence[str]:
    lines = "\n".join(line for line in section.lines if not _DONE.match(line)).strip("\n")
    return ["", *lines.splitlines()] if lines else []


def with_carried(text: str, carried: str) -> str:
    """Return an agenda with what was left over: below headings that it has, and else at its end.

    Lines that stand there already are not put there again.
    """
    parts = list(sections(text))
    for new in sections(carried)[1:]:
        places = [i for i, part in enumerate(parts) if i and _key(part.title) == _key(new.title)]
        if not places:
            parts.append(new)
            continue
        part = parts[places[0]]
        known = {line.strip() for line in part.lines}
        more = [line for line in new.lines if line.strip() and line.strip() not in known]
        if more:
            kept = "\n".join(part.lines).strip("\n")
            lines = ["", *([*kept.splitlines(), ""] if kept else ()), *more]
            parts[places[0]] = Section(part.title, part.head, tuple(lines))
    return _joined(parts)


def _joined(parts: Sequence[Section]) -> str:
    blocks = [
        "\n".join([*([part.head] if part.head else ()), *part.lines]).strip("\n") for part in parts
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _key(title: str) -> str:
    return " ".join(title.casefold().split())


def agenda_pads(config: Config) -> AgendaPads:
    """Return what meetings may ask of the pads of a hub."""

    def begin(session: Session, new: NewAgenda, now: datetime) -> str:
        return _begin(session, new, config.pads.access, now)

    return AgendaPads(begin, _topics, _close, _carry, _template, lambda told: address(_name(told)))


def _begin(session: Session, new: NewAgenda, access: str, now: datetime) -> str:
    name = clean(new.name)
    pad = begin_pad(session, _bot(name), name, access=access, now=now)
    if pad.head == 0:
        source = find_pad(session, new.template) if new.template else None
        if source is not None:
            text = _untitled(made_from(text_of(session, source), pad.name, new.at))
        else:
            day = new.at.astimezone(UTC).date().isoformat()
            text = _DEFAULT.format(title=new.title, date=day)
    else:
        text = text_of(session, pad)
    _write(session, pad, with_carried(text, new.carried) if new.carried else text, now)
    return ref(pad.name)


def _untitled(text: str) -> str:
    """Return a text that a template made without the title that the template's front matter gives it."""
    body = read_front(text).body
    head = text[: len(text) - len(body)].splitlines(keepends=True)
    kept = "".join(line for line in head if not line.lower().startswith("title:"))
    return (kept if read_front(kept).values else "") + body


def _topics(session: Session, told: str) -> Sequence[str]:
    pad = find_pad(session, _name(told))
    return topics(text_of(session, pad)) if pad else ()


def _close(session: Session, told: str, closing: Closing, now: datetime) -> str:
    pad = find_pad(session, _name(told))
    if pad is None:
        return ""
    text = text_of(session, pad)
    if pad.frozen is None:  # else somebody has called it final: it stays as it is
        if closing.minutes:
            _write(session, pad, f"{text.rstrip()}\n\n{closing.minutes}", now)
        _freeze(session, pad, f"as of {closing.label}", now)
    return left_over(text, closing.reached)


def _freeze(session: Session, pad: Pad, why: str, now: datetime) -> None:
    """Keep a pad as the meeting left it, and let nobody write there any more."""
    bot, current = _bot(pad.name), locked(session, pad)
    if current.head:
        keep_revision(session, bot, current, current.head, why[:_LONGEST], BOT.name, now=now)
    freeze(session, current, bot, now, why)


def _carry(session: Session, told: str, left: str, now: datetime) -> None:
    pad = find_pad(session, _name(told))
    if pad is None:
        raise Invalid("pad", f"The pad {_name(told)} is gone.")
    _write(session, pad, with_carried(text_of(session, pad), left), now)


def _template(session: Session, actor: Actor, name: str) -> str | None:
    try:
        pad = find_pad(session, clean(name))
    except HubError:
        return None
    is_fit = pad is not None and pad.access != GROUP and may_pad(actor, "read", pad)
    return pad.name if pad is not None and is_fit else None


def _write(session: Session, pad: Pad, text: str, now: datetime) -> None:
    """Write as the bot; lists and search see it at once."""
    seq = write_text(session, _bot(pad.name), pad, text, BOT, now=now)
    if seq is not None:
        save_text(session, _bot(pad.name), pad, seq, text, now=now)


def _bot(name: str) -> Actor:
    """Return the bot as it may write its agenda, whoever else may."""
    told = ref(name)
    verbs = ("read", "write", "maintain")
    return Actor("bot", rights=frozenset((verb, told) for verb in verbs))


def _name(told: str) -> str:
    return told.partition(":")[2]
