"""Keeps an index true: follows the streams and the outbox, and builds anew what is missing, old or damaged.

Promise: at least once. The index says with each commit how far it has come, so a kill at any moment costs no
more than what was not committed. An index that is built anew stands beside the live one until it holds
all; only where there is none to read is it read while it grows.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from hub.db import Database
from hub.lineage import begin_lineage, lineage
from hub.module import Module
from search.analyzer import ANALYZER_VERSION
from search.engine import Damaged, Engine, Mark, Record, Writer
from search.gathering import begin, fill, filled, is_filled, next_batch
from search.place import BUILDING, About, Place, about, note_damage

_log = logging.getLogger(__name__)
_COMMIT_AFTER = 100_000
_FILL_STEP = 500


class Keeper:
    """Writes the index of one machine; only who holds the place's lock makes one.

    afresh: builds another index even when the current one is good.
    """

    def __init__(
        self,
        db: Database,
        modules: Sequence[Module],
        place: Place,
        engine: Engine,
        *,
        afresh: bool = False,
    ) -> None:
        self._db, self._modules, self._place, self._engine = db, modules, place, engine
        self._afresh = afresh
        self._path: Path | None = None
        self._writer: Writer | None = None
        self._mark = Mark()
        self._uncommitted = 0
        self._building = ExitStack()

    @property
    def mark(self) -> Mark:
        """How far the index has come that is written now."""
        return self._mark

    @property
    def is_open(self) -> bool:
        """Whether there is an index that is written now."""
        return self._writer is not None

    def step(self) -> bool:
        """Take in what comes next, a bounded amount; tell whether there may be more.

        Raises: Unavailable when the index can't be written.
        """
        try:
            writer = self._opened()
            return writer is not None and self._advance(writer)
        except Damaged as error:
            self._give_up(error)
            return True

    def close(self) -> None:
        """Let go of the index; what is not committed will be taken in again."""
        writer, self._writer = self._writer, None
        self._uncommitted = 0
        self._building.close()
        if writer is not None:
            writer.close()

    def die(self) -> None:
        """End as a kill would: what is not committed is lost, and nothing is waited for."""
        writer, self._writer = self._writer, None
        self._building.close()
        if writer is not None:
            writer.drop()

    def _opened(self) -> Writer | None:
        current = self._place.current()
        if self._writer is not None and self._mark.complete and current != self._path:
            _log.info("search: another index has become the current one")
            self.close()
        if self._writer is None:
            wanted = self._wanted()
            fit = current is not None and about(current) == wanted and not self._afresh
            if fit and current is not None:
                self._open(current)
            else:
                self._begin(current, wanted)
        return self._writer

    def _wanted(self) -> About:
        made = self._db.read(lineage) or self._db.write(begin_lineage)
        return About(self._engine.name, self._engine.version, ANALYZER_VERSION, made)

    def _open(self, path: Path) -> None:
        reader = self._engine.reader(path)
        self._mark = reader.mark()
        reader.close()
        self._writer = self._engine.writer(path, building=not self._mark.complete)
        self._path = path
        if not self._mark.cursors:  # it was killed before its first commit
            self._start(self._writer)

    def _begin(self, current: Path | None, wanted: About) -> None:
        """Begin another index beside the current one, or in its place where that can't be read."""
        if not self._building.enter_context(self._place.locked(BUILDING)):
            self._building.close()
            return  # somebody builds one already, and switches to it
        self._place.sweep()
        path = self._place.begin(wanted)
        self._engine.create(path)
        _log.info("search: building %s", path)
        self._writer = self._engine.writer(path, building=True)
        self._path = path
        self._start(self._writer)
        if not self._is_readable(current, wanted):
            self._place.switch(path)

    def _start(self, writer: Writer) -> None:
        self._mark = self._db.read(lambda s: begin(s, self._modules))
        writer.commit(self._mark)

    def _is_readable(self, path: Path | None, wanted: About) -> bool:
        """Tell whether an index can go on answering until the new one holds all."""
        made = about(path) if path else None
        return (
            made is not None
            and made.version in self._engine.reads
            and (made.engine, made.lineage) == (wanted.engine, wanted.lineage)
        )

    def _advance(self, writer: Writer) -> bool:
        if not is_filled(self._mark):
            self._db.read(lambda s: self._fill(s, writer))
            self._mark = filled(self._mark)
            self._commit(writer)
            return True
        batch = self._db.read(lambda s: next_batch(s, self._modules, self._mark))
        writer.put(batch.put, fresh=batch.fresh)
        writer.remove(batch.remove)
        self._uncommitted += len(batch.put) + len(batch.remove)
        moved, self._mark = batch.mark != self._mark, batch.mark
        if not self._mark.complete:
            self._build_on(writer, is_last=batch.is_last)
        elif moved:
            self._commit(writer)
        return not batch.is_last

    def _fill(self, session: Session, writer: Writer) -> None:
        for records in _some(fill(session, self._modules), _FILL_STEP):
            writer.put(records, fresh=False)

    def _build_on(self, writer: Writer, *, is_last: bool) -> None:
        if not is_last:
            if self._uncommitted >= _COMMIT_AFTER:
                self._commit(writer)
            return
        self._mark = Mark(self._mark.cursors, complete=True)
        self._commit(writer)
        assert self._path is not None
        path = self._path
        self.close()  # the live writer takes less memory, and may be another process
        self._place.switch(path)
        self._place.sweep()
        self._afresh = False
        _log.info("search: %s is complete", path)

    def _commit(self, writer: Writer) -> None:
        writer.commit(self._mark)
        self._uncommitted = 0

    def _give_up(self, error: Damaged) -> None:
        path = self._path or self._place.current()
        if path is not None and path == self._place.current():
            _log.warning("search: %s can't be used, it is built again: %s", path, error)
            note_damage(path)
        self._writer = None
        self.close()


def _some(records: Iterator[Record], size: int) -> Iterator[Iterable[Record]]:
    while found := list(islice(records, size)):
        yield found
