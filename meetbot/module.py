"""What the meetings bring to the hub."""

from hub.config import Config
from hub.module import Menus, Module
from hub.reading import ReadLog
from meetbot.minutes_command import add_minutes


def meetbot(_config: Config, read_log: ReadLog) -> Module:
    """Build the meetings' module. read_log: reads log files, whatever their format."""

    def add_cli(menus: Menus) -> None:
        add_minutes(menus, read_log)

    return Module(name="meetbot", cli=add_cli)
