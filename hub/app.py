"""The running hub: what `hub/bootstrap.py` builds and passes to everything that needs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import anyio.to_thread
from sqlmodel import Session

from hub.clock import Clock
from hub.config import Config
from hub.db import Database
from hub.metrics import Metrics
from hub.module import Module
from hub.passes import Passes
from hub.pulse import Pulse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class App:
    """Configuration, the two doors, the clock, the pulse, modules and passes of one process."""

    config: Config
    db: Database
    clock: Clock
    pulse: Pulse
    metrics: Metrics
    modules: Sequence[Module]
    passes: Passes

    async def read(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` on a snapshot, in a thread."""
        return await anyio.to_thread.run_sync(self.db.read, fn)

    async def write(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` in one transaction, in a thread, and tell the others when it is on disk."""
        value = await anyio.to_thread.run_sync(self.db.write, fn)
        self.pulse.beat()
        return value

    @property
    def main_network(self) -> str:
        """The network that addresses leave out: the first one configured."""
        return self.config.network[0].name if self.config.network else ""
