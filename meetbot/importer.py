"""Meetings that another bot ran: from its files to minutes.

A log is replayed, so that its minutes are ours with all that belongs to them. What the files' names tell
counts more than the log where they disagree: series, day and minute stand in addresses. Without a log, or
with one in which no meeting begins, the items are those that were published. Lines that the archive has are
linked to it, and what was redacted there stays so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hub.errors import HubError, Invalid
from hub.irc import REMOVED, Kind, Line, casefold, plain, withhold
from hub.reading import Reading, ReadLog, Told
from meetbot.assignees import named_in
from meetbot.attendance import Person
from meetbot.machine import Replayed, replay
from meetbot.meeting_files import LOGS, MINUTES, MeetingFiles
from meetbot.minutes import Action, Minutes, Presence, minutes
from meetbot.naming import series_name
from meetbot.published import (
    Published,
    PublishedItem,
    channel_in,
    flat,
    read_published,
    read_text,
)
from meetbot.rules import FILE_RULES
from meetbot.state import Item, ItemKind

_TALK = frozenset({Kind.SAY, Kind.ACTION})
_NEAR = timedelta(seconds=3)
"""Both clocks count whole seconds: two of them apart is nearly three."""
_HALF_A_DAY = timedelta(hours=12)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one meeting's files hold, before it is known what the archive has of it.

    notes: sentences on what was not understood.
    """

    files: MeetingFiles
    network: str
    channel: str
    lines: tuple[Line, ...]
    published: Published | None
    notes: tuple[str, ...]

    @property
    def first_at(self) -> datetime:
        """When its log begins."""
        return min((line.at for line in self.lines), default=self.files.key.started_at)

    @property
    def last_at(self) -> datetime:
        """When its log ends; without one, when it is surely over."""
        over = self.files.key.started_at + _HALF_A_DAY
        return max((line.at for line in self.lines), default=over)


def read_draft(files: MeetingFiles, read_log: ReadLog, network: str, channel: str) -> Draft:
    """Read a meeting's files. channel: where they do not tell it.

    Raises: Invalid when nothing tells the channel, or none of the files can be read.
    """
    notes: list[str] = []
    published = _published(files, notes)
    told = _channel(files, published) or channel
    if not told:
        raise Invalid("channel", "The files do not tell the channel. Give it with --channel.")
    reading = _log(files, read_log, network, told, notes)
    if not reading.lines and published is None:
        raise Invalid("files", " ".join(notes) or "Nothing in them is understood.")
    notes += [f"not understood: {text[:100]}" for text in reading.missed if text.strip()]
    lines = _on_its_day(reading.lines, files.key.started_at)
    return Draft(files, network, told, lines, published, tuple(notes))


def _published(files: MeetingFiles, notes: list[str]) -> Published | None:
    for ending in MINUTES:
        if ending not in files.files:
            continue
        try:
            found = read_published(read_text(files.files[ending]))
        except HubError as error:
            notes.append(str(error))
            continue
        if found is not None:
            return found
        notes.append(f"{files.files[ending].name} is not laid out as MeetBot's minutes are.")
    return None


def _channel(files: MeetingFiles, published: Published | None) -> str:
    if published is not None and published.channel:
        return published.channel
    page = files.files.get("log.html")
    if page is not None:
        try:
            title = read_text(page).partition("<title>")[2].partition("</title>")[0]
        except HubError:
            title = ""  # reading its log says why
        if found := channel_in(title):
            return found
    return files.channel


def _log(
    files: MeetingFiles, read_log: ReadLog, network: str, channel: str, notes: list[str]
) -> Reading:
    """Read the first log that has lines."""
    for ending in LOGS:
        if ending not in files.files:
            continue
        day = files.key.started_at.date()
        try:
            reading = read_log(files.files[ending], network=network, channel=channel, day=day)
        except HubError as error:
            notes.append(str(error))
            continue
        if reading.lines:
            return reading
        notes.append(f"{files.files[ending].name} holds no line.")
    return Reading((), ())


def _on_its_day(lines: Sequence[Line], started_at: datetime) -> tuple[Line, ...]:
    """Put lines whose clock passed midnight before the first of them was said on the right day."""
    if not lines or abs(lines[0].at - started_at) < _HALF_A_DAY:
        return tuple(lines)
    days = timedelta(days=round((started_at - lines[0].at) / timedelta(days=1)))
    return tuple(replace(line, at=line.at + days) for line in lines)


@dataclass(frozen=True, slots=True)
class Made:
    """Minutes with the refs of their log's lines, and sentences on what differs from what was published."""

    minutes: Minutes
    refs: tuple[str, ...]
    notes: tuple[str, ...] = ()
    from_log: bool = True


def make(draft: Draft, told: Sequence[Told]) -> Sequence[Made]:
    """Make the minutes of a draft. told: what the archive has of the channel in that time.

    More than one where a log holds several meetings; none when it was called off.
    """
    archived = match(draft.lines, told)
    lines = [
        replace(line, text=REMOVED) if known and known.line.text == REMOVED else line
        for line, known in zip(draft.lines, archived, strict=True)
    ]
    replayed = replay(lines, FILE_RULES)
    if replayed.aborted and not replayed.meetings:
        return ()
    found = list(_ended(replayed, lines))
    if not found:
        return _from_published(draft, lines, told)
    found[0] = _named(found[0], draft)
    notes = [*_missed(draft.published, found)]
    if replayed.meeting is not None:
        notes.append(f"the meeting {replayed.meeting.series} has no #endmeeting in its log.")
    made = [Made(each, _refs(each.log, told)) for each in found]
    return [replace(made[0], notes=tuple(notes)), *made[1:]]


def _ended(replayed: Replayed, lines: Sequence[Line]) -> Iterator[Minutes]:
    for meeting in replayed.meetings:
        written = minutes(meeting)
        yield written if written.ended_at else replace(written, ended_at=lines[-1].at)


def _named(written: Minutes, draft: Draft) -> Minutes:
    """Give the log's first meeting the series and the minute that its files' names tell."""
    key = draft.files.key
    series = key.series or written.series
    is_same = written.started_at.replace(second=0, microsecond=0) == key.started_at
    started_at = written.started_at if is_same else key.started_at
    return replace(written, series=series, started_at=started_at, copy=key.copy)


def match(lines: Sequence[Line], told: Sequence[Told]) -> Sequence[Told | None]:
    """Find each line in the archive: same kind, nick and text, at most two seconds apart, the nearest.

    A line of that time and nick that was redacted there is the one, too, when no other is. Each line of the
    archive is found once.
    """
    known: defaultdict[tuple[Kind, str, str], list[Told]] = defaultdict(list)
    for each in told:
        known[_key(each.line, each.line.text)].append(each)
    return [_nearest(line, known) for line in lines]


def _key(line: Line, text: str) -> tuple[Kind, str, str]:
    return line.kind, casefold(line.nick), plain(text).strip()


def _nearest(line: Line, known: dict[tuple[Kind, str, str], list[Told]]) -> Told | None:
    for text in (withhold(line).text, REMOVED):
        same = known.get(_key(line, text), [])
        near = [each for each in same if abs(each.line.at - line.at) < _NEAR]
        if near:
            found = min(near, key=lambda each: abs(each.line.at - line.at))
            same.remove(found)
            return found
    return None


def _refs(log: Sequence[Line], told: Sequence[Told]) -> tuple[str, ...]:
    return tuple(found.ref if found else "" for found in match(log, told))


def _missed(published: Published | None, found: Sequence[Minutes]) -> Iterator[str]:
    """Say what was published and is not in what we made. Votes differ in words, empty items are nothing."""
    if published is None:
        return
    ours = Counter((item.kind, flat(item.text)) for each in found for item in each.items)
    for item in published.items:
        if not item.text or item.kind is ItemKind.VOTE:
            continue
        if ours[item.kind, item.text] > 0:
            ours[item.kind, item.text] -= 1
            continue
        what = f"{item.kind.upper()} {item.text[:200]} ({item.nick}, {item.clock})"
        yield f"published, but not in what its log gives: {what}"


def _from_published(draft: Draft, lines: Sequence[Line], told: Sequence[Told]) -> Sequence[Made]:
    """Make minutes of what was published, beside whatever log there is. Raises: Invalid."""
    published, key = draft.published, draft.files.key
    if published is None:
        raise Invalid("files", f"In the {len(lines)} lines of its log no meeting begins.")
    log = tuple(line for line in lines if line.kind in _TALK)
    clock = _Clock(key.started_at)
    started_at = clock.read(published.started)
    gone = [each.line for each in told if each.line.text == REMOVED]
    items = tuple(_unless_gone(_item(item, clock), gone) for item in published.items)
    written = Minutes(
        title=REMOVED if _is_gone(published.owner, started_at, gone) else published.title,
        network=draft.network,
        channel=draft.channel,
        series=key.series or series_name(published.title, draft.channel),
        owner=published.owner,
        chairs=(published.owner,),
        started_at=started_at if abs(started_at - key.started_at) < _MINUTE else key.started_at,
        ended_at=clock.read(published.ended) if published.ended else clock.now,
        items=items,
        actions=tuple(_actions(items, published)),
        people=tuple(Presence(*person) for person in published.people),
        log=log,
        copy=key.copy,
    )
    return [Made(written, _refs(log, told), from_log=False)]


def _item(item: PublishedItem, clock: "_Clock") -> Item:
    """Make an item; a vote of which only words are left is an info."""
    kind = ItemKind.INFO if item.kind is ItemKind.VOTE else item.kind
    return Item(kind, item.text, item.nick, clock.read(item.clock), item.line, -1)


def _unless_gone(item: Item, gone: Sequence[Line]) -> Item:
    return replace(item, text=REMOVED) if _is_gone(item.nick, item.at, gone) else item


def _is_gone(nick: str, at: datetime, gone: Sequence[Line]) -> bool:
    """Tell whether what somebody said then is among the lines that were redacted."""
    folded = casefold(nick)
    return any(casefold(line.nick) == folded and abs(line.at - at) < _NEAR for line in gone)


def _actions(items: Sequence[Item], published: Published) -> Iterator[Action]:
    people = [
        Person(number, nick, None, ((nick, lines),))
        for number, (nick, lines) in enumerate(published.people)
    ]
    for item in items:
        if item.kind is ItemKind.ACTION:
            names = tuple(person.nick for person in named_in(item.text, people))
            yield Action(item.text, item.nick, item.at, item.line, names)


class _Clock:
    """Gives clock times their dates: a time long before the last one is of the next day."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def read(self, text: str) -> datetime:
        """Return the moment of `HH:MM:SS`, or of a date and time."""
        try:
            at = datetime.fromisoformat(text if " " in text else f"{self.now.date()} {text}")
        except ValueError:
            return self.now
        at = at.replace(tzinfo=UTC)
        if " " not in text and self.now - at > _HALF_A_DAY:
            at += timedelta(days=1)
        self.now = at
        return at
