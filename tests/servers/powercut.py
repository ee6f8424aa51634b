"""A file system that forgets, at a power cut, what was not synced.

Writes stay in memory until fsync or fdatasync of their file; `cut` drops the rest, and from then on
every call fails as on a dead disk. What reached `survived` is what a disk would hold. New, renamed
and removed names count at once, so this tests that data is durable, not that names are.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import Process
from tests.servers.programs import path_to, require_fuse


class PowercutFs:
    """Mounts the forgetful file system at `mount`; what was synced stands in `survived`."""

    def __init__(self, folder: Path) -> None:
        require_fuse()
        self._unmount = path_to("fusermount3")
        self.mount = folder / "mount"
        self.survived = folder / "survived"
        for made in (self.mount, self.survived):
            made.mkdir(parents=True)
        argv = [
            sys.executable,
            "-m",
            "tests.servers.forgetful",
            str(self.survived),
            str(self.mount),
        ]
        self._process = Process(argv, folder / "powercut.log", cwd=Path(__file__).parents[2])

    def start(self) -> Self:
        """Mount it."""
        self._process.start()
        self._process.wait_until(lambda: os.path.ismount(self.mount), "a mounted file system")
        return self

    def cut(self) -> None:
        """Cut the power: what was not synced is gone and every further call fails with EIO."""
        self._process.signal(signal.SIGUSR1)
        self._process.wait_for_output("power cut")

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Take no writes while this is entered: they fail with EROFS."""
        self._process.signal(signal.SIGUSR2)
        self._process.wait_for_output("read-only")
        yield
        self._process.signal(signal.SIGUSR2)
        self._process.wait_for_output("writable")

    def close(self) -> None:
        """Unmount it. Repeatable."""
        argv = [self._unmount, "-u", "-z", str(self.mount)]
        subprocess.run(argv, check=False, capture_output=True)
        self._process.stop()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
