"""A pad's settings: for who owns or maintains it. All of it works as plain forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import Invalid, NotFound
from hub.language import gettext
from pad.found import find_existing
from pad.freezing import LONGEST, freeze, name_of, thaw
from pad.names import READING, ROOT, address
from pad.pads import Pad, frozen_words, need_maintain
from pad.sharing import (
    Level,
    access_words,
    hand_over,
    invite,
    invited,
    new_link,
    set_access,
    uninvite,
)
from pad.tables import CHOICES
from web.forms import read_form
from web.page import page
from web.visitor import visitor

Change = Callable[[Session], None]


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = SettingsViews(app)
    posts = {
        "access": views.set_access, "invite": views.invite, "uninvite": views.uninvite,
        "link": views.link, "owner": views.hand_over, "freeze": views.freeze, "thaw": views.thaw,
    }  # fmt: skip
    return [
        Route(ROOT + "{name}/settings", views.show),
        *(Route(f"{ROOT}{{name}}/{last}", view, methods=["POST"]) for last, view in posts.items()),
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
        return await self._page(request, pad, undo=request.query_params.get("thawed"))

    async def _page(self, request: Request, pad: Pad, **more: Any) -> Response:
        people = await self.app.read(partial(_people, pad=pad))
        told = {
            "pad": pad, "address": address, "longest": LONGEST, "choices": CHOICES,
            "access_words": access_words, "levels": _levels(),
            "reading": address(READING + pad.reading),
            "frozen_words": frozen_words(pad) if pad.frozen else "",
            "undo": None, "error": None, "typed": "", "hands_over": False,
        }  # fmt: skip
        status = 400 if "error" in more else 200
        return page(request, "pad/settings.html", status=status, **{**told, **people, **more})

    async def set_access(self, request: Request) -> Response:
        """Say who reads and writes a pad."""
        form = await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        access = form.line("access")
        return await self._change(pad, lambda s: set_access(s, actor, pad, access, now=now))

    async def invite(self, request: Request) -> Response:
        """Invite a person or a team; for nobody the form comes back with what was typed."""
        form = await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        to, level = form.line("to"), form.line("level")
        try:
            return await self._change(pad, lambda s: invite(s, actor, pad, to, level, now=now))
        except Invalid as error:
            return await self._page(request, pad, error=error, typed=to)

    async def uninvite(self, request: Request) -> Response:
        """Take an invitation back."""
        form = await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        to = form.line("to")
        return await self._change(pad, lambda s: uninvite(s, actor, pad, to, now=now))

    async def link(self, request: Request) -> Response:
        """Give a pad another link for reading, or none."""
        form = await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        is_on = form.line("link") != "off"
        return await self._change(pad, lambda s: new_link(s, actor, pad, is_on=is_on, now=now))

    async def hand_over(self, request: Request) -> Response:
        """Make a pad somebody else's; for nobody the form comes back with what was typed."""
        form = await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        to = form.line("to")
        try:
            return await self._change(pad, lambda s: hand_over(s, actor, pad, to, now=now))
        except Invalid as error:
            return await self._page(request, pad, error=error, typed=to, hands_over=True)

    async def freeze(self, request: Request) -> Response:
        """Freeze a pad."""
        form = await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        why = form.line("why")
        return await self._change(pad, lambda s: freeze(s, pad, actor, now, why))

    async def thaw(self, request: Request) -> Response:
        """Thaw a pad; the page that follows offers to freeze it again for the same reason."""
        await read_form(request)
        pad, actor, now = await self._maintained(request), visitor(request), self.app.clock()
        await self.app.write(lambda s: thaw(s, pad, actor, now))
        undo = urlencode({"thawed": pad.frozen.why if pad.frozen else ""})
        return RedirectResponse(f"{address(pad.name, 'settings')}?{undo}", 303)

    async def _change(self, pad: Pad, change: Change) -> Response:
        await self.app.write(change)
        return RedirectResponse(address(pad.name, "settings"), 303)

    async def _maintained(self, request: Request) -> Pad:
        """Return the pad whose settings the visitor may see.

        Raises: NotFound, Refused.
        """
        if request.path_params["name"].startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        found = await find_existing(self.app, request)
        need_maintain(visitor(request), found)
        return found


def _levels() -> Mapping[str, str]:
    return {
        Level.READ: gettext("reads"),
        Level.WRITE: gettext("reads and writes"),
        Level.MAINTAIN: gettext("maintains it"),
    }


def _people(session: Session, pad: Pad) -> Mapping[str, Any]:
    """Return who is named in the settings."""
    guests = invited(session, pad)
    return {
        "invited": guests,
        "names": {one.to: name_of(session, one.to) for one in guests},
        "owner": name_of(session, pad.owner),
        "frozen_by": name_of(session, pad.frozen.by if pad.frozen else ""),
    }
