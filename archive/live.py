"""A channel as it is spoken: lines go to all open pages as they become visible.

One task follows the line ids for all readers of the process: one query for each pulse, however many read
along. A reader is first told what came after the line it knows (`Last-Event-ID`, or `?after=`), then
takes part in what the task hands out; what both bring is sent once, by its id.

A second task tells those who ask for it how the bots stand to their channel, now and when it changes: silence
must not be taken for quiet. It looks, for a bot that died tells nobody.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from sqlmodel import Session

from archive.addresses import Addresses
from archive.entries import Channel, Entry
from archive.queries import channels, entries_after, find_line, last_id, stream
from archive.render import render_line, sheet
from archive.shelves import State, shelf
from archive.watching import states
from hub.app import App
from hub.clock import from_micros
from hub.errors import HubError
from hub.events import events_since, last_event
from hub.language import language, speaking
from web.live import BEAT, BEAT_S, OPEN, Events, event

_log = logging.getLogger(__name__)

_BATCH = 500
_CATCH_UP = 1000  # lines that a returning reader is sent; beyond that it reloads the page
_CATCH_UP_IDS = 100_000  # ids of all channels that are looked through for them
_WAITING = 2000  # events that a slow reader may leave unread
_RETRY_S = 1.0
_LOOK_S = 2.0
_LAST = 1 << 62  # an id above all others: of the event with which a stream ends
_ASIDE = 0  # of an event that is no new line, and so no place to go on from

Key = tuple[str, str]
"""A channel as the task knows it: network and slug."""


class Reader:
    """One open page: the events that wait for it. `late` when it could not keep up.

    `standing` is how the bots stand as it was told last; None before it was told anything. `language` is
    that of the request.
    """

    def __init__(self, *, asks_standing: bool) -> None:
        self.asks_standing = asks_standing
        self.language = language.get()
        self.standing: Sequence[State] | None = None
        self.waiting: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(_WAITING)
        self.late = False

    def give(self, id_: int, chunk: bytes) -> None:
        """Hand an event over, or note that the reader is too slow."""
        try:
            self.waiting.put_nowait((id_, chunk))
        except asyncio.QueueFull:
            self.late = True


class Live:
    """The live pages of one process, in the event loop that serves them."""

    def __init__(self, app: App, addresses: Addresses) -> None:
        self._app = app
        self._addresses = addresses
        self._readers: defaultdict[Key, set[Reader]] = defaultdict(set)
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    async def events(
        self, channel: Channel, after: int | None, *, standing: bool = False
    ) -> Events:
        """Yield a channel's lines as events from `after` (a line id) on, from now on for None.

        `standing`: with how the bots stand to it, at first and when it changes.
        """
        key = (channel.network, channel.slug)
        reader = Reader(asks_standing=standing)
        self._readers[key].add(reader)
        try:
            await self._follow()
            yield OPEN
            sent = after or 0
            for id_, chunk in await self._app.read(lambda s: self._missed(s, channel, after)):
                sent = id_
                yield chunk
            while not reader.late:
                try:
                    id_, chunk = await asyncio.wait_for(reader.waiting.get(), BEAT_S)
                except TimeoutError:
                    yield BEAT
                    continue
                if id_ > sent or id_ == _ASIDE:
                    sent = max(sent, id_)
                    yield chunk
                if id_ == _LAST:
                    return
        finally:
            self._leave(key, reader)

    def _leave(self, key: Key, reader: Reader) -> None:
        self._readers[key].discard(reader)
        if not self._readers[key]:
            del self._readers[key]
        if not self._readers:
            for task in filter(None, (self._task, self._looking)):
                task.cancel()
            self._task = self._looking = None

    async def _follow(self) -> None:
        """Make sure that the task runs and knows from where."""
        async with self._starting:
            if self._task is None or self._task.done():
                cursor, told = await self._app.read(lambda s: (last_id(s), last_event(s)))
                self._task = asyncio.create_task(self._hand_out(cursor, told))
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Tell the readers who ask for it how the bots stand, whenever that has changed."""
        while True:
            try:
                found = await self._app.read(partial(self._standings, self._asked()))
            except HubError as error:
                _log.warning("live pages wait for the database: %s", error)
                found = {}
            for (key, code), told in found.items():
                for reader in tuple(self._readers.get(key, ())):
                    is_news = reader.asks_standing and reader.standing != told
                    if is_news and reader.language == code:
                        reader.standing = told
                        reader.give(_ASIDE, _standing(told))
            await asyncio.sleep(_LOOK_S)

    def _asked(self) -> frozenset[tuple[Key, str]]:
        """Return the channels whose readers ask how the bots stand, with their languages."""
        asking = ((k, r) for k, readers in self._readers.items() for r in readers)
        return frozenset((key, reader.language) for key, reader in asking if reader.asks_standing)

    def _standings(
        self, asked: frozenset[tuple[Key, str]], session: Session
    ) -> Mapping[tuple[Key, str], Sequence[State]]:
        """Return how the bots stand to channels, in words of a language."""
        config, addresses = self._app.config, self._addresses
        followed = {(c.network, c.slug): c for c in channels(session)}
        found: dict[tuple[Key, str], Sequence[State]] = {}
        for code in {code for _, code in asked}:
            with speaking(code):
                known = states(session, self._app.clock())
                for key in followed.keys() & {k for k, its in asked if its == code}:
                    told = shelf(config, addresses, *key, followed[key], known).states
                    found[key, code] = told
        return found

    async def _hand_out(self, cursor: int, told: int) -> None:
        """Hand out the lines after `cursor`, and the redactions after the event `told`."""
        pulse = self._app.pulse
        while True:
            count = pulse.count
            try:
                found, newest = await self._app.read(lambda s, c=cursor: _fresh(s, c))  # type: ignore[misc]
                redacted, told = await self._app.read(lambda s, t=told: _redacted(s, t))  # type: ignore[misc]
            except HubError as error:
                _log.warning("live pages wait for the database: %s", error)
                await asyncio.sleep(_RETRY_S)
                continue
            if newest < cursor:  # an older backup was restored: what readers know is no more
                self._send_away(newest)
            cursor = newest
            for id_, network, slug, entry in found:
                self._give(id_, (network, slug), entry, "")
            for channel, entry in redacted:
                self._give(_ASIDE, (channel.network, channel.slug), entry, "redacted")
            if not found:
                await pulse.after(count, BEAT_S)

    def _give(self, id_: int, key: Key, entry: Entry, name: str) -> None:
        readers = self._readers.get(key)
        chunks: dict[str, bytes] = {}
        for reader in tuple(readers or ()):
            if reader.language not in chunks:
                with speaking(reader.language):
                    chunks[reader.language] = self._event(*key, entry, name)
            reader.give(id_, chunks[reader.language])

    def _send_away(self, newest: int) -> None:
        """Tell all readers to load their page anew, and end their streams."""
        for readers in self._readers.values():
            for reader in readers:
                reader.give(_LAST, _stale(newest))

    def _missed(
        self, session: Session, channel: Channel, after: int | None
    ) -> Sequence[tuple[int, bytes]]:
        if after is None:
            return []
        newest = last_id(session)
        stale = [(newest, _stale(newest))]
        if not 0 <= newest - after <= _CATCH_UP_IDS:
            return stale
        entries = entries_after(session, channel, after, _CATCH_UP + 1)
        if len(entries) > _CATCH_UP:
            return stale
        return [(e.id, self._event(channel.network, channel.slug, e)) for e in entries]

    def _event(self, network: str, slug: str, entry: Entry, name: str = "") -> bytes:
        day = from_micros(entry.at).date()
        url = self._addresses.day(network, slug, day)
        html = render_line(entry.row, sheet(day, url.rpartition("/")[2], [entry.nick]))
        told = {"id": entry.id, "at": entry.anchor, "day": day.isoformat(), "html": html}
        return event(told | {"url": url}, id_=None if name else entry.id, name=name)


def _fresh(session: Session, cursor: int) -> tuple[Sequence[tuple[int, str, str, Entry]], int]:
    """Return the lines after the cursor, and the cursor after them, which may lie further back."""
    found = list(stream(session, cursor, _BATCH))
    return found, found[-1][0] if found else last_id(session)


def _redacted(session: Session, told: int) -> tuple[Sequence[tuple[Channel, Entry]], int]:
    """Return the lines that were redacted after an event, as they are now, and the last event."""
    events = events_since(session, min(told, last_event(session)), _BATCH)
    refs = [e.ref for e in events if e.name == "line.redacted"]
    lines = [found for ref in refs if (found := find_line(session, ref)) is not None]
    return lines, events[-1].id if events else min(told, last_event(session))


def _standing(told: Sequence[State]) -> bytes:
    found = [{"look": state.look, "words": state.words} for state in told]
    return event({"states": found}, name="standing")


def _stale(newest: int) -> bytes:
    return event({}, id_=newest, name="stale")
