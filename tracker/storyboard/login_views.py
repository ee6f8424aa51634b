"""The addresses at which programs for StoryBoard log in: a page for the person, and one for the program."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import HubError
from tracker.storyboard.logins import (
    TOKEN_LIFE,
    Issued,
    LoginError,
    Wish,
    check_wish,
    give_code,
    read_wish,
    renew,
    use_code,
)
from web.accounts.desk import app_of, logged_in, me
from web.forms import Form, read_form
from web.headers import POLICY
from web.page import page

_GRANTS = 'Only grant types "authorization_code" and "refresh_token" are supported.'


def login_routes(prefix: str) -> list[Route]:
    """Return the routes for programs that log in below a prefix."""
    return [
        Route(f"{prefix}/openid/authorize", authorize, methods=["GET", "POST"]),
        Route(f"{prefix}/openid/token", take_token, methods=["POST"]),
    ]


async def authorize(request: Request) -> Response:
    """Ask somebody whether a program may act for them, and send it a code when it may."""
    form = await read_form(request) if request.method == "POST" else None
    asked = dict(request.query_params)
    try:
        wish = read_wish(asked, app_of(request).config.storyboard.redirects)
    except LoginError as error:
        return _wrong(error)
    try:
        check_wish(asked, wish)
    except LoginError as error:
        return _back(wish, error=error.error, error_description=error.description)

    @logged_in
    async def ask(request: Request) -> Response:
        return _question(request, wish) if form is None else await _decide(request, wish, form)

    return await ask(request)


def _question(request: Request, wish: Wish) -> Response:
    there = urlsplit(wish.redirect)
    answer = page(
        request, "tracker/authorize.html", client=wish.client, place=there.netloc,
        address=f"{request.url.path}?{request.url.query}",
    )  # fmt: skip
    # The answer to the form leads there, and browsers hold that against `form-action`.
    goes_on = f"form-action 'self' {there.scheme}://{there.netloc}"
    answer.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", goes_on)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


async def _decide(request: Request, wish: Wish, form: Form) -> Response:
    if form.get("answer") != "yes":
        return _back(wish, error="access_denied", error_description="The person said no.")
    app, person = app_of(request), me(request)
    return _back(wish, code=await app.write(lambda s: give_code(s, person, wish, now=app.clock())))


async def take_token(request: Request) -> Response:
    """Give a program a token for its code, or a new one for what renews it."""
    body = (await request.body()).decode("ascii", "replace")
    try:
        told = parse_qsl(body, max_num_fields=50)
    except ValueError:
        told = []
    given = {**dict(told), **dict(request.query_params)}
    try:
        issued = await _issued(app_of(request), given)
    except LoginError as error:
        return _wrong(error)
    except HubError as error:
        return _wrong(LoginError("invalid_request", str(error)))
    return _json(_shape(issued), 200)


async def _issued(app: App, given: Mapping[str, str]) -> Issued:
    kind = given.get("grant_type")

    def take(session: Session) -> Issued | None:
        if kind == "authorization_code":
            return use_code(session, given, now=app.clock())
        return renew(session, given.get("refresh_token", ""), now=app.clock())

    if kind not in ("authorization_code", "refresh_token"):
        raise LoginError("unsupported_grant_type", _GRANTS)
    found = await app.write(take)  # what ends a stolen login is kept, so that is no error in there
    if found is None:
        raise LoginError("invalid_grant", status=401)
    return found


def _shape(issued: Issued) -> Mapping[str, Any]:
    return {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "refresh_token": issued.renews,
        "id_token": issued.user_id,
    }


def _back(wish: Wish, **told: str) -> Response:
    """Send somebody back to the program with what it was waiting for."""
    if wish.state:
        told["state"] = wish.state
    joint = "&" if urlsplit(wish.redirect).query else "?"
    address = f"{wish.redirect}{joint}{urlencode(told)}"
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(address, 302, headers)


def _wrong(error: LoginError) -> Response:
    told = {"error": error.error}
    if error.description:
        told["error_description"] = error.description
    return _json(told, error.status)


def _json(told: Mapping[str, Any], status: int) -> Response:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(json.dumps(told), status, headers, "application/json")
