"""Fixtures of the pads' tests: a hub on a real socket, and real Yjs clients at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import app as app
from tests.databases import database_url as database_url
from tests.databases import postgres_app as postgres_app
from tests.databases import sqlite_app as sqlite_app
from tests.pad.peers import Peers
from tests.web.hub import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub that serves over a real socket."""
    with Site(tmp_path / "data") as served:
        yield served


@pytest.fixture
def peers(site: Site) -> Iterator[Peers]:
    """Real clients for that hub."""
    with Peers(site.url) as found:
        yield found
