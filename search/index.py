"""The index of this machine as one process reads it: opened when it is asked, again when it changes."""

import contextlib
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from search.engine import Damaged, Engine, Mark, Reader
from search.place import Place, about, note_damage

_REFRESH_S = 0.2


class State(StrEnum):
    """How an index stands: it holds all, is being built while it is read, is an old one, or is not there."""

    WHOLE = "whole"
    GROWING = "growing"
    OLD = "old"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Opened:
    """A reader, and how its index stands. done: which part of it is there, 0 to 1."""

    reader: Reader
    state: State
    done: float


class Index:
    """Gives out readers. Safe to use from any thread.

    refresh_s: what was committed may be so old before it is seen.
    """

    def __init__(
        self, place: Place, engine: Engine, analyzer: int, refresh_s: float = _REFRESH_S
    ) -> None:
        self.place, self.engine = place, engine
        self._analyzer, self._refresh_s = analyzer, refresh_s
        self._lock = threading.Lock()
        self._signature: tuple[int, int] | None = None
        self._path: Path | None = None
        self._reader: Reader | None = None
        self._refreshed = 0.0
        self._mark = Mark()

    def opened(self) -> Opened | None:
        """Return the current index as it is now; None when there is none that can be read."""
        with self._lock:
            for _ in range(2):  # the folder may have been swept between looking and opening
                try:
                    reader = self._current()
                    return None if reader is None else Opened(reader, self._state(), self._done())
                except Damaged:
                    self._forget()
            return None

    def damaged(self, reader: Reader) -> None:
        """Say that what was opened can't be read, so that it is built again."""
        with self._lock:
            if reader is not self._reader:
                return  # another one has taken its place
            if self._path is not None and self._path == self.place.current():
                note_damage(self._path)
            self._forget()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        reader, self._reader = self._reader, None
        self._signature = self._path = None
        if reader is not None:
            with contextlib.suppress(Damaged):
                reader.close()

    def _current(self) -> Reader | None:
        signature = self.place.signature()
        if self._reader is None or signature != self._signature:
            self._forget()
            self._reader = self._open()
            self._signature = signature
        elif time.monotonic() - self._refreshed >= self._refresh_s:
            self._reader.refresh()
            self._look()
        return self._reader

    def _open(self) -> Reader | None:
        path = self.place.current()
        made = about(path) if path else None
        if path is None or made is None or made.engine != self.engine.name:
            return None
        if made.version not in self.engine.reads:
            return None
        self._path = path
        self._reader, self._mark = self.engine.reader(path), Mark()
        self._look()
        return self._reader

    def _look(self) -> None:
        assert self._reader is not None
        self._refreshed = time.monotonic()
        if not self._mark.complete:
            self._mark = self._reader.mark()

    def _state(self) -> State:
        if not self._mark.complete:
            return State.GROWING
        made = about(self._path) if self._path else None
        is_new = made and (made.version, made.analyzer) == (self.engine.version, self._analyzer)
        return State.WHOLE if is_new else State.OLD

    def _done(self) -> float:
        goals = sum(self._mark.goals.values())
        if self._mark.complete or not goals:
            return 1.0 if self._mark.complete else 0.0
        come = sum(min(self._mark.cursors.get(name, 0), g) for name, g in self._mark.goals.items())
        return come / goals
