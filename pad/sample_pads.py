"""Writes the sample community's pads: `madang serve --demo` has something to read and write in.

The texts stand in `pad/sample/*.md`. `@ -6 14:03:50 marisol` says who wrote the lines below it, and from
when on; `~ -6 14:15:00 okra` says who made the line before it into the one below, and when; below
`! -6 14:20:00 okra` stands what somebody said beside the pad. Days and braces are those of the
sample's talk; `{minutes -6}` is the address of that day's minutes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files

from sqlmodel import Session

from hub.accounts.people import require_person
from hub.accounts.visits import actor_of
from hub.clock import micros
from hub.people import operator
from pad import log
from pad.engine import Engine
from pad.freezing import freeze
from pad.pads import Pad, begin_pad, find_pad, save_text, signed, write_text
from pad.palette import COLOURS
from pad.talk import say

_OPERATOR = operator("sample")
_FIRST = "jangdokdae-agenda"
_LAST = "last-agenda"
"""The agenda of the series' last meeting: it is called after its day."""
_HEAD = re.compile(r"(?P<mark>[@~!]) (?P<day>-?\d+) (?P<clock>\d\d:\d\d:\d\d) (?P<who>\w+)")
_MINUTES = re.compile(r"\{minutes (-\d+)\}")
_MEETING = timedelta(hours=14)
_LINE_S, _LETTER_S = 2.0, 0.11

_RULES = (
    "# House rules\n\n- Label your jars.\n- Say what you took.\n- Who opens the cellar closes it.\n"
)
_NARROW = (
    ("party", "private", "# A party for okra\n\nOkra knows nothing. Who brings what?\n"),
    ("keys", "members", "# Who has the keys\n\nAsk Marisol; the second set is at the bakery.\n"),
)

At = Callable[[int, timedelta], datetime]
"""A day's offset and a clock as a moment."""


@dataclass(frozen=True, slots=True)
class Edit:
    """At `at` somebody made the line at `place` (of the whole text, from 0) into `text`."""

    at: datetime
    who: str
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """At `at` somebody said `text` beside the pad."""

    at: datetime
    who: str
    text: str


def load_sample_pads(
    session: Session, at: At, filled: Callable[[str], str], *, public_url: str, access: str
) -> int:
    """Write the sample's pads, and return how many; none where they are already."""
    if find_pad(session, _FIRST) is not None:
        return 0

    def minutes(found: re.Match[str]) -> str:
        met = at(int(found[1]), _MEETING)
        stem = f"jangdokdae.{met:%Y-%m-%d-%H.%M}"
        return f"{public_url}/meetings/jangdokdae/{met:%Y}/{stem}.html"

    last = f"jangdokdae-{at(-6, _MEETING):%Y-%m-%d}"
    texts = sorted(
        (file.name.removesuffix(".md"), file.read_text(encoding="utf-8"))
        for file in (files("pad") / "sample").iterdir()
        if file.name.endswith(".md")
    )
    for name, text in texts:
        edits, talk = read_edits(filled(_MINUTES.sub(minutes, text)), at)
        _write(session, last if name == _LAST else name, edits, talk, access)
    _settle(session, at)
    return len(texts)


def _settle(session: Session, at: At) -> None:
    """Begin a private pad and the members', and freeze one in which all is said."""
    now = at(-1, _MEETING)
    owner = actor_of(session, require_person(session, "marisol"))
    for name, access, text in _NARROW:
        pad = begin_pad(session, owner, name, access=access, now=now)
        author = log.Author(owner.name, require_person(session, "marisol").name, 0)
        write_text(session, owner, pad, text, author, now=now)
        save_text(session, owner, pad, log.head_of(session, pad.id), text, now=now)
    done = begin_pad(session, owner, "house-rules", access="public", now=now)
    author = log.Author(owner.name, require_person(session, "marisol").name, 0)
    write_text(session, owner, done, _RULES, author, now=now)
    save_text(session, owner, done, log.head_of(session, done.id), _RULES, now=now)
    freeze(session, done, owner, now, "agreed in the meeting")


def read_edits(text: str, at: At) -> tuple[Sequence[Edit], Sequence[Told]]:
    """Return the edits that a sample's file tells, in the order of time, and what was said beside them."""
    found = list(_told(text, at))
    edits = [one for one in found if isinstance(one, Edit)]
    talk = [one for one in found if isinstance(one, Told)]
    edits.sort(key=lambda edit: (edit.at, edit.place))
    return edits, sorted(talk, key=lambda one: one.at)


def _told(text: str, at: At) -> Iterator[Edit | Told]:
    when, who, place, again = at(0, timedelta()), "", -1, False
    talks = False
    for row in text.splitlines():
        head = _HEAD.fullmatch(row)
        if head is not None:
            hours, minutes, seconds = map(int, head["clock"].split(":"))
            moment = timedelta(hours=hours, minutes=minutes, seconds=seconds)
            talks = head["mark"] == "!"
            if head["mark"] == "~":
                mended = (at(int(head["day"]), moment), head["who"])
                again = True
            else:
                when, who, again = at(int(head["day"]), moment), head["who"], False
        elif talks:
            yield Told(when, who, row)
        elif again:
            yield Edit(*mended, place, row)
            again = False
        else:
            place += 1
            when += timedelta(seconds=_LINE_S + _LETTER_S * len(row))
            yield Edit(when, who, place, row)


def _write(
    session: Session, name: str, edits: Sequence[Edit], talk: Sequence[Told], access: str
) -> None:
    pad = begin_pad(session, _OPERATOR, name, access=access, now=edits[0].at)
    authors = _authors(session, [*edits, *talk])
    engine, lines = Engine(), dict[int, str]()
    entries = []
    for edit in edits:
        lines[edit.place] = edit.text
        update = engine.write("".join(f"{lines[place]}\n" for place in sorted(lines)))
        entries.append(signed(micros(edit.at), authors[edit.who], update))
    log.append(session, pad.id, pad.epoch, entries)
    _keep(session, pad, edits[-1])
    for one in talk:
        say(session, _OPERATOR, pad, one.text, authors[one.who], now=one.at)


def _authors(session: Session, edits: Sequence[Edit | Told]) -> dict[str, log.Author]:
    """Return the edits' authors by their nicks, each in a colour of their own."""
    found: dict[str, log.Author] = {}
    for edit in edits:
        if edit.who not in found:
            person = require_person(session, edit.who)
            key = actor_of(session, person).name
            found[edit.who] = log.Author(key, person.name, len(found) % COLOURS)
    return found


def _keep(session: Session, pad: Pad, last: Edit) -> None:
    """Keep the text for lists and search."""
    replay = log.replay(session, pad.id)
    actor = actor_of(session, require_person(session, last.who))
    save_text(session, actor, pad, replay.seq, replay.engine.text(), now=last.at)
