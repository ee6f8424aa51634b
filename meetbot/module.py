"""What the meetings bring to the hub."""

from hub.config import Config
from hub.module import Menus, Module, NavItem
from hub.reading import ChannelPast, ReadLog
from meetbot.addresses import ROOT
from meetbot.answers import COMMANDS
from meetbot.documents import DOCUMENTS, meeting_refs
from meetbot.live import LiveMeetings
from meetbot.minutes_command import add_minutes
from meetbot.tables import TABLES
from meetbot.versions import forget_redacted
from meetbot.views import routes


def meetbot(config: Config, read_log: ReadLog, past: ChannelPast) -> Module:
    """Build the meetings' module.

    read_log: reads log files, whatever their format. past: what was said in a channel before.
    """
    live = LiveMeetings(config, past)

    def add_cli(menus: Menus) -> None:
        add_minutes(menus, read_log)

    return Module(
        name="meetbot",
        routes=lambda app: routes(app, past),
        nav=(NavItem("Meetings", ROOT),),
        refs=(meeting_refs(config),),
        documents=DOCUMENTS,
        commands=COMMANDS,
        on_line=live.on_line,
        on_tick=live.on_tick,
        on_event={"line.redacted": forget_redacted},
        cli=add_cli,
        tables=TABLES,
    )
