"""Minutes as they are taken: an open page of a running meeting changes by itself.

One task looks after all readers of the process: at each pulse it asks whether anything was said in the
meetings that are followed, and only then makes their minutes anew, once for each language in which they are
read. What readers are sent is the whole of the minutes, so that one who missed something is right again with
the next event.
"""

import asyncio
import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from hub.app import App
from hub.errors import HubError, NotFound
from hub.events import last_event
from hub.language import language, speaking
from hub.reading import ChannelPast
from meetbot.queries import brief
from meetbot.series import Series
from meetbot.shown import Known, Shown, show
from meetbot.tables import MeetingRow, SeriesRow
from web.live import BEAT, BEAT_S, OPEN, Events, event

_log = logging.getLogger(__name__)

_RETRY_S = 1.0
_CALM_S = 0.25
"""At least so long between two looks, and twice as long as the last one took: the bot comes first."""

Followed = tuple[int, str]
"""A meeting's id, and the language in which it is read."""

Draw = Callable[[Shown], str]
"""Renders the part of the page that changes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What readers of a meeting are to know. mark: of what it was made; number: of what it says."""

    mark: tuple[object, ...]
    number: int
    chunk: bytes
    is_last: bool = False
    is_private: bool = False


class Reader:
    """One open page. `newest` is what it is to be told, of which only the last counts."""

    def __init__(self, *, sees_private: bool) -> None:
        self.sees_private = sees_private
        self.language = language.get()
        self.newest: Told | None = None
        self.woken = asyncio.Event()

    def give(self, told: Told) -> None:
        """Let it be told; a slow reader skips what came in between."""
        self.newest = told if self.sees_private or not told.is_private else _gone(told.mark)
        self.woken.set()


class LiveMinutes:
    """The running meetings whose pages are open in this process, in the loop that serves them."""

    def __init__(self, app: App, past: ChannelPast) -> None:
        self._app = app
        self._past = past
        self._readers: defaultdict[Followed, set[Reader]] = defaultdict(set)
        self._told: dict[Followed, Told] = {}
        self._task: asyncio.Task[None] | None = None

    async def events(self, id_: int, reader: Reader, known: int | None, draw: Draw) -> Events:
        """Yield a meeting's minutes as events whenever they change, until it is over.

        known: the number of what the page shows already.
        """
        followed = id_, reader.language
        self._readers[followed].add(reader)
        try:
            self._follow(draw)
            found = await self._app.read(lambda s: self._look(s, followed, draw))
            if reader.newest is None:  # else the task was quicker, and its word is newer
                reader.give(found)
            yield OPEN
            while True:
                told = await _next(reader)
                if told is None:
                    yield BEAT
                    continue
                if told.number != known or told.is_last:
                    known = told.number
                    yield told.chunk
                if told.is_last:
                    return
        finally:
            self._leave(followed, reader)

    def _leave(self, followed: Followed, reader: Reader) -> None:
        self._readers[followed].discard(reader)
        if not self._readers[followed]:
            del self._readers[followed]
            self._told.pop(followed, None)
        if not self._readers and self._task is not None:
            self._task.cancel()
            self._task = None

    def _follow(self, draw: Draw) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hand_out(draw))

    async def _hand_out(self, draw: Draw) -> None:
        pulse = self._app.pulse
        while True:
            count, began = pulse.count, time.monotonic()
            every = tuple(self._readers)
            try:
                looked = await self._app.read(lambda s, f=every: self._look_at(s, f, draw))  # type: ignore[misc]
            except HubError as error:
                _log.warning("live minutes wait for the database: %s", error)
                await asyncio.sleep(_RETRY_S)
                continue
            for followed, told in looked:
                if followed in self._readers and self._told.get(followed) != told:
                    self._told[followed] = told
                    for reader in tuple(self._readers[followed]):
                        reader.give(told)
            await asyncio.sleep(max(_CALM_S, 2 * (time.monotonic() - began)))
            await pulse.after(count, BEAT_S)

    def _look_at(
        self, session: Session, every: Sequence[Followed], draw: Draw
    ) -> Sequence[tuple[Followed, Told]]:
        return [(followed, self._look(session, followed, draw)) for followed in every]

    def _look(self, session: Session, followed: Followed, draw: Draw) -> Told:
        """Return what is to be told of a meeting; made anew only when it may have changed."""
        id_, code = followed
        row = session.get(MeetingRow, id_)
        slug = session.get(SeriesRow, row.series_id) if row is not None else None
        if row is None or slug is None:
            return _gone((id_,))
        newest = self._past.newest(session, row.network, row.channel)
        mark = (newest, last_event(session), row.ended_at, slug.slug, row.copy_)
        known = self._told.get(followed)
        if known is not None and known.mark == mark:
            return known
        series = Series(row.series_id, slug.slug, slug.title, slug.about, slug.agenda_url)
        try:
            shown = show(
                session, Known(row, brief(row, slug.slug), series), self._app.config, self._past
            )
        except NotFound:  # its lines say that it is over: the bot is about to see to it
            return replace(known, mark=mark) if known is not None else _gone(mark)
        with speaking(code):
            return _told(mark, shown, draw)


def number_of(html: str) -> int:
    """Return the number of what a part of a page says; it tells whether a page shows that already."""
    return int.from_bytes(hashlib.blake2b(html.encode("utf-8", "replace"), digest_size=6).digest())


async def _next(reader: Reader) -> Told | None:
    """Wait for something to tell; None after a while without."""
    try:
        await asyncio.wait_for(reader.woken.wait(), BEAT_S)
    except TimeoutError:
        return None
    reader.woken.clear()
    return reader.newest


def _told(mark: tuple[object, ...], shown: Shown, draw: Draw) -> Told:
    html = draw(shown)
    number = number_of(html)
    told = {
        "html": html,
        "url": shown.brief.key.url(),
        "title": shown.minutes.heading,
        "items": len(shown.minutes.items),
    }
    is_last = not shown.is_running
    chunk = event(told, id_=number, name="ended" if is_last else "")
    private = shown.minutes.is_restricted
    return Told(mark, number, chunk, is_last, private)


def _gone(mark: tuple[object, ...]) -> Told:
    """Tell that there is nothing to read here, or not any more."""
    return Told(mark, -1, event({}, name="gone"), is_last=True)
