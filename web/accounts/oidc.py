"""Logging in elsewhere, by OpenID Connect: the way there, the way back, and binding it to who one is here.

The provider sends everybody back to one address, `<base_url>/login/oidc/callback`. Who is logged in already
binds the login instead; they say yes to that here, so that nobody can be led into binding a stranger's.
"""

import logging
from collections.abc import Mapping

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.accounts.handles import bind_handle
from hub.accounts.naming import right_email
from hub.accounts.people import Person
from hub.accounts.registration import Registration, join_by_login
from hub.config_people import OidcProvider
from hub.errors import Invalid
from hub.language import gettext
from web.accounts.desk import (
    Wrong,
    app_of,
    change,
    logged_in,
    me,
    see,
    sheet,
    status_of,
    visit_of,
)
from web.accounts.entering import enter
from web.accounts.oidc_attempt import (
    Attempt,
    drop_attempt,
    keep_attempt,
    new_attempt,
    new_proof,
    read_attempt,
    read_proof,
    write_proof,
)
from web.accounts.oidc_provider import NotProved, Provider, ProviderDown, Stranger
from web.accounts.throttles import address_of, try_code
from web.errors import answer_http_error
from web.forms import one_line, read_form
from web.page import base_url
from web.sessions import visit
from web.theme import own_path

_log = logging.getLogger(__name__)
_BACK = "/login/oidc/callback"


def oidc_routes() -> list[Route]:
    """Return the routes of logging in elsewhere."""
    return [
        Route(_BACK, come_back, methods=["GET"]),
        Route("/login/oidc/{name}", go_there, methods=["GET"]),
        Route("/me/logins", logged_in(bind), methods=["POST"]),
    ]


def make_providers(configured: tuple[OidcProvider, ...]) -> Mapping[str, Provider]:
    """Return the providers by their names, for the shell to keep."""
    return {each.name: Provider(each) for each in configured}


async def go_there(request: Request) -> Response:
    """Send somebody to a provider to log in there."""
    provider, now = _provider(request, request.path_params["name"]), app_of(request).clock()
    try_code(request, now)
    asked, known = request.query_params, visit(request)
    way, invite = own_path(asked.get("next", "/"))[:1000], asked.get("invite", "")[:200]
    binds = known.person.slug if known is not None else ""
    attempt = new_attempt(provider.config.name, way, invite, binds, now)
    try:
        address = await provider.way_in(attempt, base_url(request) + _BACK, now)
    except ProviderDown as error:
        raise _is_down(provider, error) from None
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    keep_attempt(request, answer, _key(request), attempt)
    return answer


async def come_back(request: Request) -> Response:
    """Take what the provider's answer proves: a login, or another login of who is here already."""
    attempt = read_attempt(request, _key(request), app_of(request).clock())
    try:
        answer = await _take(request, attempt)
    except HTTPException as error:
        # The code and the state of this address are nothing to show or to come back to.
        shown = {**request.scope, "path": "/", "raw_path": b"/", "query_string": b""}
        answer = await answer_http_error(Request(shown), error)
    drop_attempt(request, answer)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _take(request: Request, attempt: Attempt | None) -> Response:
    app, asked = app_of(request), request.query_params
    if attempt is None or not attempt.is_answered_by(asked.get("state", "")):
        raise HTTPException(
            403,
            gettext(
                "This login was not begun in this browser, or took too long. Begin it again here."
            ),
        )
    now = app.clock()
    try_code(request, now)
    provider = _provider(request, attempt.provider)
    stranger = await _ask_who(request, provider, attempt)
    if attempt.binds:
        return _ask_to_bind(request, provider, attempt, stranger)
    found = await change(request, lambda s: _join(s, request, provider, attempt, stranger))
    if isinstance(found, Wrong):
        raise HTTPException(status_of(found), str(found))
    return await enter(request, found, own_path(attempt.way))


async def _ask_who(request: Request, provider: Provider, attempt: Attempt) -> Stranger:
    asked, now = request.query_params, app_of(request).clock()
    if "code" not in asked:
        _log.info("%s: no login: %.200r", provider.config.name, asked.get("error", ""))
        raise _not_proved(provider)
    try:
        return await provider.who(attempt, asked, base_url(request) + _BACK, now)
    except ProviderDown as error:
        raise _is_down(provider, error) from None
    except NotProved as error:
        _log.warning("%s: login refused: %s", provider.config.name, error)
        raise _not_proved(provider) from None


def _join(
    session: Session, request: Request, provider: Provider, attempt: Attempt, stranger: Stranger
) -> Person:
    """Return who that is here. What the provider calls them is only a proposal, and may be unfit."""
    app, issuer = app_of(request), provider.config.issuer
    login = one_line(stranger.login) or one_line(stranger.name)
    given = Registration(login, one_line(stranger.name)[:80] or login[:80], _email(stranger.email))
    return join_by_login(
        session, app.config.auth.registration, issuer, stranger.subject, given,
        invite=attempt.invite, now=app.clock(), address=address_of(request),
    )  # fmt: skip


def _ask_to_bind(
    request: Request, provider: Provider, attempt: Attempt, stranger: Stranger
) -> Response:
    known = visit(request)
    if known is None or known.session_id is None or known.person.slug != attempt.binds:
        raise HTTPException(403, gettext("Your session has ended. Log in and begin again."))
    proof = new_proof(
        attempt.binds, attempt.provider, stranger.subject, attempt.way, app_of(request).clock()
    )
    return sheet(
        request, "binding", provider=provider.label, proof=write_proof(_key(request), proof),
        called=one_line(stranger.login or stranger.name or stranger.subject), way=attempt.way,
    )  # fmt: skip


async def bind(request: Request) -> Response:
    """Bind a login elsewhere to who is logged in and has said yes."""
    form, now = await read_form(request), app_of(request).clock()
    proof = read_proof(_key(request), form.get("proof", ""), now)
    if proof is None or proof.slug != me(request).slug:
        raise HTTPException(403, gettext("That took too long. Begin it again."))
    issuer, actor = _provider(request, proof.provider).config.issuer, visit_of(request).actor
    found = await change(
        request,
        lambda s: bind_handle(
            s, actor, proof.slug, "oidc", issuer, proof.subject, now=now,
            address=address_of(request),
        ),
    )  # fmt: skip
    if isinstance(found, Wrong):
        raise HTTPException(status_of(found), str(found))
    return see(own_path(proof.way))


def _email(told: str) -> str:
    try:
        return right_email(told)
    except Invalid:
        return ""


def _provider(request: Request, name: str) -> Provider:
    found = request.app.state.providers.get(name)
    if not isinstance(found, Provider):
        raise HTTPException(404)
    return found


def _key(request: Request) -> str:
    return app_of(request).passes.secret


def _is_down(provider: Provider, error: ProviderDown) -> HTTPException:
    _log.error("%s can't be asked: %s", provider.config.name, error)
    return HTTPException(
        502,
        gettext(
            "%(name)s can't be reached, or does not answer as it should. Try again in a moment; if it"
            " stays, tell the operator.",
            name=provider.label,
        ),
    )


def _not_proved(provider: Provider) -> HTTPException:
    return HTTPException(
        403,
        gettext("%(name)s did not tell us who you are. Log in again.", name=provider.label),
    )
