"""A hub with pages: on each kind of database, and over a real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import database_url
from tests.web.hub import Hub, Site, hub_in

__all__ = ["database_url"]


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines run on asyncio, as the hub does."""
    return "asyncio"


@pytest.fixture
def each_hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub on each kind of database, with a short talk."""
    hub = hub_in(tmp_path / "data", database_url)
    hub.evening()
    yield hub
    hub.app.db.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a short talk."""
    made = hub_in(tmp_path / "data")
    made.evening()
    yield made
    made.app.db.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub with a short talk, served over a real socket."""
    with Site(tmp_path / "data") as made:
        made.evening()
        yield made
