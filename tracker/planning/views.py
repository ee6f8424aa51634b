"""The pages of boards and worklists, and what their forms do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.accounts.people import require_row
from hub.errors import Conflict, HubError, Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from tracker.desk import Desk, see_other
from tracker.planning.acts import BOARD_ACTS, LIST_ACTS, Act
from tracker.planning.boards import NewBoard, create_board, new_lane
from tracker.planning.pages import (
    PlanShown,
    list_boards,
    list_worklists,
    read_board,
    read_worklist,
)
from tracker.planning.permissions import with_owner
from tracker.planning.sight import holder_of as holder
from tracker.planning.sight import need_board, need_edit, need_worklist
from tracker.planning.tables import FIELDS, BoardRow
from tracker.planning.words import asks, field_word
from tracker.planning.worklists import NewWorklist, create_worklist
from tracker.sent import Sent
from tracker.states import Status
from tracker.story_views import Drawn
from web.forms import Form, read_form

_STATUS: Mapping[type[HubError], int] = {NotFound: 404, Refused: 403, Invalid: 400, Conflict: 409}
Write = Callable[[Session], str]


async def show_boards(desk: Desk, request: Request) -> Response:
    """List boards."""
    return await _boards(desk, request, Sent())


async def save_board(desk: Desk, request: Request) -> Response:
    """Make a board, its lanes named one a line or between commas."""
    actor, form, now = desk.actor(request), await read_form(request), desk.app.clock()

    def write(session: Session) -> str:
        new = NewBoard(
            form.line("title"),
            form.get("description") or None,
            is_private=form.get("private") == "1",
        )
        id_ = create_board(session, actor, new, now=now)
        owner = with_owner(actor, session.get_one(BoardRow, id_))
        for title in form.get("lanes", "").replace(",", "\n").splitlines():
            if title.strip():
                new_lane(session, owner, id_, title, now=now)
        return f"/board/{id_}"

    return await _made(desk, request, form, write, _boards)


async def show_board(desk: Desk, request: Request) -> Response:
    """Show a board. Raises: NotFound."""
    return await _plan(desk, request, "board", Sent())


async def change_board(desk: Desk, request: Request) -> Response:
    """Do what a form of a board asks for."""
    return await _change(desk, request, "board", BOARD_ACTS)


async def edit_board_page(desk: Desk, request: Request) -> Response:
    """Show the form that changes a board. Raises: NotFound, Refused."""
    return await _edit(desk, request, "board", Sent())


async def show_worklists(desk: Desk, request: Request) -> Response:
    """List worklists."""
    return await _worklists(desk, request, Sent())


async def save_worklist(desk: Desk, request: Request) -> Response:
    """Make a worklist."""
    actor, form, now = desk.actor(request), await read_form(request), desk.app.clock()

    def write(session: Session) -> str:
        new = NewWorklist(
            form.line("title"),
            is_private=form.get("private") == "1",
            automatic=form.get("automatic") == "1",
        )
        id_ = create_worklist(session, actor, new, now=now)
        return f"/worklist/{id_}/edit#filters" if new.automatic else f"/worklist/{id_}"

    return await _made(desk, request, form, write, _worklists)


async def show_worklist(desk: Desk, request: Request) -> Response:
    """Show a worklist. Raises: NotFound."""
    return await _plan(desk, request, "worklist", Sent())


async def change_worklist(desk: Desk, request: Request) -> Response:
    """Do what a form of a worklist asks for."""
    return await _change(desk, request, "worklist", LIST_ACTS)


async def edit_worklist_page(desk: Desk, request: Request) -> Response:
    """Show the form that changes a worklist. Raises: NotFound, Refused."""
    return await _edit(desk, request, "worklist", Sent())


async def _made(
    desk: Desk,
    request: Request,
    form: Form,
    write: Write,
    again: Callable[[Desk, Request, Sent], Awaitable[Response]],
) -> Response:
    try:
        return see_other(await desk.app.write(write))
    except Invalid as error:
        return await again(desk, request, Sent(form, str(error)))


async def _boards(desk: Desk, request: Request, sent: Sent) -> Response:
    actor, archived = desk.actor(request), request.query_params.get("archived") == "1"
    lines = await desk.app.read(lambda s: list_boards(s, actor, archived=archived))
    return desk.answer(
        request, "planning/boards.html", status=400 if sent.problem else 200,
        lines=lines, archived=archived, sent=sent, may_make=_may_make(desk, request),
    )  # fmt: skip


async def _worklists(desk: Desk, request: Request, sent: Sent) -> Response:
    actor, archived = desk.actor(request), request.query_params.get("archived") == "1"
    lines = await desk.app.read(lambda s: list_worklists(s, actor, archived=archived))
    return desk.answer(
        request, "planning/worklists.html", status=400 if sent.problem else 200,
        lines=lines, archived=archived, sent=sent, may_make=_may_make(desk, request),
    )  # fmt: skip


def _may_make(desk: Desk, request: Request) -> bool:
    actor = desk.actor(request)
    return actor.person is not None and may(actor, "write", "stories:all")


async def _plan(desk: Desk, request: Request, kind: str, sent: Sent, status: int = 400) -> Response:
    """Show a board or worklist, and again what could not be done to it."""
    actor, now = desk.actor(request), desk.app.clock()
    id_ = plan_number(request.path_params["id"])

    def read(session: Session) -> Response:
        shown = _read(session, actor, kind, id_, now)
        return desk.answer(
            request, f"planning/{kind}.html", status=status if sent.problem else 200,
            shown=shown, sent=sent, base=f"/{kind}/{id_}", asks=asks,
            described=Drawn(desk.prose(session, actor)),
        )  # fmt: skip

    return await desk.app.read(read)


async def _edit(desk: Desk, request: Request, kind: str, sent: Sent) -> Response:
    actor, now = desk.actor(request), desk.app.clock()
    id_ = plan_number(request.path_params["id"])

    def read(session: Session) -> Response:
        if kind == "board":
            need_edit(actor, need_board(session, actor, id_))
        else:
            need_edit(actor, holder(session, need_worklist(session, actor, id_)))
        shown = _read(session, actor, kind, id_, now)
        me = require_row(session, actor.person) if actor.person else None
        return desk.answer(
            request, f"planning/{kind}_edit.html", status=400 if sent.problem else 200,
            shown=shown, sent=sent, base=f"/{kind}/{id_}", asks=asks, field_word=field_word,
            fields=FIELDS, statuses=tuple(Status), own=me.slug if me else "",
        )  # fmt: skip

    return await desk.app.read(read)


async def _change(desk: Desk, request: Request, kind: str, acts: Mapping[str, Act]) -> Response:
    """Do what a form asks for; a script that sent it is told in JSON what became of it."""
    actor, form = desk.actor(request), await read_form(request)
    id_, now = plan_number(request.path_params["id"]), desk.app.clock()
    act = acts.get(form.get("do", ""))
    is_script = "application/json" in request.headers.get("accept", "")

    def write(session: Session) -> str:
        if act is None:
            raise Invalid("do", gettext("Nothing was asked for. Use the page's own buttons."))
        _read_right(session, actor, kind, id_)
        return act(session, actor, id_, form, now)

    try:
        place = await desk.app.write(write)
    except (Invalid, Conflict, NotFound, Refused) as error:
        status = next(s for each, s in _STATUS.items() if isinstance(error, each))
        if is_script:
            return JSONResponse({"problem": str(error)}, status)
        if isinstance(error, (NotFound, Refused)):
            raise
        again = _edit if form.get("page") == "edit" else _plan
        return await again(desk, request, kind, Sent(form, str(error)))
    if is_script:
        return JSONResponse({"place": place})
    page = "/edit" if form.get("page") == "edit" and form["do"] not in ("edit", "archive") else ""
    return see_other(f"/{kind}/{id_}{page}{place}")


def _read_right(session: Session, actor: Actor, kind: str, id_: int) -> None:
    """Make sure that a thing may be seen. Raises: NotFound."""
    need = need_board if kind == "board" else need_worklist
    need(session, actor, id_)


def _read(session: Session, actor: Actor, kind: str, id_: int, now: datetime) -> PlanShown:
    read = read_board if kind == "board" else read_worklist
    return read(session, actor, id_, now)


def plan_number(text: str) -> int:
    """Return the number in an address. Raises: NotFound."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound(gettext("There is no such board or worklist. /boards lists all boards."))
    return int(text)
