"""The reader's language: as chosen here, kept in a cookie, or else as the browser asks for it."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.errors import Invalid
from hub.language import ENGLISH, LANGUAGES, gettext, language
from web.theme import keep_choice, read_choice

COOKIE = "language"
_LONGEST = 200


class Languages:
    """Middleware: sets the language in which a request is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request in its reader's language."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        chosen = request.cookies.get(COOKIE, "")
        wanted = chosen if chosen in LANGUAGES else preferred(_asked_for(request))
        before = language.set(wanted)
        try:
            await self.app(scope, receive, send)
        finally:
            language.reset(before)


def preferred(asked: str) -> str:
    """Return the language that a browser's Accept-Language likes best of those that there are.

    Source: RFC 9110 12.5.4, RFC 4647 3.4 (lookup).
    """
    wishes = sorted(_wishes(asked), key=lambda wish: -wish[1])
    return next((code for code, weight in wishes if code in LANGUAGES and weight > 0), ENGLISH)


def _wishes(asked: str) -> Iterator[tuple[str, float]]:
    for part in asked[:_LONGEST].split(","):
        tag, _, parameter = part.strip().partition(";")
        name, _, weight = parameter.strip().partition("=")
        try:
            yield tag.strip().lower().partition("-")[0], float(weight) if name == "q" else 1.0
        except ValueError:
            continue


def _asked_for(request: Request) -> str:
    return request.headers.get("accept-language", "")


async def choose_language(request: Request) -> Response:
    """Keep the reader's choice and send them back to their page.

    Raises: Invalid for a language that there is not.
    """
    chosen, way = await read_choice(request, "language")
    if chosen not in LANGUAGES:
        names = ", ".join(f"{name} ({code})" for code, name in LANGUAGES.items())
        raise Invalid(
            "language",
            gettext(
                "There is no language %(chosen)s. Choose one of %(names)s.",
                chosen=repr(chosen),
                names=names,
            ),
        )
    return keep_choice(request, RedirectResponse(way, 303), COOKIE, chosen)
