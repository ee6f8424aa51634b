"""The demo's server as a part of the hub's process; it greets the newcomer at the terminal."""

from collections.abc import Callable, Mapping

import anyio.to_thread

from bot.demo.server import DemoServer
from hub.errors import Unavailable

DEMO = "demo"
"""The name of the demo's network."""

_USUAL_PORT = 6667


def demo_server(
    web_address: str, channels: Mapping[str, str], watched: Callable[[], bool]
) -> DemoServer:
    """Start the demo's server on IRC's usual port, or on a free one when that is taken.

    `channels` maps the names of those that are there from the start to their topics; `watched` says
    whether anybody has a page open.
    """

    def start(port: int) -> DemoServer:
        server = DemoServer(port, channels=channels, web_address=web_address, watched=watched)
        return server.start()

    try:
        return start(_USUAL_PORT)
    except Unavailable:
        return start(0)


class DemoRole:
    """Keeps the demo's server until the process ends."""

    name = "demo"
    restarts = False

    def __init__(self, server: DemoServer, web_address: str, channel: str) -> None:
        self._server = server
        self._channel = channel
        self._web = web_address

    async def run(self) -> None:
        """Tell where everything is; the server runs in threads of its own."""
        host, port = self._server.address
        moved = "" if port == _USUAL_PORT else f"   (IRC's usual port {_USUAL_PORT} is taken)"
        print(
            f"\nMadang's demo is running. Stop it with Ctrl-C.\n\n"
            f"  Read   {self._web}/\n"
            f"  Talk   irc://{host}:{port}"
            f"   (for example: irssi -c {host} -p {port}, then /join {self._channel}){moved}\n",
            flush=True,
        )

    async def close(self) -> None:
        """Say good-bye to everybody who is connected."""
        await anyio.to_thread.run_sync(self._server.stop)
