"""The file system behind `powercut`, a process of its own: FUSE calls on a folder.

Apart from powercut.py because importing mfusepy needs FUSE's library. SIGUSR1 is the power cut; SIGUSR2 makes
it read-only, as a disk with flaws is mounted, and at the next time writable again.
"""

import errno
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, cast

from mfusepy import FUSE, FuseOSError, Operations

_CUT, _TURN = signal.SIGUSR1, signal.SIGUSR2
_STAT = ("st_gid", "st_mode", "st_nlink", "st_uid")
_STATFS = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files")


@dataclass(slots=True)
class _Unsynced:
    """One file's waiting changes in order: data at an offset, or None for a truncation there."""

    size: int
    changes: list[tuple[int, bytes | None]] = field(default_factory=list)

    def over(self, synced: bytes, offset: int) -> bytes:
        """The bytes of a read at `offset`, `synced` being those on the disk, zero-padded."""
        seen = bytearray(synced)
        end = offset + len(seen)
        for at, data in self.changes:
            if data is None:
                first = min(max(at, offset), end)
                seen[first - offset :] = bytes(end - first)
                continue
            first, last = max(at, offset), min(at + len(data), end)
            if first < last:
                seen[first - offset : last - offset] = data[first - at : last - at]
        return bytes(seen)


class _Forgetful(Operations):
    """The file system's calls, on the folder `root`. Paths start with a slash."""

    use_ns = True

    def __init__(self, root: str) -> None:
        self._root = root
        self._dead = False
        self._is_read_only = False
        self._lock = threading.RLock()
        self._unsynced: dict[str, _Unsynced] = {}

    def cut(self) -> None:
        with self._lock:
            self._dead = True
            lost = sum(len(file.changes) for file in self._unsynced.values())
            self._unsynced.clear()
        print(f"power cut: {lost} unsynced writes lost", flush=True)

    def _real(self, path: str) -> str:
        if self._dead:
            raise _error(errno.EIO)
        return self._root + path

    def turn(self) -> None:
        with self._lock:
            self._is_read_only = not self._is_read_only
        print("read-only" if self._is_read_only else "writable", flush=True)

    def _writable(self, path: str) -> str:
        if self._is_read_only:
            raise _error(errno.EROFS)
        return self._real(path)

    def _size(self, path: str, fh: int) -> int:
        waiting = self._unsynced.get(path)
        return waiting.size if waiting else os.fstat(fh).st_size

    # -- files

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        with self._lock:
            stat = _checked(os.lstat, self._real(path))
            waiting = self._unsynced.get(path)
            times = {f"st_{x}time": getattr(stat, f"st_{x}time_ns") for x in "acm"}
            size = waiting.size if waiting else stat.st_size
            return {**{key: getattr(stat, key) for key in _STAT}, **times, "st_size": size}

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        with self._lock:
            self._unsynced.pop(path, None)
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
            return int(_checked(os.open, self._writable(path), flags, mode))

    def open(self, path: str, flags: int) -> int:
        return int(_checked(os.open, self._real(path), os.O_RDWR))

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        with self._lock:
            self._real(path)
            length = max(0, min(size, self._size(path, fh) - offset))
            synced = os.pread(fh, length, offset).ljust(length, b"\0")
            waiting = self._unsynced.get(path)
            return waiting.over(synced, offset) if waiting else synced

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        with self._lock:
            self._writable(path)
            size = self._size(path, fh)
            waiting = self._unsynced.setdefault(path, _Unsynced(size))
            waiting.changes.append((offset, bytes(data)))
            waiting.size = max(size, offset + len(data))
            return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        with self._lock:
            self._writable(path)
            waiting = self._unsynced.setdefault(path, _Unsynced(length))
            waiting.changes.append((length, None))
            waiting.size = length
            return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        with self._lock:
            self._real(path)
            waiting = self._unsynced.pop(path, None)
            for offset, data in waiting.changes if waiting else ():
                if data is None:
                    os.ftruncate(fh, offset)
                else:
                    os.pwrite(fh, data, offset)
            os.fsync(fh)
            return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    # -- names: they count at once

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *_checked(os.listdir, self._real(path))]

    def unlink(self, path: str) -> int:
        with self._lock:
            _checked(os.unlink, self._writable(path))
            self._unsynced.pop(path, None)
            return 0

    def rename(self, old: str, new: str) -> int:
        with self._lock:
            _checked(os.rename, self._writable(old), self._real(new))
            self._unsynced.pop(new, None)
            if waiting := self._unsynced.pop(old, None):
                self._unsynced[new] = waiting
            return 0

    def mkdir(self, path: str, mode: int) -> int:
        _checked(os.mkdir, self._writable(path), mode)
        return 0

    def rmdir(self, path: str) -> int:
        _checked(os.rmdir, self._writable(path))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        _checked(os.chmod, self._writable(path), mode)
        return 0

    def utimens(self, path: str, times: Any = None) -> int:
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        stat = os.statvfs(self._root)
        return {key: getattr(stat, key) for key in (*_STATFS, "f_flag", "f_frsize", "f_namemax")}


def _checked(call: Any, *args: Any) -> Any:
    """An OS call whose error becomes the file system's answer."""
    try:
        return call(*args)
    except OSError as error:
        raise _error(error.errno or errno.EIO) from None


def _error(number: int) -> OSError:
    return cast("OSError", cast("Any", FuseOSError)(number))


def _serve(root: str, mount: str) -> None:
    files = _Forgetful(root)
    # Blocked in all threads and waited for in one: a handler would run only when the main thread
    # comes back from libfuse.
    signal.pthread_sigmask(signal.SIG_BLOCK, {_CUT, _TURN})
    threading.Thread(target=_wait_for_signals, args=(files,), daemon=True).start()
    FUSE(files, mount, foreground=True, nothreads=False, allow_other=False)


def _wait_for_signals(files: _Forgetful) -> None:
    while signal.sigwait({_CUT, _TURN}) == _TURN:
        files.turn()
    files.cut()


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2])
