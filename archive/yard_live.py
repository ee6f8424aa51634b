"""The yard as it is: its list of talks goes to all open pages whenever it has changed.

One task makes the list for all readers of the process, at most once in a second and only while there are any.
"""

import asyncio
import logging
from collections.abc import Callable

from sqlmodel import Session

from hub.app import App
from hub.errors import HubError
from web.live import BEAT, BEAT_S, OPEN, Events, event

_log = logging.getLogger(__name__)

_PAUSE_S = 1.0
_LOOK_S = 5.0  # a bot that dies tells nobody


class YardLive:
    """The open pages of one process' yard; `render` makes the list's HTML."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._readers = 0
        self._html = ""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def events(self, render: Callable[[Session], str]) -> Events:
        """Yield the list now, and again whenever it is another one."""
        self._readers += 1
        try:
            if self._task is None or self._task.done():
                self._html = ""
                self._task = asyncio.create_task(self._follow(render))
            yield OPEN
            told = ""
            while True:
                changed = self._changed
                if self._html != told:
                    told = self._html
                    yield event({"html": told}, name="talks")
                    continue
                try:
                    await asyncio.wait_for(changed.wait(), BEAT_S)
                except TimeoutError:
                    yield BEAT
        finally:
            self._readers -= 1
            if not self._readers and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _follow(self, render: Callable[[Session], str]) -> None:
        while True:
            count = self._app.pulse.count
            try:
                html = await self._app.read(render)
            except HubError as error:
                _log.warning("the yard waits for the database: %s", error)
                html = self._html
            if html != self._html:
                self._html = html
                self._changed.set()
                self._changed = asyncio.Event()
            await asyncio.sleep(_PAUSE_S)
            await self._app.pulse.after(count, _LOOK_S)
