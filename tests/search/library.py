"""An index without a hub: documents go in, refs come out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.documents import Document
from search.asking import wanted
from search.engine import Engine, Mark, Matches, Reader, Wanted
from search.gathering import record
from search.query import read_query

START = datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC)


class Library:
    """Writes and reads one index."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        folder.mkdir()
        engine.create(folder)
        self.engine, self.folder = engine, folder
        self.writer = engine.writer(folder, building=False)
        self.now = START
        self._reader: Reader | None = None

    def close(self) -> None:
        """Let go of the files."""
        self.writer.close()
        if self._reader is not None:
            self._reader.close()

    def holds(
        self, *texts: str, kind: str = "line", fresh: bool = True, **given: str
    ) -> Sequence[str]:
        """Put texts in, a minute apart; return their refs."""
        documents = [self._document(text, kind, **given) for text in texts]
        self.writer.put([record(d, said=kind == "line") for d in documents], fresh=fresh)
        self.writer.commit(Mark())
        return [document.ref for document in documents]

    def _document(self, text: str, kind: str, **given: str) -> Document:
        self.now += timedelta(minutes=1)
        made = Document(
            f"{kind}:net/#yard/{self.now:%Y-%m-%dT%H:%M:%S}",
            kind,
            given.pop("title", ""),
            text,
            self.now,
            given.pop("who", "ann"),
            given.pop("where", "#yard"),
        )
        labels = tuple(given.pop("labels", "").split())
        return replace(made, labels=labels, **given)  # type: ignore[arg-type]

    @property
    def reader(self) -> Reader:
        """A reader that sees what is committed."""
        if self._reader is None:
            self._reader = self.engine.reader(self.folder)
        self._reader.refresh()
        return self._reader

    def asked(self, query: str) -> Wanted:
        """Return what a query asks for."""
        return wanted(read_query(query, self.now))

    def matches(
        self, query: str, *, newest: bool = False, limit: int = 50, offset: int = 0
    ) -> Matches:
        """Return what a query finds."""
        asked = self.asked(query)
        return self.reader.search(asked, newest=newest, limit=limit, offset=offset)

    def finds(self, query: str) -> set[str]:
        """Return the refs that a query finds."""
        return {match.ref for match in self.matches(query).matches}
