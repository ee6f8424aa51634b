"""What the tracker brings to the hub."""

from hub.config import Config
from hub.module import Module
from tracker.facet_tables import FACET_TABLES
from tracker.tables import TABLES


def tracker(config: Config) -> Module:
    """Build the tracker's module."""
    del config
    return Module(name="tracker", tables=(*TABLES, *FACET_TABLES))
