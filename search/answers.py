"""What the bot answers when it is asked to search: the best hit in a few words, and where the others are."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from sqlmodel import Session

from hub.app import App
from hub.errors import Invalid
from hub.module import Command, Question
from hub.people import GUEST
from search.finding import Asker, Found, Hit, find
from search.index import Index, State
from search.query import read_query

_SHOWN = 2
_WORDS = 90


def commands(index: Index) -> Sequence[Command]:
    """Return the bot's commands."""
    help_ = "the best of what was said, decided and written about it"
    return (Command("search", "search WORDS", help_, partial(_search, index)),)


def _search(index: Index, app: App, session: Session, question: Question) -> str:
    """Answer with the best hits that anyone may read: who reads along is not known."""
    words = question.words.strip()
    if not words:
        raise Invalid("words", "Search for what? Say search and a few words.")
    query = read_query(words, app.clock())
    found = find(session, index, Asker(GUEST, app.modules), query, groups=_SHOWN, faceted=False)
    url = f"{app.config.public_url}/search?q={quote(words)}"
    if not found.hits:
        return _nothing(found, url)
    count = "Many" if found.total is None else f"{found.total:,}"
    what = "near" if found.is_wide else "found"
    told = " · ".join(_told(app, hit) for hit in found.hits[:_SHOWN])
    return f"{count} {what}: {told} · all: {url}"


def _nothing(found: Found, url: str) -> str:
    if found.state in {State.MISSING, State.GROWING}:
        return f"The search index is being built; try again in a moment: {url}"
    better = f" Did you mean {found.better!r}?" if found.better else ""
    return f"Nothing found.{better} {url}"


def _told(app: App, hit: Hit) -> str:
    text = "".join(piece.text for piece in hit.pieces).strip()
    if len(text) > _WORDS:
        text = f"{text[:_WORDS].rstrip()}…"
    what = f"<{hit.who}> {text}" if hit.around else hit.title
    return f"{hit.at:%Y-%m-%d} {what} {app.config.public_url}{hit.url}"
