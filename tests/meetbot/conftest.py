"""The hub on each kind of database, for the tests of this folder."""

from tests.databases import app, database_url, sqlite_app, yard

__all__ = ["app", "database_url", "sqlite_app", "yard"]
