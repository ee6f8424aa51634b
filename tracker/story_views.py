"""A story's page, and all that its forms do to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.accounts.people import find_row
from hub.around import around
from hub.errors import Invalid, NotFound
from hub.language import gettext
from hub.people import Actor
from tracker.attachments.keeping import Attachment, attachments_of, may_remove, set_removed
from tracker.changes import KEEP, Kept, see_story
from tracker.comments import add_comment, edit_comment, remove_comment
from tracker.desk import Desk, see_other
from tracker.projects import find_project
from tracker.sent import Sent
from tracker.sight import need_write, no_story, story_ref
from tracker.states import Importance, Stage
from tracker.stories import StoryEdit, edit_story, set_duplicate, set_needed
from tracker.story_page import read_story
from tracker.subscriptions import follow, unfollow
from tracker.tables import ProjectRow
from tracker.tags import set_tags, tags_of
from tracker.tasks import (
    NewTask,
    TaskEdit,
    add_task,
    edit_task,
    no_task,
    remove_task,
    story_of_task,
)
from tracker.voices import set_voice
from web.forms import Form, read_form
from web.markdown import to_text

Act = Callable[[Session, Actor, int, Form, datetime], str]
"""Does what a form asks for to a story, and returns the part of the page to show then."""

_IN_SHORT = 1_000
"""From so many characters of Markdown a description in short is made."""


async def show_story(desk: Desk, request: Request) -> Response:
    """Show a story. Raises: NotFound."""
    return await story_page(desk, request, Sent())


async def story_page(desk: Desk, request: Request, sent: Sent) -> Response:
    """Show a story, and again what could not be done to it."""
    actor, id_ = desk.actor(request), number(request.path_params["id"])
    before = request.query_params.get("before", "")
    earlier = number(before) if before else None

    def read(session: Session) -> Response:
        shown = read_story(session, actor, id_, earlier)
        projects = session.exec(
            select(ProjectRow.name).where(ProjectRow.is_active).order_by(ProjectRow.name)
        ).all()
        return desk.answer(
            request,
            "story.html",
            status=400 if sent.problem else 200,
            shown=shown,
            sent=sent,
            in_short=to_text(shown.description[:_IN_SHORT]),
            before=earlier,
            around=around(
                session,
                desk.app.modules,
                actor,
                story_ref(id_),
                {shown.source},
                [review.ref for review in shown.reviews],
            ),
            came_from=desk.place_of(session, actor, shown.source),
            projects=projects if shown.mine.may_write else (),
            prose=Drawn(desk.prose(session, actor)),
            files=_files(session, actor, id_),
            most_kb=desk.app.config.attachments.largest_kb,
        )

    return await desk.app.read(read)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a story as its page shows it to somebody."""

    its: Attachment
    url: str
    may_remove: bool


def _files(session: Session, actor: Actor, story_id: int) -> Sequence[File]:
    """Return a story's files; one that was taken away only to who may bring it back."""
    found = []
    for its in attachments_of(session, story_id):
        mine = may_remove(session, actor, its.author_id, story_id)
        if mine or not its.is_removed:
            url = f"/story/{story_id}/attachment/{its.id}/{quote(its.name, safe='')}"
            found.append(File(its, url, mine))
    return found


class Drawn:
    """Makes HTML of texts; it tells nothing of a page apart, as the texts themselves do."""

    def __init__(self, draw: Callable[[str], str]) -> None:
        self._draw = draw

    def __call__(self, text: str) -> str:
        """Return a text as HTML."""
        return self._draw(text)

    def __repr__(self) -> str:
        return "prose"


async def show_task(desk: Desk, request: Request) -> Response:
    """Lead to a task on its story's page. Raises: NotFound."""
    actor, id_ = desk.actor(request), number(request.path_params["id"])

    def read(session: Session) -> Response:
        story = story_of_task(session, id_)
        try:
            see_story(session, actor, story or 0)
        except NotFound as error:
            raise no_task(id_) from error
        return RedirectResponse(f"/story/{story}#task-{id_}", 302)

    return await desk.app.read(read)


async def change_story(desk: Desk, request: Request) -> Response:
    """Do what a form of the page asks for (`do`), and show the page again.

    What can't be understood stands in its form again, with the reason. Raises: NotFound, Refused, Invalid.
    """
    actor, form = desk.actor(request), await read_form(request)
    id_ = number(request.path_params["id"])
    act = _ACTS.get(form.get("do", ""))
    if act is None:
        raise Invalid("do", gettext("Nothing was asked for. Use the page's own buttons."))
    now = desk.app.clock()

    def write(session: Session) -> str:
        story = see_story(session, actor, id_)
        if form["do"] != "follow":  # who may only read may follow
            need_write(actor, story)
        return act(session, actor, id_, form, now)

    try:
        return see_other(f"/story/{id_}{await desk.app.write(write)}")
    except Invalid as error:
        return await story_page(desk, request, Sent(form, str(error)))


def number(text: str) -> int:
    """Return the number in an address. Raises: NotFound."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise no_story(text[:20])
    return int(text)


def _comment(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    made = add_comment(session, actor, id_, form.get("content", ""), now=now)
    return f"#comment-{made}"


def _edit_comment(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    comment = number(form.get("comment", ""))
    edit_comment(session, actor, id_, comment, form.get("content", ""), now=now)
    return f"#comment-{comment}"


def _remove_comment(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    comment = number(form.get("comment", ""))
    remove_comment(session, actor, id_, comment, now=now)
    return f"#comment-{comment}"


def _add_task(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    story = see_story(session, actor, id_)
    project = need_project(session, form.line("project"))
    title = form.line("title") or story.title
    who = _person(session, actor, form.line("assignee"))
    made = add_task(session, actor, id_, NewTask(title, project, assignee_id=who), now=now)
    return f"#task-{made}"


def _move_task(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    task = number(form.get("task", ""))
    if story_of_task(session, task) != id_:
        raise no_task(task)
    given = form.get("stage", "")
    stage: Stage | Kept = Stage(given) if given in tuple(Stage) else KEEP
    who = _person(session, actor, form.line("assignee")) if "assignee" in form else KEEP
    title = form.line("title") if form.line("title") else KEEP
    edit = TaskEdit(title=title, stage=stage, assignee_id=who)
    edit_task(session, actor, task, edit, now=now)
    return f"#task-{task}"


def _remove_task(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    task = number(form.get("task", ""))
    if story_of_task(session, task) != id_:
        raise no_task(task)
    remove_task(session, actor, task, now=now)
    return "#tasks"


def _tags(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    names = form.line("tags").replace(",", " ").split()
    if list(tags_of(session, id_)) != names:
        set_tags(session, actor, id_, names, now=now)
    return ""


def _importance(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    given = form.get("importance", "")
    if given not in tuple(Importance):
        raise Invalid("importance", gettext("Choose one of the importances that there are."))
    edit_story(session, actor, id_, StoryEdit(importance=Importance(given)), now=now)
    return ""


def _affects(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    set_voice(session, actor, id_, "affects", raised=form.get("on") == "1", now=now)
    return ""


def _votes(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    set_voice(session, actor, id_, "votes", raised=form.get("on") == "1", now=now)
    return ""


def _follow(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    if form.get("on") == "1":
        follow(session, actor, "story", id_, now=now)
    else:
        unfollow(session, actor, "story", id_)
    return ""


def _duplicate(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    of = form.line("of")
    set_duplicate(session, actor, id_, _other(session, actor, of) if of else None, now=now)
    return ""


def _need(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    other = _other(session, actor, form.line("needs"))
    set_needed(session, actor, id_, other, needed=form.get("on", "1") == "1", now=now)
    return ""


def _other(session: Session, actor: Actor, given: str) -> int:
    """Return the number of another story that somebody named in a form. Raises: Invalid."""
    try:
        other = number(given.lstrip("#"))
        see_story(session, actor, other)
    except NotFound as error:
        raise Invalid("story", str(error)) from error
    return other


def need_project(session: Session, name: str) -> int:
    """Return the number of a project that somebody named. Raises: Invalid."""
    row = find_project(session, name)
    if row is None:
        raise Invalid(
            "project", gettext("There is no project %(name)s. Choose one of the list.", name=name)
        )
    return row.id or 0


def _person(session: Session, actor: Actor, slug: str) -> int | None:
    if not slug:
        return None
    wanted = actor.person if slug == "me" and actor.person else slug
    row = find_row(session, wanted.removeprefix("@"))
    if row is None:
        raise Invalid("assignee", gettext("There is nobody called %(slug)s here.", slug=slug[:64]))
    return row.id


def _take_file(session: Session, actor: Actor, id_: int, form: Form, now: datetime) -> str:
    file = number(form.line("file"))
    set_removed(session, actor, id_, file, removed=form.get("on") == "1", now=now)
    return "#files"


_ACTS: Mapping[str, Act] = {
    "comment": _comment,
    "edit-comment": _edit_comment,
    "remove-comment": _remove_comment,
    "add-task": _add_task,
    "move-task": _move_task,
    "remove-task": _remove_task,
    "tags": _tags,
    "importance": _importance,
    "affects": _affects,
    "votes": _votes,
    "follow": _follow,
    "file": _take_file,
    "duplicate": _duplicate,
    "need": _need,
}
