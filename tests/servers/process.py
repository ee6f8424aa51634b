"""A program that a test started, and everything that program started."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.servers.deadline import TooLate, wait_until


class Process:
    """One program in a process group of its own, its output in `log`.

    The same object starts it as often as a test likes; the log keeps the output of all starts.
    `user` is for programs that refuse to run as root.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
        stop_signal: int = signal.SIGTERM,
    ) -> None:
        self.argv = list(argv)
        self.log = log
        self._env = {**os.environ, **(env or {})}
        self._cwd = cwd
        self._account = pwd.getpwnam(user) if user else None
        self._stop_signal = stop_signal
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; the same number is the group's."""
        assert self._child is not None, f"{self.argv[0]} was not started"
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """True from a start until the program's end."""
        return self._child is not None and self._child.poll() is None

    @property
    def output(self) -> str:
        """All that it has written to standard output and error, over all starts."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def start(self) -> None:
        """Start it; returns at once."""
        assert not self.is_running, f"{self.argv[0]} runs already"
        self.kill()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = self._popen(log)

    def _popen(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_dies_with_us(), *self.argv],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=self._env,
            cwd=self._cwd,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
            start_new_session=True,
        )

    def wait(self, timeout_s: float = 15.0) -> int:
        """Wait for its end by itself; the exit status, negative for a signal.

        Raises: TooLate when it goes on.
        """
        assert self._child is not None, f"{self.argv[0]} was not started"
        try:
            return self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise TooLate(f"{self.argv[0]} did not end within {timeout_s:g} s\n{self.tail()}")

    def wait_for_output(self, words: str, timeout_s: float = 15.0) -> None:
        """Wait until the words stand in its output.

        Raises: TooLate, also when it ends without them.
        """
        self.wait_until(lambda: words in self.output, f"{words!r} in the output", timeout_s)

    def wait_until(
        self, condition: Callable[[], object], what: str, timeout_s: float = 15.0
    ) -> None:
        """Wait for a condition, but no longer than the program lives.

        Raises: TooLate with the end of its output.
        """
        try:
            wait_until(lambda: condition() or not self.is_running, what, timeout_s)
        except TooLate as error:
            raise TooLate(f"{self.argv[0]}: {error}\n{self.tail()}") from None
        if not condition():
            raise TooLate(f"{self.argv[0]} ended before there was {what}\n{self.tail()}")

    def tail(self, lines: int = 30) -> str:
        """The last lines of its output, for a message."""
        return "\n".join(self.output.splitlines()[-lines:])

    def signal(self, number: int) -> None:
        """Send a signal to the program alone."""
        os.kill(self.pid, number)

    def pause(self) -> None:
        """Freeze it: its connections stay open and nobody answers."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after a pause."""
        os.killpg(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it and all it started as a crash would: at once, without a word. Repeatable."""
        if self._child is None:
            return
        self._signal_group(signal.SIGKILL)
        self._child.wait(15)
        self._child = None  # its number may become another program's

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ask it to end, and kill what is left after the time is up. Repeatable."""
        if self.is_running:
            self._signal_group(signal.SIGCONT)
            self.signal(self._stop_signal)
            with contextlib.suppress(TooLate):
                self.wait(timeout_s)
        self.kill()

    def _signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _dies_with_us() -> list[str]:
    """On Linux, a prefix that ends the program when the test run itself is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
