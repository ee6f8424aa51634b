"""The hub on each kind of database, for the tests of this folder."""

import pytest

from tests.databases import app, database_url, postgres_app, sqlite_app, yard

__all__ = ["app", "database_url", "postgres_app", "sqlite_app", "yard"]


@pytest.fixture
def anyio_backend() -> str:
    """Coroutines run on asyncio, as the hub does."""
    return "asyncio"
