"""Light, dark, or as the reader's system likes it: kept in a cookie, so that no page flashes."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.errors import Invalid

COOKIE = "theme"
THEMES = ("system", "light", "dark")
_YEAR_S = 31_536_000
_LONGEST = 16_384  # bytes; a form of a million fields would keep all others waiting


def theme_of(request: Request) -> str:
    """Return the theme that the reader has chosen, `system` when none."""
    chosen = request.cookies.get(COOKIE, "system")
    return chosen if chosen in THEMES else "system"


async def choose_theme(request: Request) -> Response:
    """Keep the reader's choice and send them back to their page.

    Raises: Invalid for a theme that there is not.
    """
    form = parse_qs((await request.body())[:_LONGEST].decode("utf-8", "replace"))
    chosen = form.get("theme", [""])[0]
    if chosen not in THEMES:
        raise Invalid("theme", f"There is no theme {chosen!r}. Choose system, light or dark.")
    answer = RedirectResponse(own_path(form.get("next", ["/"])[0]), 303)
    answer.set_cookie(
        COOKIE, chosen, max_age=_YEAR_S, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


def own_path(address: str) -> str:
    """Return the address when it is a path on this hub, otherwise the yard's."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if safe and address.isprintable() and "\\" not in address else "/"
