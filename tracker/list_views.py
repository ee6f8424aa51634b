"""Lists of stories: all, by a query, and as parts of the pages of places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.language import gettext, mark
from hub.people import Actor, may
from hub.saved.keeping import saved_of
from hub.saved.tables import Where
from tracker.briefs import Brief, brief_stories
from tracker.desk import Desk
from tracker.listing import COUNTED, Cursor, count_stories, find_stories, read_cursor
from tracker.plans import Plan, plan_query
from tracker.query import LONGEST, Query, Sort, Term, parse_query
from tracker.states import OPEN, State
from web.sessions import visit

_PAGE = 40
_SORTS: Mapping[Sort, str] = {
    Sort.UPDATED: mark("Last changed"),
    Sort.CREATED: mark("Newest"),
    Sort.IMPORTANCE: mark("Most important"),
    Sort.HEAT: mark("Hottest"),
    Sort.OLDEST: mark("Oldest"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list. counts: `open` and `closed`, with whether there may be more than that."""

    query: Query
    stories: Sequence[Brief]
    after: str
    counts: Mapping[str, int]
    more: Mapping[str, bool]
    problems: Sequence[str]


async def show_stories(desk: Desk, request: Request) -> Response:
    """Show the stories that a query finds; without one, all that are open."""
    actor, text, after = desk.actor(request), asked_of(request), after_of(request)
    known = visit(request)

    def read(session: Session) -> Response:
        listed = list_stories(session, actor, parse_query(text), after)
        saved = saved_of(session, known.person.slug, Where.STORIES) if known else None
        return answer_list(
            desk, request, "stories.html", listed, asked=text, after=after, saved=saved
        )

    return await desk.app.read(read)


def list_stories(session: Session, actor: Actor, query: Query, after: Cursor | None) -> Listed:
    """Return one page of what a query finds, and how much there is."""
    planned = plan_query(session, actor, query)
    if planned.plan is None:
        return Listed(query, (), "", {}, {}, planned.problems)
    found = find_stories(session, actor, planned.plan, after=after, limit=_PAGE)
    counts, more = _counts(session, actor, planned.plan)
    stories = brief_stories(session, found.ids)
    return Listed(query, stories, str(found.after or ""), counts, more, ())


def _counts(
    session: Session, actor: Actor, plan: Plan
) -> tuple[Mapping[str, int], Mapping[str, bool]]:
    everywhere = Plan(
        tuple(State), plan.required, plan.forbidden, plan.sought, plan.sort, plan.only_private
    )
    known = count_stories(session, actor, everywhere)
    counts = {"open": sum(known[state] for state in OPEN)}
    counts["closed"] = sum(known.values()) - counts["open"]
    is_cut = not plan.is_simple and any(number >= COUNTED for number in known.values())
    return counts, dict.fromkeys(counts, is_cut)


def answer_list(
    desk: Desk, request: Request, template: str, listed: Listed, **context: Any
) -> Response:
    """Answer with a page that shows a list."""
    return desk.answer(
        request, template, listed=listed, sorts=[(s.value, gettext(w)) for s, w in _SORTS.items()],
        may_file=context.pop("may_file", may(desk.actor(request), "write", "stories:all")), **context,
    )  # fmt: skip


def within(query: Query, term: Term) -> Query:
    """Return a query of which a term is always one: that of the place whose page it is."""
    others = tuple(each for each in query.terms if each != term)
    return Query(query.state, (term, *others), query.sought, query.sort)


def asked_of(request: Request) -> str:
    """Return the query: what stands in the box, with the choices beside it, where a form has some."""
    text = request.query_params.get("q", "")[:LONGEST].strip()
    sort = request.query_params.get("sort", "")
    if sort in tuple(Sort):
        return str(parse_query(text).with_sort(Sort(sort)))
    return text


def after_of(request: Request) -> Cursor | None:
    """Return after which story of a list its page goes on, by the address."""
    return read_cursor(request.query_params.get("after", ""))
