"""One's own data: all of it as JSON, and erasure for good."""

from collections.abc import Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.accounts.erasure import erase_person, export_person
from hub.accounts.passwords import check_password, has_password
from hub.errors import Invalid
from hub.language import gettext
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
from web.accounts.throttles import try_export, try_password
from web.forms import read_form
from web.sessions import drop_session


def data_routes() -> Sequence[Route]:
    """Return the routes of one's own data."""
    return [
        Route("/me/data", logged_in(data), methods=["GET", "POST"]),
        Route("/me/data.json", logged_in(download)),
    ]


async def download(request: Request) -> Response:
    """Give all that the hub keeps of who is logged in."""
    app, slug = app_of(request), me(request).slug
    now = app.clock()
    try_export(request, slug, now)
    told = await app.read(lambda s: export_person(s, slug, app.modules, now=now))
    name = f"madang-{slug}-{now:%Y-%m-%d}.json"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return JSONResponse(told, headers=headers)


async def data(request: Request) -> Response:
    """Show what can be had and what erasing does; erase who says their name, and their password."""
    app, person = app_of(request), me(request)
    has_one = await app.read(lambda s: has_password(s, person.slug))
    if request.method != "POST":
        return sheet(request, "data", has_one=has_one)
    form, now = await read_form(request), app.clock()
    password, actor = form.get("password", ""), visit_of(request).actor
    wrong: Wrong | str | None = None
    if form.line("name").lower() != person.slug:
        wrong = Invalid(
            "name", gettext("Write your name, %(slug)s, to erase it.", slug=person.slug)
        )
    elif has_one:
        try_password(request, person.slug, now)
        if not await app.read(lambda s: check_password(s, person.slug, password, now)):
            wrong = Invalid("password", gettext("That is not your password now."))
    if wrong is None:

        def erase(session: Session) -> str:
            return erase_person(session, actor, person.slug, now)

        wrong = await change(request, erase)
    if isinstance(wrong, Wrong):
        return sheet(request, "data", status=status_of(wrong), has_one=has_one, **problem(wrong))
    answer = see("/")
    drop_session(request, answer)
    return answer
