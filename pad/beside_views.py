"""What stands beside a pad's text in its editor: who wrote it, how it is read, and talk."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from hub.accounts.throttle import Throttle
from hub.app import App
from hub.errors import Invalid, NotFound
from hub.language import gettext
from hub.refs import signs_for, with_standing
from pad import talk
from pad.authorship import authorship
from pad.found import acting, find_existing, find_shown, keep_guest
from pad.mentions import with_new_pads
from pad.names import READING, ROOT
from pad.pads import Pad
from pad.people import LONGEST_NAME
from pad.preview import preview
from web.forms import read_form
from web.markdown import LONGEST
from web.visitor import visitor

_AT_ONCE = 2
"""So many previews are drawn at the same time; the others wait, and the other pages don't."""

_PAGE = 50
"""So many messages of the talk are sent at once."""


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = BesideViews(app)
    return [
        Route(ROOT + "{name}/authors", views.authors),
        Route(ROOT + "{name}/preview", views.preview, methods=["POST"]),
        Route(ROOT + "{name}/talk", views.talk),
        Route(ROOT + "{name}/say", views.say, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class BesideViews:
    """The endpoints of one hub."""

    app: App
    drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    speaking: Throttle = field(default_factory=lambda: Throttle(20, 2.0))

    async def authors(self, request: Request) -> Response:
        """Send who wrote in a pad, and which letters are theirs, as JSON.

        Raises: NotFound when there is no such pad.
        """
        found = await find_existing(self.app, request)
        told = await self.app.read(partial(authorship, pad_id=found.id))
        return Response(
            told.as_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    async def preview(self, request: Request) -> Response:
        """Send the text of the form as HTML, as who asks may see what it mentions. Nothing is kept of it.

        Raises: NotFound when there is no such pad, Invalid for a text that is too long.
        """
        form = await read_form(request)
        await find_shown(self.app, request, request.path_params["name"])
        text, actor = form.get("text", ""), visitor(request)
        if len(text) > LONGEST:
            raise Invalid(
                "text",
                gettext("A preview is made of at most %(most)s characters.", most=LONGEST),
            )
        kinds = [kind for module in self.app.modules for kind in module.refs]

        def draw(session: Session) -> str:
            signs = with_new_pads(signs_for(kinds, session, actor))
            return preview(text, with_standing(kinds, session, signs))

        async with self.drawing:
            html = await self.app.read(draw)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def talk(self, request: Request) -> Response:
        """Send what was said beside a pad as JSON: the last messages, or those `before` or `after` one.

        Raises: NotFound when there is no such pad, or the address is the one for those who only read.
        """
        found = await self._talked(request)
        head = await self.app.read(partial(talk.head, pad_id=found.id))
        start, end = _span(request.query_params, head)
        said = await self.app.read(partial(talk.history, pad_id=found.id, start=start, end=end))
        told = {"messages": [one.told() for one in said], "head": head}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def say(self, request: Request) -> Response:
        """Say something beside a pad; a guest goes by the name in `name`, who is logged in by their own.

        Raises: NotFound, Refused, Invalid; HTTPException 429 for who says too much.
        """
        form = await read_form(request)
        found = await self._talked(request)
        (actor, author), now = await acting(self.app, request, found), self.app.clock()
        if author.key.startswith(talk.GUEST):
            author = replace(author, name=form.line("name")[:LONGEST_NAME])
        wait = self.speaking.allow(author.key, now)
        if wait is not None:
            raise HTTPException(429, gettext("You say much at once. Wait a moment."))
        text = form.get("text", "")
        said = await self.app.write(
            lambda session: talk.say(session, actor, found, text, author, now=now)
        )
        answer = JSONResponse(said.told(), 201, headers={"Cache-Control": "no-store"})
        keep_guest(request, answer)
        return answer

    async def _talked(self, request: Request) -> Pad:
        if request.path_params["name"].startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        return await find_existing(self.app, request)


def _span(asked: Mapping[str, str], head: int) -> tuple[int, int]:
    """Return the first and the last number of the messages that are asked for."""
    if (after := _number(asked.get("after", ""))) is not None:
        return after + 1, after + _PAGE
    before = _number(asked.get("before", ""))
    last = head if before is None else before - 1
    return last - _PAGE + 1, last


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
