"""A hub's index followed by hand: kept, killed, and compared with one that is built from scratch."""

from collections.abc import Mapping

from hub.app import App
from hub.people import GUEST, Actor
from search.analyzer import ANALYZER_VERSION, Row
from search.engine import Engine, Phrase, Reader, Wanted, all_refs
from search.finding import Asker, Found, find
from search.index import Index
from search.keeper import Keeper
from search.place import Place
from search.query import read_query

Contents = Mapping[str, frozenset[str]]


class Shelf:
    """Keeps and reads the index of one hub."""

    def __init__(self, app: App, engine: Engine, name: str = "search") -> None:
        self.app, self.engine = app, engine
        self.place = Place(app.config.data_dir / name)
        self.index = Index(self.place, engine, ANALYZER_VERSION, refresh_s=0.0)
        self.keeper: Keeper | None = None

    def opened(self, *, afresh: bool = False) -> Keeper:
        """Return who keeps the index, a new one after a kill."""
        if self.keeper is None:
            self.keeper = Keeper(
                self.app.db, self.app.modules, self.place, self.engine, afresh=afresh
            )
        return self.keeper

    def follows(self, steps: int = 1000) -> None:
        """Take so many steps, fewer when nothing is left."""
        keeper = self.opened()
        for _ in range(steps):
            if not keeper.step():
                return

    def dies(self) -> None:
        """Forget the keeper as a kill would: nothing that it did not commit remains."""
        if self.keeper is not None:
            self.keeper.die()
        self.keeper = None

    def close(self) -> None:
        """Let go of the files."""
        if self.keeper is not None:
            self.keeper.close()
        self.keeper = None
        self.index.close()

    def finds(self, text: str, actor: Actor = GUEST) -> Found:
        """Return what somebody finds."""
        query = read_query(text, self.app.clock())
        asker = Asker(actor, self.app.modules)
        return self.app.db.read(lambda s: find(s, self.index, asker, query))

    def refs(self, text: str, actor: Actor = GUEST) -> list[str]:
        """Return the refs of what somebody finds."""
        return [hit.ref for hit in self.finds(text, actor).hits]

    @property
    def contents(self) -> Contents:
        """Each word and each filter, with the refs of all that has it."""
        opened = self.index.opened()
        assert opened is not None
        return contents(opened.reader)

    @property
    def rebuilt(self) -> Contents:
        """The contents of an index that is built from scratch."""
        other = Shelf(self.app, self.engine, "search-again")
        other.opened(afresh=True)
        other.follows()
        try:
            return other.contents
        finally:
            other.close()


def contents(reader: Reader) -> Contents:
    """Return each word of an index, and each kind and place, with the refs of all that has it."""
    everything = Wanted(readable=())
    found = {}
    for word, count in reader.words("", everything, 100_000):
        refs = frozenset(all_refs(reader, Wanted(must=(Phrase((Row((word,)),)),), readable=())))
        assert len(refs) >= count > 0
        found[word] = refs
    for name, values in reader.facets(everything).items():
        found |= {f"{name}={value}": frozenset({str(count)}) for value, count in values}
    return found
