"""Both engines, and hubs whose index is followed by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engine import Engine
from search.module import engine_of
from tests.databases import app, database_url, postgres_app, sqlite_app, yard
from tests.search.library import Library

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
