"""Both engines, and hubs whose index is followed by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search.analyzer import ANALYZER_VERSION
from search.engine import Engine
from search.index import Index
from search.module import engine_of, search_in
from search.place import Place
from tests.databases import START, Yard, app, database_url, postgres_app, sqlite_app, yard
from tests.search.library import Library
from tests.search.office import Office, Papers
from tests.search.shelf import Shelf

__all__ = ["app", "database_url", "postgres_app", "sqlite_app", "yard"]


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines run on asyncio, as the hub does."""
    return "asyncio"


@pytest.fixture(params=["tantivy", "whoosh"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine: the same tests run over both."""
    return engine_of(request.param)


@pytest.fixture
def library(engine: Engine, tmp_path: Path) -> Iterator[Library]:
    """An empty index of each engine, with the verbs of its tests."""
    made = Library(engine, tmp_path / "index")
    yield made
    made.close()


@pytest.fixture
def office(yard: Yard, engine: Engine) -> Iterator[Office]:
    """A hub with papers, on each kind of database and with each engine."""
    papers = Papers()
    index = Index(Place(yard.app.config.data_dir / "search"), engine, ANALYZER_VERSION, 0.0)
    its_own = {"search", "meetbot", "pad", "tracker"}  # papers stand for them
    others = [module for module in yard.app.modules if module.name not in its_own]
    app = replace(yard.app, modules=[*others, search_in(index), papers.module()])
    shelf = Shelf(app, engine)
    yield Office(app, papers, shelf, Yard(app, START))
    shelf.close()
    index.close()
