"""The page on which an author's last edits are taken back: seen first, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from pad.found import find_existing
from pad.kept import compared
from pad.names import READING, ROOT, address
from pad.pads import Pad, find_pad, need_write
from pad.revert import revert, take_back
from pad.socket import author_of
from web.forms import read_form
from web.page import page
from web.visitor import visitor

HOURS = (1, 24)
"""So much of an author's time can be taken back."""


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = RevertViews(app)
    at = ROOT + "{name}/revert"
    return [Route(at, views.show), Route(at, views.take_back, methods=["POST"])]


@dataclass(frozen=True, slots=True)
class RevertViews:
    """The endpoints of one hub."""

    app: App

    async def show(self, request: Request) -> Response:
        """Show what a pad would lose and get back.

        Raises: NotFound, Refused.
        """
        found = await self._written(request)
        number, hours = _asked(request.query_params.get("author", "")), _hours(request.query_params)
        lately = timedelta(hours=hours)
        taken = await self.app.read(lambda s: take_back(s, found, number, lately))
        return page(
            request, "pad/revert.html", pad=found, taken=taken, hours=hours, choices=HOURS,
            rows=compared(taken.before, taken.after), number=number, address=address,
        )  # fmt: skip

    async def take_back(self, request: Request) -> Response:
        """Take the edits back, and show what that changed."""
        form = await read_form(request)
        found = await self._written(request)
        actor, now, number = visitor(request), self.app.clock(), _asked(form.get("author", ""))
        author, lately = author_of(request, actor), timedelta(hours=_hours(form))
        kept = await self.app.write(
            lambda s: revert(s, actor, found, number, lately, author, now=now)
        )
        there = address(found.name, "timeslider")
        if kept is None:
            return RedirectResponse(there, 303)
        after = await self.app.read(lambda s: find_pad(s, found.name))
        head = after.head if after else kept
        return RedirectResponse(f"{there}?rev={head}&since={kept}&undo={kept}", 303)

    async def _written(self, request: Request) -> Pad:
        """Return the pad in which its visitor may write.

        Raises: NotFound, Refused.
        """
        if request.path_params["name"].startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        found = await find_existing(self.app, request)
        need_write(visitor(request), found)
        return found


def _asked(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _hours(given: Mapping[str, str]) -> int:
    wanted = _asked(given.get("hours", ""))
    return wanted if wanted in HOURS else HOURS[0]
