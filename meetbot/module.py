"""What the meetings bring to the hub."""

from hub.config import Config
from hub.module import Menus, Module
from hub.reading import ChannelPast, ReadLog
from meetbot.live import LiveMeetings
from meetbot.minutes_command import add_minutes


def meetbot(config: Config, read_log: ReadLog, past: ChannelPast) -> Module:
    """Build the meetings' module.

    read_log: reads log files, whatever their format. past: what was said in a channel before.
    """

    def add_cli(menus: Menus) -> None:
        add_minutes(menus, read_log)

    return Module(name="meetbot", on_line=LiveMeetings(config, past).on_line, cli=add_cli)
