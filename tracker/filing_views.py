"""The forms in which stories are filed and edited. Two who edit at once both keep their words."""

from dataclasses import dataclass, replace

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import HubError, Invalid
from hub.language import gettext
from hub.people import Actor, may
from tracker.changes import see_story
from tracker.desk import Desk, see_other
from tracker.projects import find_project
from tracker.readers import with_story
from tracker.sight import need_write
from tracker.similar import similar_stories
from tracker.states import Importance
from tracker.stories import NewStory, Overtaken, StoryEdit, create_story, edit_story
from tracker.story_views import need_project, number
from tracker.tables import ProjectRow
from tracker.tags import add_tags
from tracker.tasks import NewTask, add_task
from web.forms import Form, read_form

_MOST_PROJECTS = 3_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A story as somebody writes it."""

    title: str = ""
    description: str = ""
    project: str = ""
    kind: str = "bug"
    importance: str = Importance.UNDECIDED.value
    tags: str = ""
    is_private: bool = False
    source: str = ""
    revision: int = 0


async def show_filing(desk: Desk, request: Request) -> Response:
    """Show the form for a new story; an address may fill it in."""
    asked = request.query_params
    draft = Draft(
        asked.get("title", "")[:255],
        asked.get("description", "")[:4_000],
        asked.get("project", "")[:100],
        source=asked.get("source", "")[:500],
    )
    return await _form(desk, request, draft)


async def file_story(desk: Desk, request: Request) -> Response:
    """File a story with its first task and its tags, or show the form again with what is wrong."""
    actor, form = desk.actor(request), await read_form(request)
    draft, now = _draft(form), desk.app.clock()

    def write(session: Session) -> int:
        project = need_project(session, draft.project) if draft.project else None
        story = create_story(session, actor, _new(draft), now=now)
        owner = with_story(actor, story)
        if project is not None:
            add_task(session, owner, story, NewTask(draft.title, project), now=now)
        if tags := draft.tags.replace(",", " ").split():
            add_tags(session, owner, story, tags, now=now)
        return story

    try:
        made = await desk.app.write(write)
    except Invalid as error:
        return await _form(desk, request, draft, error)
    return see_other(f"/story/{made}")


async def show_editing(desk: Desk, request: Request) -> Response:
    """Show the form that edits a story. Raises: NotFound, Refused."""
    actor, id_ = desk.actor(request), number(request.path_params["id"])
    draft = await desk.app.read(lambda session: _written(session, actor, id_))
    return desk.answer(request, "edit.html", id=id_, draft=draft, problem=None, theirs=None)


async def save_story(desk: Desk, request: Request) -> Response:
    """Save what was edited; when somebody else was quicker, show both texts and keep them.

    Raises: NotFound, Refused.
    """
    actor, form = desk.actor(request), await read_form(request)
    id_, draft = number(request.path_params["id"]), _draft(form)
    edit = StoryEdit(
        draft.title, draft.description, draft.kind, is_private=draft.is_private,
        expects=draft.revision or None,
    )  # fmt: skip
    now = desk.app.clock()
    try:
        await desk.app.write(lambda session: edit_story(session, actor, id_, edit, now=now))
    except (Overtaken, Invalid) as error:
        theirs = await desk.app.read(lambda session: _written(session, actor, id_))
        is_late = isinstance(error, Overtaken)
        mine = replace(draft, revision=theirs.revision) if is_late else draft
        return desk.answer(
            request, "edit.html", status=409 if is_late else 400, id=id_, draft=mine,
            problem=error, theirs=theirs if is_late else None,
        )  # fmt: skip
    return see_other(f"/story/{id_}")


async def _form(
    desk: Desk, request: Request, draft: Draft, problem: HubError | None = None
) -> Response:
    def read(session: Session) -> Response:
        query = select(ProjectRow.name).where(col(ProjectRow.is_active))
        projects = session.exec(query.order_by(col(ProjectRow.name)).limit(_MOST_PROJECTS)).all()
        actor = desk.actor(request)
        return desk.answer(
            request, "new.html", status=200 if problem is None else 400,
            draft=_with_template(session, draft) if problem is None else draft,
            problem=problem, projects=projects, may_file=may(actor, "write", "stories:all"),
            stories=similar_stories(session, actor, draft.title), similar=bool(draft.title),
        )  # fmt: skip

    return await desk.app.read(read)


def _with_template(session: Session, draft: Draft) -> Draft:
    """Return a draft that begins with what its project asks for."""
    project = find_project(session, draft.project) if draft.project else None
    if project is None or draft.description or not project.template:
        return draft
    return replace(draft, description=project.template)


def _draft(form: Form) -> Draft:
    revision = form.get("revision", "0")
    return Draft(
        form.line("title"),
        form.get("description", ""),
        form.line("project"),
        form.get("kind", "bug"),
        form.get("importance", Importance.UNDECIDED.value),
        form.line("tags"),
        form.get("private") == "1",
        form.line("source"),
        int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else 0,
    )


def _new(draft: Draft) -> NewStory:
    if draft.importance not in tuple(Importance):
        raise Invalid("importance", gettext("Choose one of the importances that there are."))
    return NewStory(
        draft.title,
        draft.description,
        draft.kind,
        Importance(draft.importance),
        draft.is_private,
        is_security=draft.is_private,
        source=draft.source,
    )


def _written(session: Session, actor: Actor, id_: int) -> Draft:
    story = see_story(session, actor, id_)
    need_write(actor, story)
    return Draft(
        story.title,
        story.description,
        kind=story.kind,
        is_private=story.is_private,
        revision=story.revision,
    )
