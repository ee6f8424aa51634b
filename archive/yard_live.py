"""The yard as it is: its list of talks goes to all open pages whenever it has changed.

One task makes the list for all readers of the process, once for each of their languages, at most once in a
second and only while there are any.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlmodel import Session

from hub.app import App
from hub.errors import HubError
from hub.language import language, speaking
from web.live import BEAT, BEAT_S, OPEN, Events, event

_log = logging.getLogger(__name__)

_PAUSE_S = 1.0
_LOOK_S = 5.0  # a bot that dies tells nobody


class YardLive:
    """The open pages of one process' yard; `render` makes the list's HTML."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._readers: Counter[str] = Counter()
        self._html: Mapping[str, str] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def events(self, render: Callable[[Session], str]) -> Events:
        """Yield the list now, and again whenever it is another one."""
        code = language.get()
        self._readers[code] += 1
        try:
            if self._task is None or self._task.done():
                self._html = {}
                self._task = asyncio.create_task(self._follow(render))
            yield OPEN
            told = ""
            while True:
                changed = self._changed
                if self._html.get(code, told) != told:
                    told = self._html[code]
                    yield event({"html": told}, name="talks")
                    continue
                try:
                    await asyncio.wait_for(changed.wait(), BEAT_S)
                except TimeoutError:
                    yield BEAT
        finally:
            self._readers[code] -= 1
            if not self._readers.total() and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _follow(self, render: Callable[[Session], str]) -> None:
        while True:
            count = self._app.pulse.count
            codes = [code for code, readers in self._readers.items() if readers]
            try:
                html = await self._app.read(partial(_in_all, codes, render))
            except HubError as error:
                _log.warning("the yard waits for the database: %s", error)
                html = self._html
            if html != self._html:
                self._html = html
                self._changed.set()
                self._changed = asyncio.Event()
            await asyncio.sleep(_PAUSE_S)
            await self._app.pulse.after(count, _LOOK_S)


def _in_all(
    codes: Sequence[str], render: Callable[[Session], str], session: Session
) -> Mapping[str, str]:
    """Return the list in each of the languages."""
    made: dict[str, str] = {}
    for code in codes:
        with speaking(code):
            made[code] = render(session)
    return made
