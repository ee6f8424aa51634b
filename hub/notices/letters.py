"""Notices by mail: what waits to be sent, at once or once a day, in the queue of letters."""

from typing import TYPE_CHECKING

from hub.notices.gathering import Inboxes
from hub.notices.sight import may_know

if TYPE_CHECKING:
    from hub.app import App


def inboxes(app: "App") -> Inboxes:
    """Return the hub's inboxes."""
    return Inboxes(may_know(app.modules))
