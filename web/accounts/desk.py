"""What the pages of accounts share: the hub, who visits, and forms shown again with what was wrong."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.accounts.people import Person
from hub.accounts.visits import Visit
from hub.app import App
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import may
from web.page import page
from web.sessions import visit

T = TypeVar("T")
View = Callable[[Request], Awaitable[Response]]
Wrong = Invalid | Conflict | Refused | NotFound


def app_of(request: Request) -> App:
    """Return the hub."""
    app = request.app.state.app
    assert isinstance(app, App)
    return app


def see(address: str, **query: str) -> Response:
    """Lead to a page after a form."""
    return RedirectResponse(f"{address}?{urlencode(query)}" if query else address, 303)


def sheet(request: Request, template: str, /, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page of accounts, which nobody else may keep."""
    shown = {"problem": "", "wrong_field": ""} | context
    answer = page(request, f"web/accounts/{template}.html", status=status, **shown)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"  # an address may hold a code
    return answer


def over(request: Request, words: str = "") -> Response:
    """Answer to a link with a code that is good for nothing, whatever is wrong with it."""
    said = words or gettext(
        "This link was used already, or is too old. Ask who gave it for a new one."
    )
    return sheet(request, "over", status=403, words=said)


async def change(request: Request, do: Callable[[Session], T]) -> T | Wrong:
    """Do something that may be wrong: what was wrong is a value, for the form to show."""
    try:
        return await app_of(request).write(do)
    except (Invalid, Conflict, Refused, NotFound) as wrong:
        return wrong


def problem(wrong: Wrong) -> dict[str, Any]:
    """Return what a form's template shows of what was wrong: the message and the field."""
    return {"problem": str(wrong), "wrong_field": wrong.field if isinstance(wrong, Invalid) else ""}


def status_of(wrong: Wrong) -> int:
    """Return the status of a form that is shown again."""
    return {Invalid: 400, Conflict: 409, Refused: 403, NotFound: 404}[type(wrong)]


def logged_in(view: View) -> View:
    """Let only those in who are logged in; the others log in first and come back."""

    async def guarded(request: Request) -> Response:
        known = visit(request)
        if known is None or known.session_id is None:
            if request.method not in ("GET", "HEAD"):
                raise HTTPException(
                    401, gettext("Your session has ended. Log in and send it again.")
                )
            query = f"?{request.url.query}" if request.url.query else ""
            return see("/login", next=f"{request.url.path}{query}")
        return await view(request)

    return guarded


def administrators(view: View) -> View:
    """Let only administrators in; for all others the page is not there."""

    async def guarded(request: Request) -> Response:
        known = visit(request)
        if known is None or not may(known.actor, "administer", "hub:all"):
            raise HTTPException(404)
        return await view(request)

    return guarded


def visit_of(request: Request) -> Visit:
    """Return the visit of somebody who is logged in."""
    known = visit(request)
    assert known is not None
    return known


def me(request: Request) -> Person:
    """Return who is logged in."""
    return visit_of(request).person
