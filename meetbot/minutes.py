"""A meeting's minutes: what was noted, by whom, and who does what. Derived, frozen, in no format yet."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.irc import Line
from meetbot.assignees import named_in
from meetbot.attendance import Attendance, Person
from meetbot.naming import stem
from meetbot.state import Item, ItemKind, Meeting
from meetbot.votes import Outcome


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done; `assignees` are the nicks of those it names, none when it names nobody."""

    text: str
    nick: str
    at: datetime
    line: int
    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """One who took part, and how many lines of the log are theirs."""

    nick: str
    lines: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes.

    Nicks are those under which people said most. log: line 1 and on of the meeting's log. copy: tells
    meetings of one name and minute apart, 1 for all but the later ones.
    """

    title: str
    network: str
    channel: str
    series: str
    owner: str
    chairs: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    items: tuple[Item, ...]
    actions: tuple[Action, ...]
    people: tuple[Presence, ...]
    log: tuple[Line, ...]
    is_restricted: bool = False
    copy: int = 1

    @property
    def heading(self) -> str:
        """What stands over the minutes: `#channel: title`."""
        title = self.title or "Meeting"
        if not self.channel:
            return title
        return f"{self.channel}: {title}" if self.title else f"{self.channel} {title}"

    @property
    def stem(self) -> str:
        """How the names of all its files begin."""
        first = stem(self.series, self.started_at)
        return first if self.copy == 1 else f"{first}-{self.copy}"

    def beside(self, stems: Container[str]) -> "Minutes":
        """Return the minutes under the next name that none of these stems is."""
        following = replace(self, copy=self.copy + 1)
        return following.beside(stems) if following.stem in stems else following

    def with_items(self, items: Iterable[Item]) -> "Minutes":
        """Return the minutes with other items; the actions are left as they are."""
        return replace(self, items=tuple(items))

    @property
    def votes(self) -> Sequence[Outcome]:
        """The votes that were held."""
        return [item.vote for item in self.items if item.vote is not None]

    @property
    def unassigned(self) -> Sequence[Action]:
        """The actions that name nobody."""
        return [action for action in self.actions if not action.assignees]

    @property
    def by_person(self) -> Sequence[tuple[str, Sequence[Action]]]:
        """Each one who has something to do, by nick, with what."""
        nicks = sorted({n for a in self.actions for n in a.assignees}, key=lambda n: (n.lower(), n))
        return [(nick, [a for a in self.actions if nick in a.assignees]) for nick in nicks]


@dataclass(frozen=True, slots=True)
class Section:
    """A topic with what was noted under it; before the first one there is no head."""

    head: Item | None
    notes: tuple[Item, ...]
    parts: tuple["Section", ...] = ()


def minutes(meeting: Meeting) -> Minutes:
    """Make the minutes of a meeting, whether it is over or still runs."""
    attendance = meeting.attendance
    return Minutes(
        title=meeting.title,
        network=meeting.network,
        channel=meeting.channel,
        series=meeting.series,
        owner=attendance.person(meeting.owner).name,
        chairs=tuple(dict.fromkeys(attendance.person(chair).name for chair in meeting.chairs)),
        started_at=meeting.started_at,
        ended_at=meeting.ended_at,
        items=meeting.items,
        actions=tuple(_actions(meeting)),
        people=_present(attendance),
        log=tuple(meeting.record),
        is_restricted=meeting.is_restricted,
    )


def _actions(meeting: Meeting) -> Iterator[Action]:
    people = tuple(meeting.attendance.people.values())
    for item in meeting.items:
        if item.kind is ItemKind.ACTION:
            names = dict.fromkeys(person.name for person in named_in(item.text, people))
            yield Action(item.text, item.nick, item.at, item.line, tuple(names))


def _present(attendance: Attendance) -> tuple[Presence, ...]:
    """Return who was there, most lines first.

    One who went and came back under a known nick, but of whom nothing tells that it is the same, is
    put together by that nick, as long as the accounts do not say otherwise.
    """
    rows: list[list[Person]] = []
    for person in attendance.people.values():
        same = next((row for row in rows if _is_same(row[0], person)), None)
        if same is None:
            rows.append([person])
        else:
            same.append(person)
    present = [Presence(row[0].name, sum(person.lines for person in row)) for row in rows]
    return tuple(sorted(present, key=lambda p: (-p.lines, p.nick.lower(), p.nick)))


def _is_same(one: Person, other: Person) -> bool:
    accounts = {account for account in (one.account, other.account) if account is not None}
    return one.name.lower() == other.name.lower() and len(accounts) < 2


def outline(items: Sequence[Item]) -> Sequence[Section]:
    """Put items under their topics and subtopics; topics without anything under them are there too."""
    return [
        _with_parts(section)
        for section in _cut(None, items, ItemKind.TOPIC)
        if not _is_bare(section)
    ]


def _with_parts(section: Section) -> Section:
    first, *rest = _cut(section.head, section.notes, ItemKind.SUBTOPIC)
    return Section(section.head, first.notes, tuple(rest))


def _is_bare(section: Section) -> bool:
    return section.head is None and not section.notes


def _cut(head: Item | None, items: Sequence[Item], kind: ItemKind) -> Iterator[Section]:
    """Yield what comes before the first item of a kind, then each of that kind with what follows it."""
    notes: list[Item] = []
    for item in items:
        if item.kind is kind:
            yield Section(head, tuple(notes))
            head, notes = item, []
        else:
            notes.append(item)
    yield Section(head, tuple(notes))
