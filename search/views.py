"""Search's pages: for people, for programs, for feed readers, and for who is still typing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from hub.saved.keeping import Saved, saved_of
from hub.saved.tables import Where
from search.feed import atom
from search.finding import Asker, Found, Group, find
from search.index import Index
from search.query import Order, Query, best_guess, narrowed, read_query, undated, without
from search.suggesting import suggestions
from search.told import told
from search.topics import LONGEST as LONGEST_TOPIC
from search.topics import topic
from web.kinds import kind_label
from web.page import base_url, keeping, page
from web.sessions import visit
from web.visitor import visitor

_FEED = 30
_FURTHEST = 100_000
_QUOTED, _TITLE = 1_500, 200
_UNLISTED = {"X-Robots-Tag": "noindex"}
"""What is found is listed where it stands; lists of it without end are nothing for search engines."""

_VARY = "Cookie, Authorization"


def routes(app: App, index: Index) -> Sequence[Route]:
    """Return the routes of search."""
    views = Views(app, index)
    return [
        Route("/search", views.page),
        Route("/search.json", views.json),
        Route("/search.atom", views.feed),
        Route("/search/suggest", views.suggest),
        Route("/topics/{name}", views.topic),
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something by which what was found can be narrowed, or widened again where it is `chosen`."""

    label: str
    url: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Views:
    """The endpoints of one hub."""

    app: App
    index: Index

    async def page(self, request: Request) -> Response:
        """Show what is found."""
        query = self._query(request)
        offset = _offset(request)
        found = await self._find(request, query, offset=offset)
        known = visit(request)
        answer = page(
            request,
            "search/search.html",
            found=found,
            query=query,
            saved=await self._saved(known.person.slug) if known else None,
            orders=_orders(query),
            kinds=_by_kind(found),
            places=_by_place(found),
            years=_by_year(found),
            chosen=_chosen(query),
            guess=best_guess(query, self.app.clock()),
            link=url,
            story_of=story_of,
            more_of=lambda group: url(_of_day(query, group)),
            before=url(query.text) if offset else "",
            after=url(query.text, found.next_offset) if found.next_offset else "",
            feed=f"/search.atom?{urlencode({'q': query.text})}",
        )
        answer.headers.update(_UNLISTED)
        return answer

    async def json(self, request: Request) -> Response:
        """Give what is found to a program."""
        found = await self._find(request, self._query(request), offset=_offset(request))
        headers = {**_UNLISTED, "Cache-Control": keeping(request), "Vary": _VARY}
        return JSONResponse(told(self.app, found), headers=headers)

    async def feed(self, request: Request) -> Response:
        """Give the newest of what is found to a feed reader: a search that is saved."""
        query = self._query(request, Order.NEW)
        found = await self._find(request, query, groups=_FEED, faceted=False)
        xml = atom(found, base_url(request), self.app.config.hub.name, self.app.clock())
        headers = {**_UNLISTED, "Cache-Control": keeping(request), "Vary": _VARY}
        return Response(xml, media_type="application/atom+xml", headers=headers)

    async def suggest(self, request: Request) -> Response:
        """Tell what may be meant by what is typed so far."""
        typed = request.query_params.get("q", "")
        asker, now = self._asker(request), self.app.clock()
        found = await self.app.read(lambda s: suggestions(s, self.index, asker, typed, now))
        rows = [
            {"label": f.label, "note": _note(f.note), "url": f.url or url(f.query)} for f in found
        ]
        headers = {**_UNLISTED, "Cache-Control": "private, max-age=10", "Vary": _VARY}
        return JSONResponse(rows, headers=headers)

    async def topic(self, request: Request) -> Response:
        """Show what there is on a topic, on one timeline.

        Raises: NotFound when there is nothing on it.
        """
        name, asker = request.path_params["name"][:LONGEST_TOPIC], self._asker(request)
        before = _number(request, "before") or None
        found = await self.app.read(lambda s: topic(s, self.index, asker, name, before))
        if not found.months:
            raise NotFound(gettext("There is nothing on %(name)s.", name=name))
        later = f"?before={found.earlier}" if found.earlier else ""
        return page(request, "search/topic.html", topic=found, later=later, search_url=url)

    def _asker(self, request: Request) -> Asker:
        return Asker(visitor(request), self.app.modules)

    def _query(self, request: Request, order: Order | None = None) -> Query:
        text = request.query_params.get("q", "")
        return read_query(f"{text} sort:{order}" if order else text, self.app.clock())

    async def _saved(self, slug: str) -> Sequence[Saved]:
        return await self.app.read(lambda s: saved_of(s, slug, Where.SEARCH))

    async def _find(self, request: Request, query: Query, **given: Any) -> Found:
        asker = self._asker(request)
        return await self.app.read(lambda s: find(s, self.index, asker, query, **given))


def url(text: str, offset: int | None = None) -> str:
    """Return the address of a search, empty for none."""
    return f"/search?{urlencode({'q': text, **({'at': offset} if offset else {})})}" if text else ""


def _note(kind: str) -> str:
    return kind_label(kind) if kind else ""


def story_of(group: Group) -> str:
    """Return what a form that makes a story takes in its address, so that it quotes a talk that was found."""
    said = [line for talk in group.talks for line in talk]
    told = "\n".join(f"{s.at:%H:%M} {s.who} {''.join(p.text for p in s.pieces)}" for s in said)
    hit = group.hits[0]
    words = next(("".join(p.text for p in s.pieces) for s in said if s.ref == hit.ref), "")
    quoted = f"~~~\n{told[:_QUOTED]}\n~~~\n"
    return urlencode({"title": words[:_TITLE], "description": quoted, "source": hit.ref})


def _offset(request: Request) -> int:
    return min(_number(request, "at"), _FURTHEST)


def _number(request: Request, name: str) -> int:
    """Return a number that the address gives, 0 for none."""
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else 0


def _orders(query: Query) -> Sequence[Choice]:
    text = " ".join(word for word in query.text.split() if not word.lower().startswith("sort:"))
    labels = ((Order.BEST, gettext("Best first")), (Order.NEW, gettext("Newest first")))
    return [
        Choice(label, url(f"{text} sort:{order}"), chosen=query.first is order)
        for order, label in labels
    ]


def _chosen(query: Query) -> Sequence[Choice]:
    """Return the filters that are set, with the address without each."""
    found = [
        Choice(query.text[f.start : f.end], url(without(query, f)) or "/search", chosen=True)
        for f in query.filters
    ]
    dates = " ".join(query.text[start:end] for start, end in query.dated)
    return (
        [*found, Choice(dates, url(undated(query)) or "/search", chosen=True)] if dates else found
    )


def _by_kind(found: Found) -> Sequence[Choice]:
    if found.query.values("kind"):
        return ()
    return [
        Choice(kind_label(value), url(narrowed(found.query, "kind", value)), count)
        for value, count in found.facets.get("kind", ())
    ]


def _by_place(found: Found) -> Sequence[Choice]:
    if found.query.values("in"):
        return ()
    return [
        Choice(value, url(narrowed(found.query, "in", value)), count)
        for value, count in found.facets.get("where", ())
    ]


def _by_year(found: Found) -> Sequence[Choice]:
    years = sorted(found.facets.get("year", ()), reverse=True)
    if len(years) < 2:
        return ()
    return [Choice(value, url(narrowed(found.query, "on", value)), count) for value, count in years]


def _of_day(query: Query, group: Group) -> str:
    """Return the search for all of a channel's day."""
    spans = [*query.dated, *((f.start, f.end) for f in query.filters if f.name == "in")]
    text = query.text
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return f"{' '.join(text.split())} in:{group.where} on:{group.day}"
