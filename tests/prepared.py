"""Databases that have the schema already: no test waits for all migrations but those that test them.

The schema is applied once for each process of the test run, and copied for each test.
"""

import functools
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from hub.db import Database
from hub.schema import upgrade
from tests.servers.postgres import Postgres

_numbers = itertools.count(1)
_ENGLISH = "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"


def sqlite_url(file: Path) -> str:
    """Put a database with the schema there, if there is none yet; return its URL."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(_sqlite_bytes())
    return f"sqlite:///{file}"


def postgres_url(server: Postgres) -> str:
    """Make a database with the schema, and return its URL."""
    return _create(server, f"TEMPLATE {_template(server)}")


def empty_postgres_url(server: Postgres) -> str:
    """Make an empty database in the rules of English, and return its URL."""
    return _create(server, f"TEMPLATE template0 {_ENGLISH}")


@functools.cache
def _sqlite_bytes() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "madang.db"
        _upgrade(f"sqlite:///{file}")
        return file.read_bytes()


@functools.cache
def _template(server: Postgres) -> str:
    url = empty_postgres_url(server)
    _upgrade(url)
    return url.rpartition("/")[2]


def _upgrade(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


def _create(server: Postgres, how: str) -> str:
    name = f"hub{next(_numbers)}"
    where = f"host={server.host} port={server.port} user=postgres"
    with psycopg.connect(f"{where} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}")  # type: ignore[arg-type]
    return f"postgresql+psycopg://postgres@{server.host}:{server.port}/{name}"
