"""What stands beside a pad's text in its editor: who wrote it, and how it looks when it is read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import Invalid
from hub.language import gettext
from hub.refs import signs_for
from pad.authorship import authorship
from pad.found import find_existing, find_shown
from pad.mentions import with_new_pads
from pad.names import ROOT
from pad.preview import preview
from web.forms import read_form
from web.markdown import LONGEST
from web.visitor import visitor

_AT_ONCE = 2
"""So many previews are drawn at the same time; the others wait, and the other pages don't."""


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = BesideViews(app)
    return [
        Route(ROOT + "{name}/authors", views.authors),
        Route(ROOT + "{name}/preview", views.preview, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class BesideViews:
    """The endpoints of one hub."""

    app: App
    drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

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
            return preview(text, with_new_pads(signs_for(kinds, session, actor)))

        async with self.drawing:
            html = await self.app.read(draw)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})
