"""The pads' pages and their socket."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, WebSocketRoute

from hub.app import App
from pad.rooms import Rooms
from pad.socket import Socket


def routes(app: App) -> Sequence[BaseRoute]:
    """Return the pads' routes."""
    return [WebSocketRoute("/ws/pads/{name}", Socket(app, Rooms(app)).open)]
