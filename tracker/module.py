"""What the tracker brings to the hub.

The pages are imported when a web server asks for them: no command needs them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from hub.config import Config
from hub.filing import HandOver
from hub.irc import Effect
from hub.language import mark
from hub.module import Menus, Module, NavItem
from tracker.announcing import announcers
from tracker.answers import COMMANDS
from tracker.attachments.tables import ATTACHMENT_TABLES
from tracker.bulk.tables import BULK_TABLES
from tracker.facet_tables import FACET_TABLES
from tracker.filing import on_story_line
from tracker.gerrit.announcing import due
from tracker.gerrit.commands import add_gerrit
from tracker.gerrit.refs import review_refs
from tracker.gerrit.tables import GERRIT_TABLES
from tracker.importing.commands import add_imports
from tracker.importing.tables import IMPORT_TABLES
from tracker.news import TELLING
from tracker.noticing import notice_consumers
from tracker.now import stories_now
from tracker.personal import PERSONAL
from tracker.planning.refs import plan_refs
from tracker.planning.tables import PLANNING_TABLES
from tracker.public import PUBLIC
from tracker.refs import DOCUMENTS, story_refs, task_refs
from tracker.storyboard.login_tables import LOGIN_TABLES
from tracker.storyboard.preference_tables import PREFERENCE_TABLES
from tracker.storyboard.subscription_tables import SUBSCRIPTION_TABLES
from tracker.tables import TABLES

if TYPE_CHECKING:
    from hub.app import App


_ALL_TABLES = (
    *TABLES, *FACET_TABLES, *LOGIN_TABLES, *PREFERENCE_TABLES, *GERRIT_TABLES, *IMPORT_TABLES,
    *SUBSCRIPTION_TABLES, *PLANNING_TABLES, *BULK_TABLES, *ATTACHMENT_TABLES,
)  # fmt: skip


def tracker(config: Config, hand_over: HandOver | None = None) -> Module:
    """Build the tracker's module. hand_over: gives meetings' actions away, to become stories."""

    def routes(app: "App") -> Sequence[Any]:
        from tracker.gerrit.views import hook_routes
        from tracker.storyboard.views import storyboard_routes
        from tracker.views import tracker_routes

        return [*tracker_routes(app), *storyboard_routes(app), *hook_routes(app)]

    def on_tick(_app: "App", session: Session, network: str, now: datetime) -> Sequence[Effect]:
        return due(config, session, network, now)

    def add_cli(menus: Menus) -> None:
        add_gerrit(menus)
        add_imports(menus)

    return Module(
        name="tracker",
        routes=routes,
        nav=(NavItem(mark("Stories"), "/stories", "s"),),
        refs=(story_refs(config), task_refs(), review_refs(), *plan_refs(config)),
        documents=DOCUMENTS,
        commands=COMMANDS,
        on_line=on_story_line(hand_over),
        now=stories_now,
        personal=PERSONAL,
        tables=_ALL_TABLES,
        files_at="/story/new",
        cli=add_cli,
        on_tick=on_tick,
        consumers=lambda app: (*notice_consumers(app), *announcers(config)),
        telling=TELLING,
        public=PUBLIC,
    )
