"""The indexer as a part of a process: who gets the lock writes this machine's index, others stand by."""

import logging
from contextlib import ExitStack

import anyio
import anyio.to_thread

from hub.app import App
from search.engine import Busy
from search.index import Index
from search.keeper import Keeper
from search.place import WRITING

_log = logging.getLogger(__name__)
_IDLE_S = 5.0
_APART_S = 0.15
"""A commit costs some 30 ms of a core: under load they come so far apart."""
_STAND_BY_S = 3.0


class Indexer:
    """Follows what happens with the index. `waits_s`: lets a process that is made for it go first."""

    name = "search"
    restarts = True

    def __init__(self, app: App, index: Index, waits_s: float = 0.0) -> None:
        self._app, self._index, self._waits_s = app, index, waits_s
        self._closing = anyio.Event()
        self._ended = anyio.Event()

    async def run(self) -> None:
        """Run until closed or cancelled."""
        await self._pause(self._waits_s)
        try:
            while not self._closing.is_set():
                with ExitStack() as stack:
                    if stack.enter_context(self._index.place.locked(WRITING)):
                        await self._write()
                await self._pause(_STAND_BY_S)
        finally:
            self._ended.set()

    async def close(self) -> None:
        """End after the step that is being taken."""
        self._closing.set()
        await self._ended.wait()

    async def _write(self) -> None:
        app = self._app
        keeper = Keeper(app.db, app.modules, self._index.place, self._index.engine)
        try:
            while not self._closing.is_set():
                count = app.pulse.count
                try:
                    more = await anyio.to_thread.run_sync(keeper.step)
                except Busy as error:
                    _log.warning("search: another process holds the index: %s", error)
                    return
                if keeper.mark.complete:
                    await self._pause(_APART_S)
                if not more:
                    await self._beat(count)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(keeper.close)

    async def _beat(self, count: int) -> None:
        async with anyio.create_task_group() as group:

            async def until_closed() -> None:
                await self._closing.wait()
                group.cancel_scope.cancel()

            group.start_soon(until_closed)
            await self._app.pulse.after(count, _IDLE_S)
            group.cancel_scope.cancel()

    async def _pause(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._closing.wait()
