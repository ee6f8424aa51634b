"""The hub on each kind of database: fixtures for all tests whose edge is the store.

`database_url` is a new database with the schema, `app` a hub on it, `yard` that with the verbs of the domain.
PostgreSQL's databases sort by the rules of English, as many real ones do: what relies on the order of
bytes fails here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from archive.recorder import NetworkRecorder
from hub import bootstrap
from hub.app import App
from hub.checking import problems
from hub.config import Config
from hub.consumers import catch_up
from hub.irc import Kind, Line
from hub.links import all_links
from hub.module import Heard
from hub.people import Actor, operator
from hub.recorder import Presence, Standing
from tests.prepared import postgres_url, sqlite_url
from tests.servers.postgres import Postgres

START = datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC)
OPERATOR: Actor = operator("olga")
CHANNEL = "#yard"
NETWORK = "net"
PUBLIC = "https://hub.example.org"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new database of each kind, nothing but the schema in it."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "data" / "madang.db")
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = postgres_url(server)
    yield url
    server.drop_database(url)


def config_for(url: str, folder: Path) -> Config:
    """Return a hub's configuration: one network, public at PUBLIC."""
    return Config.model_validate(
        {
            "hub": {"data_dir": str(folder), "base_url": PUBLIC},
            "database": {"url": url},
            "network": [{"name": NETWORK, "host": "irc.example.org"}],
        }
    )


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    """A hub on each kind of database, its schema applied."""
    built = bootstrap.build(config_for(database_url, tmp_path / "data"))
    yield built
    built.db.close()


@pytest.fixture
def postgres_app(postgres: Postgres, tmp_path: Path) -> Iterator[App]:
    """A hub on PostgreSQL, for what SQLite does not know."""
    built = bootstrap.build(config_for(postgres_url(postgres), tmp_path / "data"))
    yield built
    built.db.close()


@pytest.fixture
def sqlite_app(tmp_path: Path) -> Iterator[App]:
    """A hub on SQLite, for what PostgreSQL does not know."""
    url = sqlite_url(tmp_path / "data" / "madang.db")
    built = bootstrap.build(config_for(url, tmp_path / "data"))
    yield built
    built.db.close()


@dataclass
class Yard:
    """A hub with the verbs of its domain. Its time goes on by a second with each line said."""

    app: App
    now: datetime = START
    bots: dict[str, NetworkRecorder] = field(default_factory=dict)

    def bot(self, name: str = "a", network: str = NETWORK) -> NetworkRecorder:
        """Return the bot of that name, opened."""
        key = f"{network}/{name}"
        if key not in self.bots:
            made = self.bots[key] = NetworkRecorder(network, f"machine-of-{name}:1:1")
            self.app.db.write(lambda s: made.open(s, self.now))
        return self.bots[key]

    def line(self, nick: str, text: str, **other: Any) -> Line:
        """Return a line, said now unless `at` is given."""
        given = {"network": NETWORK, "channel": CHANNEL, "at": self.now, "kind": Kind.SAY} | other
        return Line(nick=nick, text=text, **given)

    def hears(self, *lines: Line, bot: str = "a") -> Sequence[Heard]:
        """Let a bot hear lines in one batch; return the new ones."""
        recorder = self.bot(bot)
        heard, settlement = self.app.db.write(lambda s: recorder.record(s, lines))
        recorder.settle(settlement)
        return heard

    def says(self, nick: str, text: str, **other: Any) -> str:
        """Let somebody speak; return the line's ref."""
        self.now += timedelta(seconds=1)
        (heard,) = self.hears(self.line(nick, text, **other))
        return heard.ref

    def joins(self, channel: str = CHANNEL, bot: str = "a") -> None:
        """Let a bot come into a channel now."""
        recorder = self.bot(bot)
        standing = Standing(channel, Presence.JOINED, "", self.now)
        self.app.db.write(lambda s: recorder.stand(s, standing))

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        found = self.app.db.read(lambda s: s.connection().execute(sa.text(sql), values).all())
        return [tuple(row) for row in found]

    def sql(self, sql: str, **values: Any) -> None:
        """Change the data behind the hub's back."""
        self.app.db.write(lambda s: s.connection().execute(sa.text(sql), values) and None)

    def texts(self, channel: str = CHANNEL) -> list[str]:
        """Return what was said in a channel, in the order of time."""
        return [
            text
            for (text,) in self.rows(
                "SELECT text FROM line JOIN channel ON channel.id = channel_id"
                " WHERE channel.folded = :channel ORDER BY at, line.id",
                channel=channel,
            )
        ]

    def gaps(self, channel: str = CHANNEL) -> list[tuple[int, str]]:
        """Return the gaps of a channel: seconds after START, and their text."""
        found = self.rows(
            "SELECT at, text FROM line JOIN channel ON channel.id = channel_id"
            " WHERE kind = 'gap' AND channel.folded = :channel ORDER BY at, line.id",
            channel=channel,
        )
        return [(at // 1_000_000 - int(START.timestamp()), text) for at, text in found]

    def settles(self) -> None:
        """Let all consumers do all that waits for them."""
        catch_up(self.app, bootstrap.consumers(self.app))

    @property
    def links(self) -> set[tuple[str, str]]:
        """What the link table holds."""
        return {(s, t) for s, t in self.rows("SELECT source, target FROM link")}

    @property
    def rebuilt_links(self) -> set[tuple[str, str]]:
        """What the link table should hold."""
        return self.app.db.read(lambda s: set(all_links(s, self.app.modules)))

    @property
    def problems(self) -> Sequence[str]:
        """What `madang check` says."""
        return problems(self.app, bootstrap.CHECKS)


@pytest.fixture
def yard(app: App) -> Yard:
    """A hub with the verbs of its domain, on each kind of database."""
    return Yard(app)
