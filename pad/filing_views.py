"""Making a story or a task of a pad's line: by one click, or by a form that asks for the project."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import HubError, Invalid, NotFound
from hub.filing import FileWish
from hub.language import gettext
from hub.refs import RefKind, places_of, signs_for, with_standing
from pad.filing import Asked, Filed, file_lines, title_of_line
from pad.found import acting, find_existing, find_shown
from pad.names import READING, ROOT, address
from pad.pads import Pad, need_write
from web.forms import Form, read_form
from web.page import page
from web.visitor import visitor

_MOST_LINES = 200
_MOST_LETTERS = 20_000
_JSON = "application/json"


def routes(app: App, file: FileWish) -> Sequence[Route]:
    """Return the routes. file: makes a story of what is wished."""
    views = FilingViews(app, file)
    at = ROOT + "{name}/file"
    return [
        Route(at, views.show),
        Route(at, views.file_it, methods=["POST"]),
        Route(ROOT + "{name}/standing", views.standing),
    ]


@dataclass(frozen=True, slots=True)
class FilingViews:
    """The endpoints of one hub."""

    app: App
    file: FileWish

    async def show(self, request: Request) -> Response:
        """Show the form for the line of that number.

        Raises: NotFound, Refused.
        """
        found = await self._written(request)
        shown = await find_shown(self.app, request, found.name)
        lines, number = shown.text.splitlines(), _number(request.query_params.get("line", ""))
        if not 0 < number <= len(lines):
            raise NotFound(
                gettext("%(name)s has no line %(number)s.", name=found.name, number=number)
            )
        line = lines[number - 1]
        return _form(request, found, Asked(number, [line], title_of_line(line)))

    async def file_it(self, request: Request) -> Response:
        """File a line and lead back to it; who asks for JSON is told the ref, and where that is.

        Raises: NotFound, Refused, Conflict; Invalid for who asks for JSON.
        """
        form = await read_form(request)
        found = await self._written(request)
        actor, author = await acting(self.app, request, found)
        asked, now = _asked(form), self.app.clock()
        wants_json = _JSON in request.headers.get("accept", "")

        def write(session: Session) -> Filed:
            return file_lines(
                session, actor, found, asked, author, file=self.file, kinds=self._kinds(),
                base=self.app.config.public_url, now=now,
            )  # fmt: skip

        try:
            filed = await self.app.write(write)
        except (Invalid, NotFound) as error:
            if wants_json:
                raise
            return _form(request, found, asked, error)
        if not wants_json:
            return RedirectResponse(f"{address(found.name)}#L{filed.number}", 303)
        url, title = (
            await self.app.read(
                lambda s: places_of(self._kinds(), s, visitor(request), [filed.ref])
            )
        ).get(filed.ref, ("", ""))
        return JSONResponse(
            {"ref": filed.ref, "line": filed.number, "url": url, "title": title},
            headers={"Cache-Control": "no-store"},
        )

    async def standing(self, request: Request) -> Response:
        """Send what of the things that a pad mentions is to be done, and how far it is, as JSON.

        Raises: NotFound when there is no such pad.
        """
        shown = await find_shown(self.app, request, request.path_params["name"])
        actor = visitor(request)

        def look(session: Session) -> list[dict[str, object]]:
            kinds = self._kinds()
            signs = with_standing(kinds, session, signs_for(kinds, session, actor))
            found = {
                shown.text[sign.start : sign.end]: {
                    "url": sign.url, "title": sign.title, "words": sign.standing.words,
                    "done": sign.standing.is_done,
                }
                for sign in signs(shown.text)
                if sign.standing is not None
            }  # fmt: skip
            return [{"text": text} | told for text, told in found.items()]

        told = await self.app.read(look)
        return JSONResponse({"mentions": told}, headers={"Cache-Control": "no-store"})

    def _kinds(self) -> Sequence[RefKind]:
        return [kind for module in self.app.modules for kind in module.refs]

    async def _written(self, request: Request) -> Pad:
        """Return the pad in which its visitor may write.

        Raises: NotFound, Refused.
        """
        if request.path_params["name"].startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        found = await find_existing(self.app, request)
        actor, _ = await acting(self.app, request, found)
        need_write(actor, found)
        return found


def _asked(form: Form) -> Asked:
    text = form.get("text", "")
    lines = text.replace("\r\n", "\n").split("\n")
    if len(text) > _MOST_LETTERS or len(lines) > _MOST_LINES:
        raise Invalid(
            "text", gettext("A story is made of at most %(most)s lines of a pad.", most=_MOST_LINES)
        )
    return Asked(
        _number(form.get("line", "")),
        lines,
        form.line("title"),
        form.line("project"),
        form.line("story"),
    )


def _form(request: Request, pad: Pad, asked: Asked, problem: HubError | None = None) -> Response:
    status = 200 if problem is None else 404 if isinstance(problem, NotFound) else 400
    return page(
        request, "pad/file.html", status=status, pad=pad, asked=asked, problem=problem,
        text="\n".join(asked.lines), address=address,
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
