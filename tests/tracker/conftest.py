"""A hub on each kind of database with a community that files stories."""

import pytest

from hub.app import App
from tests.databases import app, database_url, sqlite_app
from tests.tracker.community import Community

__all__ = ["app", "community", "database_url", "sqlite_app", "sqlite_community"]


@pytest.fixture
def community(app: App) -> Community:
    """A community on each kind of database."""
    return Community(app).settled()


@pytest.fixture
def sqlite_community(sqlite_app: App) -> Community:
    """A community on SQLite, for what is the same on both."""
    return Community(sqlite_app).settled()
