"""Brings the database's schema to what this program needs, at start, any number of times.

Alembic is loaded only where a migration is due: on every other start it would be a fifth of the time.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from hub.db import Database
from hub.errors import Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(db: Database) -> None:
    """Apply the migrations that are missing, all or none, one process at a time.

    Raises: Unavailable when the database was made by a newer Madang.
    """
    if version(db) != newest():
        _migrate(db)


def _migrate(db: Database) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    with db.exclusive() as connection:
        config = Config()
        config.set_main_option("script_location", "hub:migrations")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Unavailable(
                f"The database's schema is unknown to this version of Madang ({error})."
                " Install the version that wrote it, or a newer one."
            ) from error


def version(db: Database) -> str | None:
    """Return the schema's version, None for an empty database."""
    return db.read(_version)


def _version(session: Session) -> str | None:
    if not sa.inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def newest() -> str:
    """Return the schema version that this program needs: each migration's file begins with its own."""
    return max(file.name.partition("_")[0] for file in _MIGRATIONS.glob("versions/[0-9]*_*.py"))
