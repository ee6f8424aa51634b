"""A pad's text as other programs take it: txt, md, html, and Etherpad's own format."""

from collections.abc import Mapping, Sequence
from html import escape

TYPES: Mapping[str, str] = {
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "etherpad": "application/json",
}
"""The kinds of export, and what they are sent as."""


def with_end(text: str) -> str:
    """Return the text as Etherpad has it: its last line has an end."""
    return text if text.endswith("\n") else text + "\n"


def to_html(title: str, body: str, tags: Sequence[str] = ()) -> str:
    """Return a page of its own around a body of safe HTML."""
    told = f'<meta name="keywords" content="{escape(", ".join(tags))}">\n' if tags else ""
    return (
        f'<!doctype html>\n<html lang="">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{told}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
