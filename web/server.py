"""The web server as a part of the hub's process."""

import contextlib
import errno
import logging
import socket
from collections.abc import Iterator

import anyio
import uvicorn

from hub.app import App
from hub.errors import Unavailable
from web.app import make_app
from web.patience import PatientProtocol

_log = logging.getLogger(__name__)
_GRACE_S = 3

LARGEST_MESSAGE = 1_000_000
"""Bytes that one WebSocket message may have."""


class _Server(uvicorn.Server):
    """Leaves the signals to hub/roles.py, which stops all parts of the process in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Serves the pages on the configured address, which it takes when it is made.

    Raises: Unavailable when the address can't be had.
    """

    name = "web"
    restarts = False

    def __init__(self, app: App) -> None:
        web = app.config.web
        self._socket = _bound(web.host, web.port)
        self._shell = make_app(app)
        self._ended: anyio.Event | None = None
        self._server = _Server(
            uvicorn.Config(
                self._shell,
                http=PatientProtocol,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,  # costs twice the time; an update has twenty bytes
                log_config=None,
                access_log=False,
                proxy_headers=bool(web.trusted_proxies),
                forwarded_allow_ips=list(web.trusted_proxies),
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                lifespan="off",
            )
        )

    @property
    def address(self) -> str:
        """Where the pages are, as a browser on this machine writes it."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    async def run(self) -> None:
        """Serve until closed."""
        _log.info("web: serving on %s", self.address)
        self._ended = anyio.Event()
        try:
            await self._server.serve([self._socket])
        finally:
            self._ended.set()

    async def close(self) -> None:
        """Take no more requests; return when those that run have finished. Live streams end at once."""
        self._shell.state.streams.close()
        self._server.should_exit = True
        if self._ended is not None:
            await self._ended.wait()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        why = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise Unavailable(
            f"The pages can't be served on {host}:{port}: {why}."
            " Give another --port, or stop what runs there."
        ) from error
