"""A community that plans, on each kind of database."""

from tests.tracker.conftest import app, community, database_url, sqlite_app, sqlite_community

__all__ = ["app", "community", "database_url", "sqlite_app", "sqlite_community"]
