"""A hub with a little talk in it, for the tests of its pages."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import httpx2 as httpx
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from archive.store import append, channel_id, record
from hub.app import App
from hub.bootstrap import build
from hub.config import Config
from hub.irc import Kind, Line
from hub.module import Heard, Module
from tests.prepared import sqlite_url
from tests.servers.deadline import wait_until
from web.app import make_app
from web.live import Streams
from web.patience import PatientProtocol
from web.server import LARGEST_MESSAGE

NOW = datetime(2021, 5, 13, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = date(2021, 5, 12)
EVENING = datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC)
CHANNEL = "/irclogs/%23yard/"
DAY = f"{CHANNEL}%23yard.2021-05-12.log.html"


def config(folder: Path, url: str = "", **sections: Any) -> Config:
    """Return a hub's configuration: two networks, one channel hidden from search engines."""
    given = {
        "hub": {"data_dir": str(folder), "name": "Test yard"},
        "database": {"url": url},
        "network": [
            {
                "name": "net",
                "host": "irc.example.org",
                "channel": [
                    {"name": "#yard"},
                    {"name": "#Hidden", "noindex": True},
                    {"name": "#new"},
                ],
            },
            {"name": "other", "host": "irc.example.net", "channel": [{"name": "#yard"}]},
        ],
    }
    return Config.model_validate(given | sections)


@dataclass
class Hub:
    """A hub and the verbs of its tests. Its clock stands at NOW."""

    app: App

    def line(self, nick: str, text: str = "", **other: Any) -> Line:
        """Return a line in #yard, that evening unless `at` is given."""
        given = {"network": "net", "channel": "#yard", "at": EVENING, "kind": Kind.SAY} | other
        return Line(nick=nick, text=text, **given)

    def holds(self, *lines: Line) -> None:
        """Store lines of one channel as they are."""
        first = lines[0]

        def write(session: Any) -> None:
            chan = channel_id(session, first.network, first.channel)
            append(session, chan, lines, slot=0, live=False)

        self.app.db.write(write)

    def hears(self, *lines: Line) -> Sequence[Heard]:
        """Let a bot record lines, and wake whoever waits for them; return the new ones."""
        heard = self.app.db.write(lambda session: record(session, lines, 0))
        self.app.pulse.beat()
        return heard

    def evening(self) -> None:
        """A short talk on the evening of YESTERDAY."""
        told = (("ann", "hello all"), ("bob", "ann: hi"), ("ann", "tea at four?"))
        self.holds(
            *(
                self.line(nick, text, at=EVENING + timedelta(seconds=i))
                for i, (nick, text) in enumerate(told)
            )
        )

    @cached_property
    def shell(self) -> Starlette:
        """The web application, which `visitor` asks."""
        return make_app(self.app)

    def client(self, **options: Any) -> TestClient:
        """A browser without a screen, of a web process of its own; redirects are not followed."""
        return TestClient(make_app(self.app), follow_redirects=False, **options)

    def visitor(self, **options: Any) -> TestClient:
        """A browser like `client`, of the one web process that all visitors ask."""
        return TestClient(self.shell, follow_redirects=False, **options)


def hub_in(folder: Path, url: str = "", **sections: Any) -> Hub:
    """Build a hub whose clock stands at NOW."""
    return Hub(_built(config(folder, url, **sections)))


def _built(config: Config) -> App:
    """Build a hub; one that has no database yet finds the schema there."""
    if not config.database.url:
        sqlite_url(config.data_dir / "madang.db")
    return build(config, lambda: NOW)


class Site(Hub):
    """A hub that serves over a real socket, in a thread with a loop of its own."""

    def __init__(
        self,
        folder: Path,
        http: type[PatientProtocol] = PatientProtocol,
        more: Sequence[Module] = (),
        **sections: Any,
    ) -> None:
        app = _built(config(folder, **sections))
        super().__init__(replace(app, modules=[*app.modules, *more]))
        self._shell = make_app(self.app)
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._shell,
                http=http,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,
                port=0,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=3,
            )
        )
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self.loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Where it is served."""
        host, port = self._server.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    def ask(self, path: str, **options: Any) -> httpx.Response:
        """Ask for a page."""
        return httpx.get(self.url + path, **options)

    def cut(self) -> None:
        """End all live streams, as a restart of the hub would."""
        streams = self._shell.state.streams
        self._shell.state.streams = Streams(self.app.config.limits, self.app.metrics)
        self.loop.call_soon_threadsafe(streams.close)

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self._server.started, "the web server")
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._shell.state.streams.close)
        self._server.should_exit = True
        self._thread.join(10)
        self.app.db.close()
        assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        async with self.app.pulse.running():
            await self._server.serve()
