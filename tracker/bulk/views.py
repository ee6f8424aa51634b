"""The pages on which many stories are changed: choosing, what would come of it, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.accounts.people import find_row
from hub.errors import Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from tracker.authors import known
from tracker.briefs import brief_stories
from tracker.bulk.changing import (
    MOST,
    PIECE,
    Outcome,
    begin_change,
    change_piece,
    open_change,
    plan_change,
    steps_of,
    undo_piece,
)
from tracker.bulk.steps import Step, Wanted
from tracker.changes import KEEP, see_story
from tracker.desk import Desk, see_other
from tracker.listing import find_stories
from tracker.page_words import importance_word, stage_word
from tracker.plans import plan_query
from tracker.query import LONGEST, parse_query
from tracker.states import Importance, Stage
from tracker.story_views import need_project, number
from tracker.tables import BranchRow, MilestoneRow, ProjectRow
from tracker.tags import right_tag
from web.forms import Form, read_form

_FIELDS = ("importance", "stage", "assignee", "add", "remove", "project", "move", "milestone")
_NOBODY = "-"
"""Stands for nobody, or no milestone, in a field: empty means that it stays."""


@dataclass(frozen=True, slots=True)
class Told:
    """A step in the words of a page."""

    what: str
    before: str
    after: str
    problem: str = ""


async def show_choosing(desk: Desk, request: Request) -> Response:
    """Show the stories of a query to choose from. Raises: Refused."""
    return await _choosing(desk, request, request.query_params.get("q", "")[:LONGEST], Form([]))


async def change_many(desk: Desk, request: Request) -> Response:
    """Show what would come of a change, or make it."""
    form = await read_form(request)
    query = form.get("q", "")[:LONGEST]
    try:
        if form.get("do") == "apply":
            return see_other(await _apply(desk, request, form))
        return await _preview(desk, request, form, query)
    except Invalid as error:
        return await _choosing(desk, request, query, form, str(error))


async def show_changed(desk: Desk, request: Request) -> Response:
    """Show what came of a change of many. Raises: NotFound."""
    actor, id_ = desk.actor(request), number(request.path_params["id"])

    def read(session: Session) -> Response:
        bulk = open_change(session, actor, id_)
        steps = steps_of(session, id_)
        told = _told(session, actor, steps)
        return desk.answer(
            request, "bulk/changed.html", bulk=bulk, told=told,
            left=sum(bool(problem) for _, problem in steps),
        )  # fmt: skip

    return await desk.app.read(read)


async def undo_change(desk: Desk, request: Request) -> Response:
    """Undo a change of many, but for what somebody has changed since. Raises: NotFound."""
    await read_form(request)
    actor, id_ = desk.actor(request), number(request.path_params["id"])
    now = desk.app.clock()
    while await desk.app.write(lambda session: undo_piece(session, actor, id_, now=now)):
        pass
    return see_other(f"/stories/changed/{id_}")


async def _choosing(
    desk: Desk, request: Request, query: str, form: Form, problem: str = ""
) -> Response:
    actor = desk.actor(request)
    _need_person(actor)
    chosen = set(form.all("story"))
    takes_all = request.query_params.get("all") == "1"

    def read(session: Session) -> Response:
        planned = plan_query(session, actor, parse_query(query))
        ids: Sequence[int] = ()
        if planned.plan is not None:
            ids = find_stories(session, actor, planned.plan, after=None, limit=MOST).ids
        return desk.answer(
            request, "bulk/choose.html", status=400 if problem else 200, q=query, problem=problem,
            stories=brief_stories(session, ids), problems=planned.problems, form=form,
            chosen={each for each in ids if takes_all or str(each) in chosen}, most=MOST,
        )  # fmt: skip

    return await desk.app.read(read)


async def _preview(desk: Desk, request: Request, form: Form, query: str) -> Response:
    actor, ids = desk.actor(request), list(_chosen(form))

    def read(session: Session) -> Response:
        outcomes = plan_change(session, actor, ids, _wanted(session, actor, form))
        told = {
            each.story_id: _in_words(session, [(step, "") for step in each.steps])
            for each in outcomes
        }
        return desk.answer(
            request, "bulk/preview.html", q=query, form=form, fields=_FIELDS, told=told,
            outcomes=outcomes, changing=[each for each in outcomes if each.steps],
        )  # fmt: skip

    return await desk.app.read(read)


async def _apply(desk: Desk, request: Request, form: Form) -> str:
    """Make a change of many stories and return where it is told."""
    actor, now, seen = desk.actor(request), desk.app.clock(), _seen(form)
    wanted = await desk.app.read(lambda session: _wanted(session, actor, form))
    id_ = await desk.app.write(lambda session: begin_change(session, actor, now=now))
    for piece in _pieces(seen):
        await desk.app.write(
            lambda session, piece=piece: change_piece(  # type: ignore[misc]
                session, actor, id_, piece, wanted, now=now
            )
        )
    return f"/stories/changed/{id_}"


def _pieces(seen: Mapping[int, int]) -> Sequence[Mapping[int, int]]:
    pairs = list(seen.items())
    return [dict(pairs[first : first + PIECE]) for first in range(0, len(pairs), PIECE)]


def _chosen(form: Form) -> Sequence[int]:
    """Return the stories that were chosen. Raises: Invalid for none, or too many."""
    ids = [int(each) for each in form.all("story") if _is_number(each)]
    if not ids:
        raise Invalid("story", gettext("No story is chosen. Tick some, or choose all."))
    if len(ids) > MOST:
        raise Invalid("story", gettext("At most %(most)s stories are changed at once.", most=MOST))
    return list(dict.fromkeys(ids))


def _seen(form: Form) -> Mapping[int, int]:
    pairs = [each.partition("@") for each in form.all("seen")[:MOST]]
    seen = {int(id_): int(at) for id_, _, at in pairs if _is_number(id_) and at.isdecimal()}
    if not seen:
        raise Invalid("story", gettext("No story is chosen. Tick some, or choose all."))
    return seen


def _wanted(session: Session, actor: Actor, form: Form) -> Wanted:
    """Return what the form wants changed. Raises: Invalid."""
    wanted = Wanted(
        add_tags=[right_tag(each) for each in form.line("add").replace(",", " ").split()],
        remove_tags=[right_tag(each) for each in form.line("remove").replace(",", " ").split()],
        project_id=need_project(session, form.line("project")) if form.line("project") else None,
        assignee_id=_assignee(session, actor, form.line("assignee")),
    )
    if form.line("move"):
        wanted = replace(wanted, move_to=_target(session, form))
    if form.line("milestone"):
        name = form.line("milestone")
        wanted = replace(wanted, milestone=None if name == _NOBODY else name)
    if form.get("importance") in tuple(Importance):
        wanted = replace(wanted, importance=Importance(form["importance"]))
    if form.get("stage") in tuple(Stage):
        wanted = replace(wanted, stage=Stage(form["stage"]))
    if wanted.is_empty:
        raise Invalid("do", gettext("Nothing is to be changed. Say what, and look again."))
    return wanted


def _target(session: Session, form: Form) -> int:
    if not form.line("project"):
        raise Invalid("project", gettext("Say of which project the tasks are that move."))
    return need_project(session, form.line("move"))


def _assignee(session: Session, actor: Actor, slug: str) -> Any:
    if not slug:
        return KEEP
    if slug == _NOBODY:
        return None
    row = find_row(session, actor.person or "" if slug == "me" else slug.removeprefix("@"))
    if row is None:
        raise Invalid("assignee", gettext("There is nobody called %(slug)s here.", slug=slug[:64]))
    return row.id


def _need_person(actor: Actor) -> None:
    if actor.person is None or not may(actor, "write", "stories:all"):
        raise Refused(gettext("Changing stories is for people with an account. Log in first."))


def _told(
    session: Session, actor: Actor, steps: Sequence[tuple[Step, str]]
) -> Sequence[tuple[Outcome, Sequence[Told]]]:
    """Return what was done, by story; a story that its reader may not see any more has no title."""
    by_story: dict[int, list[tuple[Step, str]]] = {}
    for step, problem in steps:
        by_story.setdefault(step.story_id, []).append((step, problem))
    told = []
    for id_, its in by_story.items():
        try:
            title = see_story(session, actor, id_).title
        except NotFound:
            title = ""
        told.append((Outcome(id_, title, 0), _in_words(session, its)))
    return told


def _in_words(session: Session, steps: Sequence[tuple[Step, str]]) -> Sequence[Told]:
    names = _names(session, [step for step, _ in steps])
    return [_step_in_words(session, step, problem, names) for step, problem in steps]


def _names(session: Session, steps: Sequence[Step]) -> Mapping[str, str]:
    numbers = {
        value for step in steps if step.field == "assignee" for value in (step.before, step.after)
    }
    people = known(session, [int(each) for each in numbers if each])
    return {str(id_): who.name for id_, who in people.items()} | {"": gettext("nobody")}


def _place_in_words(session: Session, place: str) -> str:
    project, _, branch = place.partition("/")
    row, its = session.get(ProjectRow, int(project)), session.get(BranchRow, int(branch))
    return f"{row.name if row else '?'} {its.name if its else '?'}"


def _milestone_in_words(session: Session, id_: str) -> str:
    row = session.get(MilestoneRow, int(id_)) if id_ else None
    return row.name if row else gettext("no milestone")


def _step_in_words(session: Session, step: Step, problem: str, names: Mapping[str, str]) -> Told:
    match step.field:
        case "importance":
            words = importance_word(step.before), importance_word(step.after)
            return Told(gettext("Importance"), *words, problem)
        case "tag":
            return Told(gettext("Tag"), step.before, step.after, problem)
        case "stage":
            words = stage_word(step.before), stage_word(step.after)
            return Told(gettext("Task %(number)s", number=step.task_id), *words, problem)
        case "assignee":
            words = names.get(step.before, "?"), names.get(step.after, "?")
            return Told(gettext("Task %(number)s", number=step.task_id), *words, problem)
        case "place":
            words = _place_in_words(session, step.before), _place_in_words(session, step.after)
            return Told(gettext("Task %(number)s", number=step.task_id), *words, problem)
        case "milestone":
            words = (
                _milestone_in_words(session, step.before),
                _milestone_in_words(session, step.after),
            )
            return Told(gettext("Task %(number)s", number=step.task_id), *words, problem)
    return Told("", "", "", problem)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < len(text) < 10
