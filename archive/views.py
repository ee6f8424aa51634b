"""The archive's pages."""

from collections.abc import Sequence
from typing import Any

from hub.app import App


def routes(_app: App) -> Sequence[Any]:
    """Return the archive's routes."""
    return ()
