"""What another bot published of a meeting: its page or its text read back, item by item.

Both tell less than the log: no dates, in the text no lines. Source: the pages and texts that MeetBot's
writers HTML2 and Text and hcoop's bot make, and our own.
"""

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

from hub.errors import Unavailable
from meetbot.state import ItemKind

_DEEPEST = 200
_LONGEST = 16 * 1024 * 1024
_CLOCK = r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d"


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """An item as it was published. clock: `HH:MM:SS`, a date before it or not. line: 0 when not told."""

    kind: ItemKind
    text: str
    nick: str
    clock: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """What was read; what is not told is empty."""

    heading: str
    owner: str
    started: str
    ended: str
    items: tuple[PublishedItem, ...]
    people: tuple[tuple[str, int], ...]

    @property
    def channel(self) -> str:
        """The channel that the heading names."""
        return channel_in(self.heading)

    @property
    def title(self) -> str:
        """What the meeting is about: `#channel: title`."""
        _channel, colon, title = self.heading.partition(": ")
        return title if colon and self.channel else ""


def channel_in(text: str) -> str:
    """Return the channel that a heading begins with, or nothing."""
    found = re.match(r"\s*([#&][^\s,:]+)", text)
    return found[1] if found else ""


def read_text(path: Path) -> str:
    """Return a file's text, packed or not; bytes that are no UTF-8 count as cp1252. Raises: Unavailable."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            held = (gzip.GzipFile(fileobj=file) if packed else file).read(_LONGEST)
    except (OSError, EOFError, ValueError) as error:
        raise Unavailable(f"{path} can't be read: {error}.") from error
    try:
        return held.decode("utf-8")
    except UnicodeDecodeError:
        return held.decode("cp1252", "replace")


def read_published(text: str) -> Published | None:
    """Read a page or a text; None when it is neither."""
    found = read_page(text) if text.lstrip().startswith("<") else read_plain(text)
    return found if found.started else None


_STARTED = re.compile(rf"Meeting started by (\S+) at ({_CLOCK})")
_ENDED = re.compile(rf"Meeting ended at ({_CLOCK})")


def _published(
    heading: str, whole: str, items: Iterable[PublishedItem], people: Iterable[tuple[str, int]]
) -> Published:
    started, ended = _STARTED.search(whole), _ENDED.search(whole)
    return Published(
        heading,
        started[1] if started else "",
        started[2] if started else "",
        ended[1] if ended else "",
        tuple(items),
        tuple(people),
    )


def flat(text: str) -> str:
    """Return a text on one line with single blanks, as pages and wrapped texts have it."""
    return " ".join(text.split())


_KINDS: Mapping[str, ItemKind] = {kind.value: kind for kind in ItemKind} | {
    "halp": ItemKind.HELP,
    "agree": ItemKind.AGREED,
    "progress": ItemKind.SUBTOPIC,
}


def _item(word: str, text: str, details: str, line: int) -> PublishedItem | None:
    """Make an item; one of a sort that we don't know is an info that says so."""
    who = _DETAILS.fullmatch(flat(details))
    if who is None:
        return None
    kind = _KINDS.get(word.lower())
    if kind is None:
        kind, text = ItemKind.INFO, f"{word}: {text}"
    return PublishedItem(kind, flat(text), who[1], who[2], line)


_DETAILS = re.compile(rf"\((\S+), ({_CLOCK})\)")
_PERSON = re.compile(r"(\S+) (?:\((\d{1,9})\)|- (\d{1,9}) lines?)")
_VOID = frozenset({"br", "meta", "hr", "img", "link", "input"})
_HEADS = frozenset({"h1", "h2", "h3"})
_UNSEEN = frozenset({"style", "script", "title"})
_WORDED = frozenset({"itemtype", "event"})


class _Page(HTMLParser):
    """Walks through a page and keeps what its classes say."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[PublishedItem] = []
        self.people: list[tuple[str, int]] = []
        self.whole: list[str] = []
        self.heading = self._section = ""
        self._open: list[tuple[str, str]] = []
        self._said: list[tuple[str, str]] = []
        self._head: list[str] = []
        self._details: list[str] = []
        self._line = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "li":
            self._said, self._line = [], 0
        if tag in _VOID or len(self._open) > _DEEPEST:
            return
        self._open.append((tag, given.get("class", "")))
        if "details" in self._classes():
            where = re.search(r"#l-(\d{1,9})\Z", given.get("href", ""))
            self._line = int(where[1]) if where else self._line

    def handle_endtag(self, tag: str) -> None:
        if tag not in {name for name, _ in self._open}:
            return
        while True:
            name, kind = self._open.pop()
            if kind == "details" and "details" not in self._classes():
                self._end_details()
            if name == tag:
                break
        if tag in _HEADS:
            head, self._head = flat("".join(self._head)), []
            self.heading, self._section = self.heading or head, head.lower()
        if tag == "li":
            self._end_person()

    def handle_data(self, data: str) -> None:
        names, classes = {name for name, _ in self._open}, self._classes()
        if names & _UNSEEN:
            return
        self.whole.append(data)
        if "details" in classes:
            self._details.append(data)
        elif names & _HEADS:
            self._head.append(data)
        else:
            self._said.append((classes[-1] if classes else "", data))

    def _classes(self) -> list[str]:
        return [kind for _, kind in self._open if kind]

    def _end_details(self) -> None:
        details, self._details = "".join(self._details), []
        if not self._section.startswith("meeting summary"):
            return
        found = _item(*self._worded(), details, self._line)
        if found is not None:
            self.items.append(found)
        self._said = []

    def _worded(self) -> tuple[str, str]:
        """Return an item's sort and text: told by a word before it or by its class, else a link."""
        topic = "".join(text for kind, text in self._said if kind.lower() == "topic")
        if topic:
            return "topic", topic
        word = "".join(text for kind, text in self._said if kind in _WORDED).strip(" :\n")
        said = "".join(text for kind, text in self._said if kind not in _WORDED)
        if word:
            return word, said.strip().removeprefix(":")
        kinds = {kind for kind, _ in self._said if kind.isupper()}
        return (kinds.pop() if len(kinds) == 1 else "link"), said

    def _end_person(self) -> None:
        if not self._section.startswith(("people present", "attendees")):
            return
        found = _PERSON.fullmatch(flat("".join(text for _, text in self._said)))
        if found is not None:
            self.people.append((found[1], int(found[2] or found[3])))


def read_page(text: str) -> Published:
    """Read a page."""
    page = _Page()
    page.feed(
        text.replace("<![", "&lt;![")
    )  # Python's parser raises at marked sections that are none
    page.close()
    return _published(page.heading, flat("".join(page.whole)), page.items, page.people)


def read_plain(text: str) -> Published:
    """Read a text."""
    text = text.replace("\r\n", "\n")
    boxed = re.match(r"\s*=+\n(.*)\n=+\n", text)
    summary = re.search(r"^Meeting summary\n-+\n(.*?)^Meeting ended at", text, re.DOTALL | re.M)
    present = re.search(r"^People present.*\n-+\n(.*?)(?:\n\n\n|\Z)", text, re.DOTALL | re.M)
    people = (_PERSON.fullmatch(bullet.text) for bullet in _bullets(present[1] if present else ""))
    return _published(
        flat(boxed[1]) if boxed else "",
        flat(text),
        _noted(list(_bullets(summary[1] if summary else ""))),
        ((found[1], int(found[2] or found[3])) for found in people if found),
    )


@dataclass(frozen=True, slots=True)
class _Bullet:
    """A bullet with its wrapped lines put together. is_last: whether a blank line or the end follows."""

    depth: int
    text: str
    is_last: bool = False


def _bullets(text: str) -> Iterator[_Bullet]:
    at_hand: _Bullet | None = None
    for line in [*text.split("\n"), ""]:
        found = re.match(r"( *)\* ?(.*)", line)
        if at_hand is not None and (found or not line.strip()):
            yield replace(at_hand, is_last=not found)
            at_hand = None
        if found:
            at_hand = _Bullet(len(found[1]) // 2, found[2].strip())
        elif at_hand is not None:
            at_hand = replace(at_hand, text=f"{at_hand.text} {line.strip()}")


_WORD = re.compile(r"([A-Z]{3,12}): (.*)", re.DOTALL)
_ENDS = re.compile(rf"(?P<text>.*?)\s*(?P<details>\(\S+,\s+{_CLOCK}\))", re.DOTALL)


def _noted(bullets: Sequence[_Bullet]) -> Iterator[PublishedItem]:
    """Tell topics from infos, neither of which has a word: infos at the edge stand before all topics."""
    for place, bullet in enumerate(bullets):
        ends = _ENDS.fullmatch(bullet.text)
        if ends is None:
            continue
        word = _WORD.fullmatch(ends["text"])
        word = word if word and word[1].lower() in _KINDS else None
        following = bullets[place + 1 : place + 2]
        is_alone = bullet.is_last or not following or following[0].depth > 0
        sort = word[1] if word else "topic" if bullet.depth == 0 and is_alone else "info"
        found = _item(sort, word[2] if word else ends["text"], ends["details"], 0)
        if found is not None:
            yield found
