"""What can be done with a pad as a whole: begin it from a template, rename, copy, delete, bring back."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import Invalid
from hub.language import gettext
from pad.beginning import begin_from
from pad.found import find_existing
from pad.moving import bring_back, copy_pad, delete_pad, rename_pad
from pad.names import ROOT, address, clean
from pad.pads import may_begin
from pad.sharing import begin_settled
from pad.socket import author_of
from pad.tables import CHOICES
from web.forms import read_form
from web.visitor import visitor


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = MovingViews(app)
    return [
        Route(ROOT + "begin", views.begin, methods=["POST"]),
        Route(ROOT + "{name}/rename", views.rename, methods=["POST"]),
        Route(ROOT + "{name}/copy", views.copy, methods=["POST"]),
        Route(ROOT + "{name}/delete", views.delete, methods=["POST"]),
        Route(ROOT + "{name}/bring-back", views.bring_back, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class MovingViews:
    """The endpoints of one hub."""

    app: App

    async def begin(self, request: Request) -> Response:
        """Begin a pad, with what a template says and for whom the form says, and lead there.

        Raises: Refused, NotFound, Invalid.
        """
        form = await read_form(request)
        actor, now = visitor(request), self.app.clock()
        author, usual = author_of(request, actor), self.app.config.pads.access
        to, template = form.line("go"), form.line("template")
        access = form.line("access") or usual
        if access not in CHOICES:
            raise Invalid("access", gettext("Choose who may read and write the pad."))
        if not may_begin(actor, clean(to), usual):
            access = usual  # who may begin none here chooses nothing; what there is opens as ever
        if not template:
            if access != usual:
                await self.app.write(
                    lambda s: begin_settled(s, actor, clean(to), access=access, now=now)
                )
            return RedirectResponse(address(clean(to)), 303)
        name = await self.app.write(
            lambda s: begin_from(s, actor, to, template, author, access=access, now=now)
        )
        return RedirectResponse(address(name), 303)

    async def rename(self, request: Request) -> Response:
        """Give a pad another name, and lead there."""
        form = await read_form(request)
        found = await find_existing(self.app, request)
        actor, now, to = visitor(request), self.app.clock(), form.line("to")
        name = await self.app.write(lambda s: rename_pad(s, actor, found, to, now=now))
        return RedirectResponse(address(name), 303)

    async def copy(self, request: Request) -> Response:
        """Begin another pad with the same text, and lead there."""
        form = await read_form(request)
        found = await find_existing(self.app, request)
        actor, now, to = visitor(request), self.app.clock(), form.line("to")
        author, access = author_of(request, actor), self.app.config.pads.access
        name = await self.app.write(
            lambda s: copy_pad(s, actor, found, to, author, access=access, now=now)
        )
        return RedirectResponse(address(name), 303)

    async def delete(self, request: Request) -> Response:
        """Let a pad go, and lead to where it can be brought back."""
        await read_form(request)
        found = await find_existing(self.app, request)
        actor, now = visitor(request), self.app.clock()
        await self.app.write(lambda s: delete_pad(s, actor, found, now=now))
        return RedirectResponse(address(found.name), 303)

    async def bring_back(self, request: Request) -> Response:
        """Bring a deleted pad back."""
        await read_form(request)
        name, actor, now = request.path_params["name"], visitor(request), self.app.clock()
        await self.app.write(lambda s: bring_back(s, actor, name, now=now))
        return RedirectResponse(address(name), 303)
