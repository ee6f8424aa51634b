"""How people come in and go: log in, log out, join, set the hub up, set a new password."""

from collections.abc import Callable

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.accounts.passwords import check_password, renew_hash
from hub.accounts.people import Person
from hub.accounts.registration import (
    INVITE,
    OPEN,
    Registration,
    complete_reset,
    complete_setup,
    register,
)
from hub.accounts.sessions import end_session, open_session
from hub.accounts.tickets import TicketKind, peek_ticket
from web.accounts.desk import Wrong, app_of, change, over, problem, see, sheet, status_of
from web.accounts.mailing import promise_proof
from web.accounts.throttles import address_of, forget_tries, try_code, try_password
from web.forms import Form, read_form
from web.sessions import drop_session, keep_session, session_of, visit
from web.theme import own_path


def entering_routes() -> list[Route]:
    """Return the routes by which one comes in and goes."""
    both = ["GET", "POST"]
    return [
        Route("/login", log_in, methods=both),
        Route("/logout", log_out, methods=["POST"]),
        Route("/register", join, methods=both),
        Route("/invite/{code}", join, methods=both),
        Route("/setup/{code}", set_up, methods=both),
        Route("/reset/{code}", reset, methods=both),
    ]


async def log_in(request: Request) -> Response:
    """Show the form to log in, and take it: what is wrong is told in the same words and the same time."""
    if request.method != "POST":
        way = own_path(request.query_params.get("next", "/"))
        if visit(request) is not None:
            return see(way)
        return _login_form(request, way=way)
    form = await read_form(request)
    app, way = app_of(request), own_path(form.get("next", "/"))
    name, password, now = form.line("name"), form.get("password", ""), app.clock()
    try_password(request, name, now)
    person = await app.read(lambda s: check_password(s, name, password, now))
    if person is None:
        return _login_form(request, way=way, name=name, is_wrong=True, status=403)
    forget_tries(request, name)
    await app.write(lambda s: renew_hash(s, person.slug, password))
    return await enter(request, person, way)


def _login_form(
    request: Request, *, way: str, name: str = "", is_wrong: bool = False, status: int = 200
) -> Response:
    auth = app_of(request).config.auth
    return sheet(
        request, "login", status=status, way=way, name=name, is_wrong=is_wrong,
        providers=auth.oidc, mode=auth.registration,
        is_confirmed="confirmed" in request.query_params,
    )  # fmt: skip


async def enter(request: Request, person: Person, way: str) -> Response:
    """Begin a session for somebody who has just proved who they are, and lead on.

    The session is a new one always, and the browser's earlier one ends.
    """
    app, before = app_of(request), session_of(request)
    agent = request.headers.get("user-agent", "")

    def begin(session: Session) -> str:
        if before:
            end_session(session, before)
        return open_session(
            session, person, address=address_of(request), agent=agent, now=app.clock()
        )

    answer = see(way)
    keep_session(request, answer, await app.write(begin))
    return answer


async def log_out(request: Request) -> Response:
    """End the session."""
    await read_form(request)
    secret = session_of(request)
    await app_of(request).write(lambda s: end_session(s, secret))
    answer = see("/")
    drop_session(request, answer)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


async def join(request: Request) -> Response:
    """Show the form to join, by an invitation where one is needed, and take it."""
    app, invite = app_of(request), request.path_params.get("code", "")
    mode, now = app.config.auth.registration, app.clock()
    if invite:
        try_code(request, now)
        known = await app.read(lambda s: peek_ticket(s, TicketKind.INVITE, invite, now))
        if known is None:
            return over(request)
    elif mode != OPEN:
        return sheet(request, "closed", status=403, mode=mode, is_invite=mode == INVITE)

    def do(session: Session, given: Registration) -> Person:
        where = address_of(request)
        person = register(session, mode, given, invite=invite, now=now, address=where)
        promise_proof(request, session, person.slug)
        return person

    return await _welcome(request, "register", do)


async def set_up(request: Request) -> Response:
    """Let the holder of the link that was told at the start be the first administrator."""
    app, code = app_of(request), request.path_params["code"]
    now = app.clock()
    try_code(request, now)
    if await app.read(lambda s: peek_ticket(s, TicketKind.SETUP, code, now)) is None:
        return over(request)

    def do(session: Session, given: Registration) -> Person:
        person = complete_setup(session, code, given, now=now, address=address_of(request))
        promise_proof(request, session, person.slug)
        return person

    return await _welcome(request, "setup", do)


async def _welcome(
    request: Request, name: str, do: Callable[[Session, Registration], Person]
) -> Response:
    """Show the form of somebody new, or take it and let them in."""
    if request.method != "POST":
        return sheet(request, name, given=Registration(""))
    try_code(request, app_of(request).clock())
    form = await read_form(request)
    given = _given(form)
    found = await change(request, lambda s: do(s, given))
    if isinstance(found, Wrong):
        return sheet(request, name, status=status_of(found), given=given, **problem(found))
    return await enter(request, found, "/me?welcome=1")


def _given(form: Form) -> Registration:
    slug = form.line("slug").lower()
    return Registration(
        slug,
        form.line("name") or slug,
        form.line("email"),
        form.get("password", ""),
    )


async def reset(request: Request) -> Response:
    """Let the holder of a link set a new password."""
    app, code = app_of(request), request.path_params["code"]
    now = app.clock()
    try_code(request, now)
    ticket = await app.read(lambda s: peek_ticket(s, TicketKind.RESET, code, now))
    if ticket is None:
        return over(request)
    if request.method != "POST":
        return sheet(request, "reset", slug=ticket.person)
    password, where = (await read_form(request)).get("password", ""), address_of(request)
    found = await change(
        request, lambda s: complete_reset(s, code, password, now=now, address=where)
    )
    if isinstance(found, Wrong):
        shown = problem(found)
        return sheet(request, "reset", status=status_of(found), slug=ticket.person, **shown)
    return await enter(request, found, "/me")
