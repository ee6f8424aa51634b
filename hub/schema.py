"""Brings the database's schema to what this program needs, at start, any number of times."""

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from hub.db import Database
from hub.errors import Unavailable


def upgrade(db: Database) -> None:
    """Apply the migrations that are missing, all or none, one process at a time.

    Raises: Unavailable when the database was made by a newer Madang.
    """
    if version(db) == newest():
        return
    with db.exclusive() as connection:
        config = _config()
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
    return db.read(lambda s: MigrationContext.configure(s.connection()).get_current_revision())


def newest() -> str | None:
    """Return the schema version that this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", "hub:migrations")
    return config
