"""What the tracker brings to the hub.

The pages are imported when a web server asks for them: no command needs them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hub.config import Config
from hub.language import mark
from hub.module import Module, NavItem
from tracker.answers import COMMANDS
from tracker.facet_tables import FACET_TABLES
from tracker.refs import DOCUMENTS, story_refs, task_refs
from tracker.tables import TABLES

if TYPE_CHECKING:
    from hub.app import App


def tracker(config: Config) -> Module:
    """Build the tracker's module."""

    def routes(app: "App") -> Sequence[Any]:
        from tracker.views import tracker_routes

        return tracker_routes(app)

    return Module(
        name="tracker",
        routes=routes,
        nav=(NavItem(mark("Stories"), "/stories"),),
        refs=(story_refs(config), task_refs()),
        documents=DOCUMENTS,
        commands=COMMANDS,
        tables=(*TABLES, *FACET_TABLES),
    )
