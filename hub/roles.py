"""Runs the parts of one process together until somebody says stop."""

import logging
import signal
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import anyio

from hub import __version__
from hub.app import App

_log = logging.getLogger(__name__)
_PATIENCE_S = 8.0
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


class Role(Protocol):
    """A part that runs: the web server, a network's bot, the worker.

    One that `restarts` is run again when it fails; the failure of another one ends the process.
    """

    name: str
    restarts: bool

    async def run(self) -> None:
        """Run until closed or cancelled."""

    async def close(self) -> None:
        """Finish what was begun; `run` returns soon after."""


async def run_roles(app: App, roles: Sequence[Role]) -> None:
    """Run all roles until SIGINT or SIGTERM; then close them, the last one first."""
    where = app.db.url.render_as_string(hide_password=True)
    _log.info("madang %s: the data is in %s", __version__, where)
    _warn_of_open(app.config.data_dir)
    if not roles:
        _log.warning("nothing to run: no [[network]] is configured for the bot")
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with app.pulse.running(), anyio.create_task_group() as group:
            for role in roles:
                group.start_soon(_supervised, role)
            async for number in signals:
                _log.info("stopping on %s", signal.Signals(number).name)
                break
            await _close(roles)
            group.cancel_scope.cancel()
    app.db.close()


def _warn_of_open(folder: Path) -> None:
    """Tell when others on this machine can read what was redacted; a group may be meant."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o007:
        _log.warning(
            "the data folder %s is open to every user of this machine (mode %o): chmod o-rwx %s",
            folder,
            mode,
            folder,
        )


async def _supervised(role: Role) -> None:
    """Run a role; after a failure again, and again, with longer and longer pauses."""
    pause = _FIRST_PAUSE_S
    while True:
        try:
            return await role.run()
        except Exception:
            _log.exception("%s failed", role.name)
            if not role.restarts:
                raise
        await anyio.sleep(pause)
        pause = min(_LONGEST_PAUSE_S, pause * 2)


async def _close(roles: Sequence[Role]) -> None:
    for role in reversed(roles):
        with anyio.move_on_after(_PATIENCE_S) as patience:
            await role.close()
        if patience.cancelled_caught:
            _log.warning("%s did not stop within %d s", role.name, _PATIENCE_S)
