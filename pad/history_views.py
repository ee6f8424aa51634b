"""The pages of a pad's past: any revision of it, what changed between two, and the way back."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from pad import log, pads
from pad.authorship import authorship
from pad.found import acting, find_existing
from pad.history import Stretch, stretches
from pad.kept import WIPED, Kept, Row, compared, go_back, keep_revision, kept_revisions
from pad.names import READING, ROOT, address
from pad.pads import Pad, may_pad
from web.forms import read_form
from web.page import page

_EDITS = 2_000


def routes(app: App) -> Sequence[Route]:
    """Return the routes of pads' history."""
    views = HistoryViews(app)
    return [
        Route(ROOT + "{name}/timeslider", views.show),
        Route(ROOT + "{name}/history", views.part),
        Route(ROOT + "{name}/keep", views.keep, methods=["POST"]),
        Route(ROOT + "{name}/back", views.back, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class Past:
    """What the page shows of a revision."""

    text: str
    stretches: Sequence[Stretch]
    kept: Sequence[Kept]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class HistoryViews:
    """The endpoints of one hub."""

    app: App

    async def show(self, request: Request) -> Response:
        """Show a pad as it was at a revision, or what changed since another; and who wrote when.

        Raises: NotFound when there is no such pad or revision.
        """
        found, name = await find_existing(self.app, request), request.path_params["name"]
        revision = _number(request.query_params.get("rev", ""), found.head)
        since = _number(request.query_params.get("since", ""), -1)

        def look(session: Session) -> Past:
            text = pads.text_at(session, found, revision)
            past = stretches(session, found, upto=found.head, limit=_EDITS)
            rows = compared(pads.text_at(session, found, since), text) if since >= 0 else ()
            return Past(text, past, kept_revisions(session, found.id), rows)

        past = await self.app.read(look)
        actor, _ = await acting(self.app, request, found)
        may_write = may_pad(actor, "write", found) and not name.startswith(READING)
        return page(
            request, "pad/timeslider.html", pad=found, name=name, revision=revision, past=past,
            lines=past.text.splitlines(), since=since, may_write=may_write, address=address,
            newest=_newest(past.stretches) if may_write else {},
            undo=_number(request.query_params.get("undo", ""), -1),
        )  # fmt: skip

    async def part(self, request: Request) -> Response:
        """Send a thousand edits of the history as JSON, and the document before them: the page plays them.

        Raises: NotFound when there is no such pad or revision.
        """
        found = await find_existing(self.app, request)
        first = _number(request.query_params.get("from", ""), 0)
        if first > found.head:
            raise NotFound(
                gettext("%(name)s has no revision %(revision)s.", name=found.name, revision=first)
            )
        told = await self.app.read(partial(_part, pad=found, first=first - first % log.SEALED))
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def keep(self, request: Request) -> Response:
        """Give a revision a name."""
        form = await read_form(request)
        found = await self._written(request)
        actor, author = await acting(self.app, request, found)
        label = form.line("label")
        revision = _number(form.get("revision", ""), found.head)
        who, now = author.name, self.app.clock()
        await self.app.write(
            lambda s: keep_revision(s, actor, found, revision, label, who, now=now)
        )
        return RedirectResponse(f"{address(found.name, 'timeslider')}?rev={revision}", 303)

    async def back(self, request: Request) -> Response:
        """Make a revision the pad's text; `wiped` is the last one before most of it was deleted."""
        form = await read_form(request)
        found = await self._written(request)
        (actor, author), now = await acting(self.app, request, found), self.app.clock()
        wanted = form.get("revision", "")

        def restore(session: Session) -> None:
            seq = _wiped(session, found) if wanted == WIPED else _number(wanted, -1)
            go_back(session, actor, found, seq, author, now=now)

        await self.app.write(restore)
        return RedirectResponse(address(found.name), 303)

    async def _written(self, request: Request) -> Pad:
        """Return the pad of an address at which its visitor writes.

        Raises: NotFound.
        """
        if request.path_params["name"].startswith(READING):
            raise NotFound(gettext("There is no pad at this address."))
        return await find_existing(self.app, request)


def _newest(found: Sequence[Stretch]) -> Mapping[int, int]:
    """Return each author's newest stretch by its last edit, with the author's number."""
    newest = {each.author: each.last for each in reversed(found)}
    return {last: author for author, last in newest.items()}


def _wiped(session: Session, pad: Pad) -> int:
    return next((one.seq for one in kept_revisions(session, pad.id) if one.why == WIPED), -1)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else otherwise


def _part(session: Session, pad: Pad, first: int) -> Mapping[str, Any]:
    """Return what the page needs: `state` is the document after update `first`, `edits` what came then."""
    state = log.replay(session, pad.id, first).engine.encode() if first else b""
    left_out = log.left_out(session, pad.id)
    edits = log.updates_after(session, pad.id, first, first + log.SEALED)
    return {
        "first": first,
        "state": _told(state),
        "edits": [
            [
                one.seq,
                one.at // 1000,
                one.author_id,
                "" if one.seq in left_out else _told(one.update),
            ]
            for one in edits
        ],
        **authorship(session, pad.id).told(),
    }


def _told(data: bytes) -> str:
    return base64.b64encode(data).decode()
