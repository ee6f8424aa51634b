"""A hub with an archive in it, and its pages without a network between."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette

from archive.store import merge_each
from benchmarks.corpus import CHANNEL, NETWORK
from hub import bootstrap
from hub.app import App
from hub.config import load
from hub.irc import Line

CONFIG = f"""
[[network]]
name = "{NETWORK}"
host = "127.0.0.1"
[[network.channel]]
name = "{CHANNEL}"
"""


@contextmanager
def opened(data: Path, url: str = "") -> Iterator[App]:
    """Open a hub in this process; made when there is none. url: of its database, SQLite's when empty."""
    data.parent.mkdir(parents=True, exist_ok=True)
    config = data.with_suffix(".toml")
    config.write_text(CONFIG, encoding="utf-8")
    given = {"MADANG_HUB_DATA_DIR": str(data)} | ({"MADANG_DATABASE_URL": url} if url else {})
    app = bootstrap.build(load(config, {}, given))
    try:
        yield app
    finally:
        app.db.close()


def fill(app: App, days: Iterator[Sequence[Line]]) -> int:
    """Store days of lines as an import does; return how many."""
    return sum(_stored(app, lines) for lines in days)


def _stored(app: App, lines: Sequence[Line]) -> int:
    return app.db.write(lambda session: merge_each(session, [lines]))[0]


async def asked(shell: Starlette, path: str) -> bytes:
    """Return a page's body, from the whole application but without a network.

    Raises: LookupError when it isn't a page.
    """
    body: list[bytes] = []
    status = 0

    async def send(message: dict[str, object]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = int(str(message["status"]))
        else:
            part = message.get("body", b"")
            assert isinstance(part, bytes)
            body.append(part)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    await shell(scope(path, shell), receive, send)  # type: ignore[arg-type]
    if status != 200:
        raise LookupError(f"{path} answers {status}")
    return b"".join(body)


def scope(path: str, shell: Starlette) -> dict[str, object]:
    """Return a request for a path as a server hands it to the application."""
    path, _, query = path.partition("?")
    plain = path.replace("%23", "#")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": plain,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8080")],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8080),
        "app": shell,
    }
