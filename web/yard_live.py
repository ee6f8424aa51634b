"""The yard as it is: its panels go to all open pages whenever they have changed.

One task makes them for all readers of the process, at most once in a second and only while there are any;
once for all who see the same, which are all guests of a language.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlmodel import Session

from hub.app import App
from hub.errors import HubError
from hub.language import language, speaking
from hub.people import Actor
from web.live import BEAT, BEAT_S, OPEN, Events, event

_log = logging.getLogger(__name__)

_PAUSE_S = 1.0
_LOOK_S = 5.0  # a bot that dies tells nobody
_SHARE = 10
"""The task rests so many times as long as it worked: readers with an account each cost a drawing."""

Draw = Callable[[Session, Actor], str]
"""Renders what changes, for one reader, in the language that is set."""


class View(NamedTuple):
    """What a reader sees depends on who they are and on their language."""

    actor: Actor
    language: str


class YardLive:
    """The open yards of one process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._readers: Counter[View] = Counter()
        self._html: dict[View, str] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def events(self, actor: Actor, draw: Draw) -> Events:
        """Yield the panels now, and again whenever they are others."""
        view = View(actor, language.get())
        self._readers[view] += 1
        try:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._follow(draw))
            elif view not in self._html:
                await self._draw(draw, [view])
            yield OPEN
            told = ""
            while True:
                changed = self._changed
                html = self._html.get(view, "")
                if html != told:
                    told = html
                    yield event({"html": told}, name="now")
                    continue
                try:
                    await asyncio.wait_for(changed.wait(), BEAT_S)
                except TimeoutError:
                    yield BEAT
        finally:
            self._leave(view)

    def _leave(self, view: View) -> None:
        self._readers[view] -= 1
        if not self._readers[view]:
            del self._readers[view]
            self._html.pop(view, None)
        if not self._readers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _follow(self, draw: Draw) -> None:
        while True:
            count, began = self._app.pulse.count, time.monotonic()
            try:
                await self._draw(draw, list(self._readers))
            except HubError as error:
                _log.warning("the yard waits for the database: %s", error)
            await asyncio.sleep(max(_PAUSE_S, _SHARE * (time.monotonic() - began)))
            await self._app.pulse.after(count, _LOOK_S)

    async def _draw(self, draw: Draw, views: Sequence[View]) -> None:
        """Make what each view shows, and wake the readers when any of it is new."""

        def each(session: Session) -> dict[View, str]:
            return {view: _in_language(view, draw, session) for view in views}

        drawn = {v: html for v, html in (await self._app.read(each)).items() if v in self._readers}
        if any(self._html.get(view) != html for view, html in drawn.items()):
            self._html |= drawn
            self._changed.set()
            self._changed = asyncio.Event()


def _in_language(view: View, draw: Draw, session: Session) -> str:
    with speaking(view.language):
        return draw(session, view.actor)
