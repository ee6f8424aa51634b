"""Light, dark, or as the reader's system likes it: kept in a cookie, so that no page flashes."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.errors import Invalid
from hub.language import gettext
from web.forms import read_form

COOKIE = "theme"
THEMES = ("system", "light", "dark")
_YEAR_S = 31_536_000


def theme_of(request: Request) -> str:
    """Return the theme that the reader has chosen, `system` when none."""
    chosen = request.cookies.get(COOKIE, "system")
    return chosen if chosen in THEMES else "system"


async def choose_theme(request: Request) -> Response:
    """Keep the reader's choice and send them back to their page.

    Raises: Invalid for a theme that there is not.
    """
    chosen, way = await read_choice(request, "theme")
    if chosen not in THEMES:
        raise Invalid(
            "theme",
            gettext(
                "There is no theme %(chosen)s. Choose system, light or dark.", chosen=repr(chosen)
            ),
        )
    return keep_choice(request, RedirectResponse(way, 303), COOKIE, chosen)


async def read_choice(request: Request, name: str) -> tuple[str, str]:
    """Return what a form that chooses something has under that name, and where to go on."""
    form = await read_form(request)
    return form.get(name, ""), own_path(form.get("next", "/"))


def keep_choice(request: Request, answer: Response, cookie: str, chosen: str) -> Response:
    """Have the browser keep a choice for a year."""
    answer.set_cookie(
        cookie, chosen, max_age=_YEAR_S, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


def own_path(address: str) -> str:
    """Return the address when it is a path on this hub, otherwise the yard's."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if safe and address.isprintable() and "\\" not in address else "/"
