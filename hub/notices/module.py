"""What notices bring to the hub."""

from hub.module import Module
from hub.notices.personal import PERSONAL
from hub.notices.tables import TABLES


def notices() -> Module:
    """Build the module of notices."""
    return Module(name="notices", tables=TABLES, personal=PERSONAL)
