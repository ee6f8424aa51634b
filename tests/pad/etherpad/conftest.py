"""Fixtures: the API of a hub, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pad.etherpad.api import Api, api_of
from tests.web.hub import hub_in


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[Api]:
    """A hub with a key."""
    hub = hub_in(tmp_path / "data", database_url)
    yield api_of(hub)
    hub.app.db.close()
