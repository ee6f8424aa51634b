"""Kept queries: the page of one's own, and the form with which search and lists of stories keep one."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import Invalid
from hub.language import gettext
from hub.saved.keeping import Saved, forget, keep, rename, saved_of
from hub.saved.tables import Where
from web.accounts.desk import Wrong, app_of, change, logged_in, me, problem, see, sheet, status_of
from web.forms import Form, read_form

SAVED = "/me/saved"
_PAGES: Mapping[Where, str] = MappingProxyType({Where.SEARCH: "/search", Where.STORIES: "/stories"})


def saved_routes() -> list[Route]:
    """Return the routes of kept queries."""
    return [Route(SAVED, logged_in(saved), methods=["GET", "POST"])]


def address_of(kept: Saved) -> str:
    """Return where a kept query is asked."""
    return f"{_PAGES[kept.where]}?{urlencode({'q': kept.words})}"


async def saved(request: Request) -> Response:
    """Show what one keeps; keep a query, name it anew, forget it."""
    if request.method != "POST":
        return await _page(request)
    form, slug, now = await read_form(request), me(request).slug, app_of(request).clock()

    def write(session: Session) -> str:
        if "forget" in form:
            forget(session, slug, _number(form.line("forget")))
        elif "rename" in form:
            rename(session, slug, _number(form.line("rename")), form.line("name"))
        else:
            where, words = _where(form), form.line("words")
            return address_of(keep(session, slug, where, form.line("name"), words, now=now))
        return SAVED

    found = await change(request, write)
    return await _page(request, found) if not isinstance(found, str) else see(found)


async def _page(request: Request, wrong: Wrong | None = None) -> Response:
    slug = me(request).slug
    found: Sequence[Saved] = await app_of(request).read(lambda s: saved_of(s, slug))
    return sheet(
        request, "saved", saved=found, address_of=address_of, feed_of=_feed_of,
        status=status_of(wrong) if wrong else 200, **(problem(wrong) if wrong else {}),
    )  # fmt: skip


def _feed_of(kept: Saved) -> str:
    """Return the address of a search's feed, which tells what is public; empty for a list of stories."""
    return f"/search.atom?{urlencode({'q': kept.words})}" if kept.where is Where.SEARCH else ""


def _where(form: Form) -> Where:
    """Raises: Invalid."""
    try:
        return Where(form.line("where"))
    except ValueError:
        raise Invalid("where", gettext("There are no queries of that kind to keep.")) from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
