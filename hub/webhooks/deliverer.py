"""The deliverer: tells webhooks what waits for them, several at once, each one thing after another."""

import logging
import ssl
from dataclasses import dataclass, field
from functools import partial

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from hub.app import App
from hub.webhooks.queue import Parcel, next_due, settle, take
from hub.webhooks.sending import PATIENCE_S, send

_log = logging.getLogger(__name__)
_LOOK_S = 15.0
_AT_ONCE = 8


@dataclass(slots=True)
class Deliverer:
    """A part of the process that works. One slow receiver takes up one of its hands, not the others."""

    app: App
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    patience_s: float = PATIENCE_S
    name: str = "webhooks"
    restarts: bool = True
    _busy: set[int] = field(default_factory=set)
    _hands: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))

    async def run(self) -> None:
        """Run until cancelled: send what is due, then wait for more."""
        async with anyio.create_task_group() as group:
            while True:
                count = self.app.pulse.count
                if not await self._begin(group):
                    await self.app.pulse.after(count, _LOOK_S)

    async def close(self) -> None:
        """Nothing is in the air that would not come again."""

    async def deliver(self) -> None:
        """Send all that is due now, and return when that is done. For tests."""
        while True:
            async with anyio.create_task_group() as group:
                while await self._begin(group):
                    pass
            if not await self._is_due():
                return

    async def _begin(self, group: TaskGroup) -> bool:
        """Begin to send one delivery; tell whether there may be more."""
        app = self.app
        if len(self._busy) >= _AT_ONCE or not await self._is_due():
            return False
        busy, now = frozenset(self._busy), app.clock()
        parcel = await app.write(lambda s: take(s, app, busy, now=now))
        if parcel is not None:
            self._busy.add(parcel.hook)
            group.start_soon(self._send, parcel)
        return True

    async def _is_due(self) -> bool:
        busy = frozenset(self._busy)
        due = await self.app.read(lambda s: next_due(s, busy))
        return due is not None and due <= self.app.clock()

    async def _send(self, parcel: Parcel) -> None:
        app = self.app
        try:
            work = partial(
                send, parcel, allow_private=app.config.webhooks.allow_private,
                trust=self.trust, patience_s=self.patience_s,
            )  # fmt: skip
            outcome = await anyio.to_thread.run_sync(
                work, abandon_on_cancel=True, limiter=self._hands
            )
            now = app.clock()
            await app.write(lambda s: settle(s, app, parcel, outcome, now=now))
            word = "ok" if outcome.is_good else "failed"
            app.metrics.add("madang_webhooks_total", result=word)
            _log.info("webhooks: delivery %d to %d: %s", parcel.id, parcel.hook, word)
        finally:
            self._busy.discard(parcel.hook)
