"""What a query finds, for spreadsheets, programs and feed readers: as its asker may see it."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import Invalid
from hub.people import Actor
from tracker.briefs import Brief, brief_stories
from tracker.desk import Desk
from tracker.exporting import to_atom, to_csv, told
from tracker.list_views import asked_of
from tracker.listing import Cursor, find_stories, read_cursor
from tracker.plans import Plan, plan_query
from tracker.query import parse_query
from web.page import base_url, keeping

_STEP, _MOST, _NEWS = 200, 5_000, 40
_VARY = "Cookie, Authorization"


async def show_csv(desk: Desk, request: Request) -> Response:
    """Give a table to a spreadsheet; of very many stories a header leads to the rest."""
    stories, later = await _found(desk, request, _MOST)
    answer = _answer(request, to_csv(stories, base_url(request)), "text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="stories.csv"'
    if later:
        answer.headers["Link"] = f'<{base_url(request)}{later}>; rel="next"'
    return answer


async def show_json(desk: Desk, request: Request) -> Response:
    """Give a list to a program; `next` leads to the rest of very many stories."""
    stories, later = await _found(desk, request, _MOST)
    base = base_url(request)
    shown = {
        "query": asked_of(request),
        "stories": [told(story, base) for story in stories],
        "next": base + later if later else None,
    }
    return _answer(request, json.dumps(shown, ensure_ascii=False), "application/json")


async def show_feed(desk: Desk, request: Request) -> Response:
    """Give the first of what a query finds to a feed reader."""
    stories, _ = await _found(desk, request, _NEWS)
    asked = asked_of(request)
    title = f"{asked or 'Stories'} · {desk.app.config.hub.name}"
    address = f"?{urlencode({'q': asked})}" if asked else ""
    xml = to_atom(stories, base_url(request), title, address, desk.app.clock())
    return _answer(request, xml, "application/atom+xml")


async def _found(desk: Desk, request: Request, most: int) -> tuple[Sequence[Brief], str]:
    """Return what is found, and the address of what is left.

    Raises: Invalid for a query that names what there is not.
    """
    actor, asked = desk.actor(request), asked_of(request)
    after = read_cursor(request.query_params.get("after", ""))

    def read(session: Session) -> tuple[Sequence[Brief], Cursor | None]:
        planned = plan_query(session, actor, parse_query(asked))
        if planned.plan is None:
            raise Invalid("q", " ".join(planned.problems))
        return _walked(session, actor, planned.plan, after, most)

    stories, left = await desk.app.read(read)
    later = urlencode({"q": asked, "after": str(left)}) if left else ""
    return stories, f"{request.url.path}?{later}" if later else ""


def _walked(
    session: Session, actor: Actor, plan: Plan, after: Cursor | None, most: int
) -> tuple[Sequence[Brief], Cursor | None]:
    stories: list[Brief] = []
    while True:
        step = min(_STEP, most - len(stories))
        found = find_stories(session, actor, plan, after=after, limit=step)
        stories += brief_stories(session, found.ids)
        after = found.after
        if after is None or len(stories) >= most:
            return stories, after


def _answer(request: Request, body: str | bytes, kind: str) -> Response:
    headers = {"Cache-Control": keeping(request), "Vary": _VARY, "X-Robots-Tag": "noindex"}
    return Response(body, media_type=kind, headers=headers)
