"""Lines of a pad that become stories or tasks, through the port of hub/filing.py, and say so from then on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.errors import Conflict, Invalid
from hub.filing import FileWish, Wish
from hub.language import gettext
from hub.people import GUEST, Actor
from hub.refs import RefKind, Signs, find_refs
from pad import log
from pad.front import read_front
from pad.names import address, ref
from pad.pads import Pad, locked, may_pad, need_write, write_text

_TASK = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[ \]\s+\S")
_MARKUP = re.compile(r"\s*(?:#{1,6}\s+|(?:>\s*)+|(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?)")
_CALLED = re.compile(
    r"(?<![\w.@/+-])@(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,30}[A-Za-z0-9])(?![\w@-])"
)
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants filed: lines of a pad as they saw them, the first one's number, from 1.

    title: what the story is to be called, where the first line does not say. project: whose task it is, else
    what the pad's front matter says. story: the number of the one whose task it is to become.
    """

    number: int
    lines: Sequence[str]
    title: str = ""
    project: str = ""
    story: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a line: the ref, and in which line of the pad it stands now."""

    ref: str
    number: int


def is_open_task(line: str) -> bool:
    """Tell whether a line is a task that nobody has done: `- [ ] text`."""
    return _TASK.match(line) is not None


def title_of_line(line: str) -> str:
    """Return what a line says without its marks, and without who is called at its ends."""
    told = _MARKUP.sub("", line, count=1).strip()
    ends = rf"(?:{_CALLED.pattern})".replace("(?P<name>", "(?:")
    told = re.sub(rf"^(?:{ends}[:,]?\s*)+|(?:[\s(]*{ends}[).,]*)+$", "", told).strip()
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"


def called_in(line: str) -> tuple[str, ...]:
    """Return who is called in a line by `@name`."""
    return tuple(dict.fromkeys(found["name"] for found in _CALLED.finditer(line)))


def fileable(lines: Sequence[str], signs: Signs) -> frozenset[int]:
    """Return the numbers of the lines, from 1, that are open tasks of which nothing was filed yet."""
    return frozenset(
        number
        for number, line in enumerate(lines, start=1)
        if is_open_task(line) and not any(sign.standing for sign in signs(line))
    )


def find_lines(lines: Sequence[str], asked: Asked) -> int | None:
    """Return the place, from 0, at which the lines stand by now: the nearest to where they were."""
    wanted = list(asked.lines)
    places = (
        place
        for place in range(len(lines) - len(wanted) + 1)
        if lines[place] == wanted[0] and list(lines[place : place + len(wanted)]) == wanted
    )
    return min(places, key=lambda place: abs(place + 1 - asked.number), default=None)


def file_lines(
    session: Session,
    actor: Actor,
    pad: Pad,
    asked: Asked,
    author: log.Author,
    *,
    file: FileWish,
    kinds: Sequence[RefKind],
    base: str,
    now: datetime,
) -> Filed:
    """Make a story or a task of lines, and write into the first one which; asked again, that is returned.

    kinds: by which it is known what a line mentions. base: the hub's address.
    Raises: Refused, NotFound, Invalid as `file` does; Conflict when the lines are gone.
    """
    need_write(actor, pad)
    if not asked.lines or not any(line.strip() for line in asked.lines):
        raise Invalid("line", gettext("There is nothing in this line. Choose one with words."))
    # Whoever files at the same time waits here, and then finds what has become of the line.
    need_write(actor, locked(session, pad))
    engine = log.replay(session, pad.id).engine
    text = engine.text()
    lines = text.splitlines(keepends=True)
    bare = [line.rstrip("\r\n") for line in lines]
    place = find_lines(bare, asked)
    if place is None:
        return _filed_before(bare, asked, kinds)
    if known := next(_filed_refs(kinds, bare[place]), None):
        return Filed(known, place + 1)
    letter = engine.letter(sum(map(len, lines[:place])))
    told = file(session, actor, _wish(pad, asked, text, place + 1, letter, base), now)
    lines[place] = (
        f"{bare[place].rstrip()} ({_mention(kinds, told, base)}){lines[place][len(bare[place]) :]}"
    )
    write_text(session, actor, pad, "".join(lines), author, now=now)
    return Filed(told, place + 1)


def _wish(
    pad: Pad, asked: Asked, text: str, number: int, letter: tuple[int, int] | None, base: str
) -> Wish:
    first = asked.lines[0]
    title = asked.title or title_of_line(first)
    story = asked.story.strip().lstrip("#")
    if story and not (story.isascii() and story.isdecimal() and len(story) < 10):
        raise Invalid("story", gettext("Give the story's number, for example 42."))
    said = [f"> {line}" for line in asked.lines]
    if may_pad(GUEST, "read", pad):  # what nobody else may read is not named to everybody
        at = f"?at={letter[0]}-{letter[1]}" if letter else ""
        said += ["", f"{base}{address(pad.name)}{at}#L{number}"]
    return Wish(
        title[:_LONGEST],
        "\n".join(said),
        ref(pad.name),
        asked.project or " ".join(read_front(text).get("project")),
        "",
        called_in(first),
        f"story:{story}" if story else "",
    )


def _mention(kinds: Sequence[RefKind], told: str, base: str) -> str:
    """Return the words by which a thing is mentioned: `story 42`, else its address."""
    words = told.replace(":", " ")
    if told in find_refs(kinds, words):
        return words
    return next(base + kind.url(told) for kind in kinds if told.startswith(f"{kind.kind}:"))


def _filed_refs(kinds: Sequence[RefKind], line: str) -> Iterator[str]:
    return find_refs([kind for kind in kinds if kind.standing is not None], line)


def _filed_before(lines: Sequence[str], asked: Asked, kinds: Sequence[RefKind]) -> Filed:
    """Return what the line became meanwhile: it is as it was but for what it is now. Raises: Conflict."""
    first = asked.lines[0].rstrip()
    for number, line in enumerate(lines, start=1):
        if line.startswith(f"{first} (") and line.endswith(")"):
            for known in _filed_refs(kinds, line[len(first) :]):
                return Filed(known, number)
    raise Conflict(
        gettext("Somebody has changed this line meanwhile. Look at it again, and then file it.")
    )
