"""What is one's own: profile and password, sessions, tokens, names elsewhere."""

import re
from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.accounts.handles import handles_of, unbind_handle
from hub.accounts.letters import is_verified
from hub.accounts.linking import make_link_code
from hub.accounts.passwords import check_password, has_password, set_password
from hub.accounts.people import rename_person, set_email, set_language
from hub.accounts.sessions import list_sessions, revoke_all, revoke_session
from hub.accounts.tokens import SCOPES, create_token, list_tokens, revoke_token
from hub.errors import Invalid
from hub.language import gettext
from web.accounts.agents import told
from web.accounts.desk import (
    Wrong,
    app_of,
    change,
    logged_in,
    me,
    problem,
    see,
    sheet,
    status_of,
    visit_of,
)
from web.accounts.entering import enter
from web.accounts.mailing import promise_proof, sends_mail
from web.accounts.throttles import address_of, try_own_letter, try_password
from web.forms import Form, read_form

_DAYS = re.compile("[0-9]{1,3}")


def own_routes() -> list[Route]:
    """Return the routes of what is one's own."""
    pages = {
        "/me": profile,
        "/me/password": password,
        "/me/sessions": sessions,
        "/me/tokens": tokens,
        "/me/handles": handles,
    }
    return [Route(path, logged_in(view), methods=["GET", "POST"]) for path, view in pages.items()]


async def profile(request: Request) -> Response:
    """Show how one is called and written to, and in which language one reads; change it."""
    if request.method != "POST":
        return await _profile_form(request, {})
    form, person, now = await read_form(request), me(request), app_of(request).clock()
    actor, slug = visit_of(request).actor, person.slug
    is_moved = form.line("email") != person.email
    if is_moved and sends_mail(request):
        try_own_letter(request, slug, now)

    def do(session: Session) -> None:
        rename_person(session, actor, slug, name=form.line("name"), now=now)
        set_email(session, actor, slug, form.line("email"), now=now)
        set_language(session, actor, slug, form.line("language"), now=now)
        if is_moved:
            promise_proof(request, session, slug)

    found = await change(request, do)
    if isinstance(found, Wrong):
        return await _profile_form(request, form, status=status_of(found), **problem(found))
    return see("/me", kept="1")


async def _profile_form(
    request: Request, given: Mapping[str, str], status: int = 200, **wrong: str
) -> Response:
    person = me(request)
    is_proved = await app_of(request).read(lambda s: is_verified(s, person))
    can_prove = bool(person.email) and not is_proved and sends_mail(request)
    said = () if wrong else request.query_params
    return sheet(
        request, "profile", status=status, given=given, welcome="welcome" in said,
        kept="kept" in said, is_sent="sent" in said and can_prove,
        is_confirmed="confirmed" in said and is_proved, is_proved=is_proved, can_prove=can_prove,
        **wrong,
    )  # fmt: skip


async def password(request: Request) -> Response:
    """Take a new password from who knows the old one; all other sessions end."""
    app, person = app_of(request), me(request)
    has_one = await app.read(lambda s: has_password(s, person.slug))
    if request.method != "POST":
        return sheet(request, "password", has_one=has_one)
    form, now = await read_form(request), app.clock()
    if has_one and not await _knows_password(request, form):
        wrong: Wrong | None = Invalid("old", gettext("That is not your password now."))
    else:
        actor, new = visit_of(request).actor, form.get("password", "")
        where = address_of(request)
        wrong = await change(
            request, lambda s: set_password(s, actor, person.slug, new, now=now, keep=where)
        )
    if isinstance(wrong, Wrong):
        shown = problem(wrong)
        return sheet(request, "password", status=status_of(wrong), has_one=has_one, **shown)
    return await enter(request, person, "/me/sessions?kept=1")


async def _knows_password(request: Request, form: Form) -> bool:
    app, slug, now = app_of(request), me(request).slug, app_of(request).clock()
    try_password(request, slug, now)
    old = form.get("old", "")
    return await app.read(lambda s: check_password(s, slug, old, now)) is not None


async def sessions(request: Request) -> Response:
    """Show where one is logged in, and end one of them or all others."""
    app, known = app_of(request), visit_of(request)
    slug, now = known.person.slug, app.clock()
    if request.method != "POST":
        found = await app.read(lambda s: list_sessions(s, slug, now=now))
        kept = "kept" in request.query_params
        return sheet(
            request, "sessions", sessions=[(each, told(each.agent)) for each in found],
            here_id=known.session_id, kept=kept,
        )  # fmt: skip
    form = await read_form(request)
    number = None if "others" in form else _number(form.get("session", ""))

    def do(session: Session) -> None:
        if number is None:
            revoke_all(session, known.actor, slug, except_=known.session_id)
        else:
            revoke_session(session, known.actor, slug, number)

    await app.write(do)
    return see("/me/sessions")


async def tokens(request: Request) -> Response:
    """Show the tokens of one's programs; make one, whose secret is shown once; revoke one."""
    if request.method != "POST":
        return await _tokens_page(request)
    app, known = app_of(request), visit_of(request)
    form, slug, now = await read_form(request), known.person.slug, app_of(request).clock()
    if "revoke" in form:
        number = _number(form["revoke"])
        await app.write(lambda s: revoke_token(s, known.actor, slug, number, now=now))
        return see("/me/tokens")
    days = form.line("days")
    until = now + timedelta(days=int(days)) if _DAYS.fullmatch(days) else None
    name, scopes = form.line("name"), form.all("scopes")
    found = await change(
        request, lambda s: create_token(s, known.actor, slug, name, scopes, until, now)
    )
    if isinstance(found, Wrong):
        return await _tokens_page(request, form=form, wrong=found)
    return await _tokens_page(request, secret=found[1])


async def _tokens_page(
    request: Request, *, form: Form | None = None, secret: str = "", wrong: Wrong | None = None
) -> Response:
    slug = me(request).slug
    found = await app_of(request).read(lambda s: list_tokens(s, slug))
    shown = problem(wrong) if wrong else {}
    return sheet(
        request, "tokens", status=status_of(wrong) if wrong else 200, tokens=found, secret=secret,
        scopes=SCOPES, chosen=form.all("scopes") if form else ["read"], now=app_of(request).clock(),
        name=form.line("name") if form else "", days=form.line("days") if form else "90", **shown,
    )  # fmt: skip


async def handles(request: Request) -> Response:
    """Show one's names elsewhere; make a code to say to the bot; take a name away."""
    app, known = app_of(request), visit_of(request)
    slug, now = known.person.slug, app.clock()
    code, wrong = "", None
    if request.method == "POST":
        form = await read_form(request)
        if "kind" in form:
            kind, realm, subject = form["kind"], form.get("realm", ""), form.get("subject", "")
            found = await change(
                request,
                lambda s: unbind_handle(s, known.actor, slug, kind, realm, subject, now=now),
            )
            wrong = found if isinstance(found, Wrong) else None
            if wrong is None:
                return see("/me/handles")
        else:
            code = await app.write(lambda s: make_link_code(s, known.actor, slug, now=now))
    held = await app.read(lambda s: handles_of(s, slug))
    return sheet(
        request, "handles", status=status_of(wrong) if wrong else 200, handles=held, code=code,
        networks=app.config.network, providers=app.config.auth.oidc,
        **(problem(wrong) if wrong else {}),
    )  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise HTTPException(400, gettext("%(given)s is no number.", given=repr(text[:40])))
    return int(text)
