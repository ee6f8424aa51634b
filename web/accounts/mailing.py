"""What goes by mail: a link for who forgot their password, and the proof that an address is read.

Asking for a link gets the same answer after the same work, whether there is such an account or not: a letter
is put down, and who it is for is found out later (hub/accounts/letters.py).
"""

from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.accounts.letters import ask_reset, ask_verification, confirm_address
from hub.accounts.tickets import TicketKind, peek_ticket
from hub.language import gettext, language
from web.accounts.desk import (
    Wrong,
    app_of,
    change,
    logged_in,
    me,
    over,
    problem,
    see,
    sheet,
    status_of,
)
from web.accounts.throttles import address_of, try_code, try_letter, try_own_letter
from web.forms import read_form


def mailing_routes() -> list[Route]:
    """Return the routes of what goes by mail."""
    both = ["GET", "POST"]
    return [
        Route("/forgot", forgot, methods=both),
        Route("/verify/{code}", verify, methods=both),
        Route("/me/email", logged_in(send_again), methods=["POST"]),
    ]


def sends_mail(request: Request) -> bool:
    """Tell whether this hub can send mails."""
    return bool(app_of(request).config.mail.host)


def promise_proof(request: Request, session: Session, slug: str) -> None:
    """Promise somebody a link by which they prove that they read their address, where mails are sent."""
    if sends_mail(request):
        ask_verification(session, slug, language=language.get(), now=app_of(request).clock())


async def forgot(request: Request) -> Response:
    """Say how one gets a link for a new password; take the name or address of who wants one."""
    app, can = app_of(request), sends_mail(request)
    if request.method != "POST":
        return sheet(request, "forgot", can=can, is_asked="asked" in request.query_params)
    form = await read_form(request)
    if not can:
        return see("/forgot")
    now, wanted, spoken = app.clock(), form.line("name"), language.get()
    try_letter(request, now)
    await app.write(lambda s: ask_reset(s, wanted, language=spoken, now=now))
    return see("/forgot", asked="1")


async def verify(request: Request) -> Response:
    """Let the holder of a link confirm that they read an address; to open it changes nothing."""
    app, code = app_of(request), request.path_params["code"]
    now = app.clock()
    try_code(request, now)
    ticket = await app.read(lambda s: peek_ticket(s, TicketKind.VERIFY, code, now))
    if ticket is None:
        words = gettext("This link was used already, or is too old. Your profile sends a new one.")
        return over(request, words)
    shown: dict[str, Any] = {"slug": ticket.person, "email": ticket.data.get("email", "")}
    if request.method != "POST":
        return sheet(request, "verify", **shown)
    await read_form(request)
    where = address_of(request)
    found = await change(request, lambda s: confirm_address(s, code, now=now, address=where))
    if isinstance(found, Wrong):
        return sheet(request, "verify", status=status_of(found), **shown, **problem(found))
    return see("/login", next="/me?confirmed=1", confirmed="1")


async def send_again(request: Request) -> Response:
    """Send the link that proves one's address once more."""
    await read_form(request)
    slug = me(request).slug
    try_own_letter(request, slug, app_of(request).clock())
    await app_of(request).write(lambda s: promise_proof(request, s, slug))
    return see("/me", sent="1")
