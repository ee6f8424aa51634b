"""The page that brings a file into a pad: choose, look at what changes, say yes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import anyio.to_thread
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.accounts.throttle import Throttle
from hub.app import App
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import Actor
from pad import pads
from pad.found import acting, find_shown, keep_guest
from pad.importing.drafts import (
    KINDS,
    Draft,
    find_draft,
    keep_draft,
    look_again,
    read_file,
    take_draft,
)
from pad.kept import Row, compared
from pad.log import Author
from pad.names import READING, ROOT, address
from pad.pads import Pad, frozen_words
from pad.socket import author_of
from web.forms import read_form
from web.page import page
from web.size import LARGEST_UPLOAD
from web.uploads import read_upload
from web.visitor import visitor

_ROWS = 2_000


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = ImportViews(app)
    return [
        Route(ROOT + "{name}/import", views.show, methods=["GET"]),
        Route(ROOT + "{name}/import", views.bring, methods=["POST"]),
        Route(ROOT + "{name}/take", views.take, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class ImportViews:
    """The endpoints of one hub."""

    app: App
    bringing: Throttle = field(default_factory=lambda: Throttle(10, 9.0))

    async def show(self, request: Request) -> Response:
        """Show the form; with `draft`, what a file would change.

        Raises: NotFound when there is no such pad or file, Refused for who may not write.
        """
        name = request.path_params["name"]
        found = await self._written(request)
        secret = request.query_params.get("draft", "")
        given = {
            "name": name, "address": address, "kinds": KINDS, "most": LARGEST_UPLOAD // 1_000_000,
            "draft": None, "secret": secret, "changed": "changed" in request.query_params,
        }  # fmt: skip
        if secret and found is not None:
            draft, rows = await self.app.read(partial(_compared, pad=found, secret=secret))
            given |= {"draft": draft, "rows": rows[:_ROWS], "more": len(rows) > _ROWS}
        answer = page(request, "pad/import.html", **given)
        answer.headers["Cache-Control"] = "no-store"
        keep_guest(request, answer)
        return answer

    async def bring(self, request: Request) -> Response:
        """Keep the text of a file, and lead to what it would change.

        Raises: NotFound, Refused, Invalid; HTTPException 429 for who brings too much.
        """
        host = request.client.host if request.client else ""
        if self.bringing.allow(host, self.app.clock()) is not None:
            raise HTTPException(429, gettext("You bring many files at once. Wait a moment."))
        found, parts = await self._written(request), await read_upload(request)
        file = " ".join(parts.get("file.name", b"").decode("utf-8", "replace").split())[-200:]
        if not parts.get("file.name"):
            raise Invalid("file", gettext("Choose a file first."))
        text, runs = await anyio.to_thread.run_sync(read_file, file, parts.get("file", b""))
        name, now = request.path_params["name"], self.app.clock()
        actor, author = await self._acting(request, found)
        limits = self.app.config.pads

        def keep(session: Session) -> str:
            pad = found or pads.begin_pad(session, actor, name, access=limits.access, now=now)
            draft = Draft(text, runs, file, pad.head)
            return keep_draft(session, actor, pad, draft, author, longest=limits.longest, now=now)

        secret = await self.app.write(keep)
        answer = RedirectResponse(f"{address(name, 'import')}?draft={secret}", 303)
        keep_guest(request, answer)
        return answer

    async def take(self, request: Request) -> Response:
        """Take in what was looked at; when the pad changed meanwhile, lead back to look again."""
        form = await read_form(request)
        found, secret = await self._written(request), form.get("draft", "")
        if found is None:
            raise NotFound(gettext("There is no pad at this address."))
        (actor, author), now = await self._acting(request, found), self.app.clock()
        try:
            await self.app.write(
                lambda session: take_draft(session, actor, found, secret, author, now=now)
            )
        except Conflict:
            name = request.path_params["name"]
            fresh = await self._written(request)
            assert fresh is not None
            await self.app.write(partial(look_again, pad=fresh, secret=secret))
            return RedirectResponse(f"{address(name, 'import')}?draft={secret}&changed=1", 303)
        return RedirectResponse(address(found.name), 303)

    async def _acting(self, request: Request, pad: Pad | None) -> tuple[Actor, Author]:
        if pad is not None:
            return await acting(self.app, request, pad)
        actor = visitor(request)
        return actor, author_of(request, actor)

    async def _written(self, request: Request) -> Pad | None:
        """Return the pad of an address at which its visitor writes, None for one that may be begun.

        Raises: NotFound, Refused.
        """
        name = request.path_params["name"]
        if name.startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        found = await find_shown(self.app, request, name)
        if found.pad is not None and found.pad.frozen is not None:
            raise Refused(frozen_words(found.pad))
        if not found.may_write:
            raise Refused(gettext("You may not write in %(name)s.", name=name))
        return found.pad


def _compared(session: Session, pad: Pad, secret: str) -> tuple[Draft, Sequence[Row]]:
    draft = find_draft(session, pad, secret)
    return draft, compared(pads.text_of(session, pad), draft.text)
