"""Minutes in every format, by the ending of their file. Pure: text out, nothing is written."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from meetbot.minutes import Minutes
from meetbot.render_html import as_log_page, as_page
from meetbot.render_json import as_json
from meetbot.render_markdown import as_markdown
from meetbot.render_text import as_log, as_text

FORMATS: Mapping[str, Callable[[Minutes], str]] = MappingProxyType(
    {
        "html": as_page,
        "txt": as_text,
        "log.html": as_log_page,
        "log.txt": as_log,
        "md": as_markdown,
        "json": as_json,
    }
)
"""What each ending of a meeting's file is made by."""


def render(minutes: Minutes, ending: str) -> str:
    """Return the minutes in the format of an ending. Raises: KeyError for one that is not in FORMATS."""
    return FORMATS[ending](minutes)
