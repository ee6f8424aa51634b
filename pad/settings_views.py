"""A pad's settings: for who owns or maintains it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from pad.found import find_existing
from pad.freezing import LONGEST, freeze, name_of, thaw
from pad.names import READING, ROOT, address
from pad.pads import Pad, frozen_words, need_maintain
from web.forms import read_form
from web.page import page
from web.visitor import visitor


def routes(app: App) -> list[Route]:
    """Return the routes."""
    views = SettingsViews(app)
    return [
        Route(ROOT + "{name}/settings", views.show),
        Route(ROOT + "{name}/freeze", views.freeze, methods=["POST"]),
        Route(ROOT + "{name}/thaw", views.thaw, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class SettingsViews:
    """The endpoints of one hub."""

    app: App

    async def show(self, request: Request) -> Response:
        """Show a pad's settings.

        Raises: NotFound, Refused.
        """
        pad = await self._maintained(request)
        by = pad.frozen.by if pad.frozen else ""
        frozen_by = await self.app.read(lambda session: name_of(session, by))
        return page(
            request, "pad/settings.html", pad=pad, address=address, longest=LONGEST,
            frozen_words=frozen_words(pad) if pad.frozen else "", frozen_by=frozen_by,
            undo=request.query_params.get("thawed"),
        )  # fmt: skip

    async def freeze(self, request: Request) -> Response:
        """Freeze a pad."""
        form = await read_form(request)
        pad = await self._maintained(request)
        actor, now, why = visitor(request), self.app.clock(), form.line("why")
        await self.app.write(lambda session: freeze(session, pad, actor, now, why))
        return RedirectResponse(address(pad.name, "settings"), 303)

    async def thaw(self, request: Request) -> Response:
        """Thaw a pad; the page that follows offers to freeze it again for the same reason."""
        await read_form(request)
        pad = await self._maintained(request)
        actor, now = visitor(request), self.app.clock()

        await self.app.write(lambda session: thaw(session, pad, actor, now))
        undo = urlencode({"thawed": pad.frozen.why if pad.frozen else ""})
        return RedirectResponse(f"{address(pad.name, 'settings')}?{undo}", 303)

    async def _maintained(self, request: Request) -> Pad:
        """Return the pad whose settings the visitor may see.

        Raises: NotFound, Refused.
        """
        if request.path_params["name"].startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        found = await find_existing(self.app, request)
        need_maintain(visitor(request), found)
        return found
