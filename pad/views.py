"""The pads' pages: the list, a pad, its history and exports; and their socket."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from hub.app import App
from hub.around import Around, around
from hub.errors import NotFound
from hub.language import gettext
from hub.people import Role, may
from pad import log, pads
from pad.exports import TYPES, to_etherpad, to_html, with_end
from pad.history import Stretch, stretches
from pad.names import READING, ROOT, address, clean, ref
from pad.pads import Pad, may_pad
from pad.rooms import Rooms
from pad.socket import GUEST_COOKIE, Socket
from web import markdown
from web.headers import POLICY
from web.page import keeping, page
from web.sessions import visit
from web.visitor import visitor

_LISTED = 100
_EDITS = 2_000
_YEAR_S = 31_536_000


def routes(app: App) -> Sequence[BaseRoute]:
    """Return the pads' routes."""
    views = Views(app)
    return [
        Route("/p", views.home),
        Route(ROOT, views.show_list),
        Route(ROOT + "{name}", views.show_pad),
        Route(ROOT + "{name}/timeslider", views.show_history),
        Route(ROOT + "{name}/export/{type}", views.export),
        Route(ROOT + "{name}/{revision:int}/export/{type}", views.export),
        WebSocketRoute("/ws/pads/{name}", Socket(app, Rooms(app)).open),
    ]


@dataclass(frozen=True, slots=True)
class Shown:
    """A pad as a page shows it; `shown` is the name in the address, by which the real one is not told."""

    pad: Pad | None
    shown: str
    text: str
    may_write: bool
    around: Around


@dataclass(frozen=True, slots=True)
class Views:
    """The endpoints of one hub."""

    app: App

    async def home(self, _request: Request) -> Response:
        """Lead to the list."""
        return RedirectResponse(ROOT, 301)

    async def show_list(self, request: Request) -> Response:
        """Show the pads; with `go`, lead to the one of that name."""
        wanted = request.query_params.get("go", "")
        if wanted.strip():
            return RedirectResponse(address(clean(wanted)), 303)
        words = request.query_params.get("q", "")[:200]
        before = _moment(request.query_params.get("before", ""))
        found = await self.app.read(
            partial(pads.list_pads, words=words.split()[:8], before=before, limit=_LISTED + 1)
        )
        more = found[_LISTED - 1].changed_at.isoformat() if len(found) > _LISTED else None
        new = may(visitor(request), "write", ref("new"), self.app.config.pads.access)
        return page(
            request, "pad/list.html", pads=found[:_LISTED], words=words, more=more, may_begin=new,
            is_later=before is not None, address=address,
        )  # fmt: skip

    async def show_pad(self, request: Request) -> Response:
        """Show a pad: its text for all, the editor for those with a script.

        Raises: NotFound when there is none and the visitor may not begin it.
        """
        name = request.path_params["name"]
        if not name.startswith(READING) and clean(name) != name:
            return RedirectResponse(address(clean(name)), 302)
        found = await self._find(request, name)
        nonce = secrets.token_urlsafe(16)
        known = visit(request)
        answer = page(
            request, "pad/pad.html", pad=found.pad, name=found.shown, text=found.text,
            lines=found.text.splitlines(), may_write=found.may_write, nonce=nonce, address=address,
            is_guest=visitor(request).role is Role.GUEST, who=known.person.name if known else "",
            reading=address(READING + found.pad.reading) if found.pad else "", around=found.around,
        )  # fmt: skip
        # The editor makes its style sheet by script; nothing else may.
        answer.headers["Content-Security-Policy"] = POLICY.replace(
            "style-src 'self'", f"style-src 'self' 'nonce-{nonce}'"
        )
        answer.headers["Cache-Control"] = "no-store"
        if name.startswith(READING) or found.pad is None:
            answer.headers["X-Robots-Tag"] = "noindex"
        _keep_guest(request, answer)
        return answer

    async def _find(self, request: Request, name: str) -> Shown:
        actor, access = visitor(request), self.app.config.pads.access

        def find(session: Session) -> Shown:
            pad = pads.find_pad(session, name)
            reads = name.startswith(READING)
            if pad is None:
                if reads or not may(actor, "write", ref(name), access):
                    raise NotFound(gettext("There is no pad %(name)s.", name=name))
                return Shown(None, name, "", True, Around())
            if not may_pad(actor, "read", pad):
                raise NotFound(gettext("There is no pad %(name)s.", name=name))
            may_write = may_pad(actor, "write", pad) and not reads
            # Who only has the link for reading is not told the pad's name by what stands around it.
            near = Around() if reads else around(session, self.app.modules, actor, ref(pad.name))
            return Shown(pad, name, pads.text_of(session, pad), may_write, near)

        return await self.app.read(find)

    async def show_history(self, request: Request) -> Response:
        """Show a pad as it was at a revision, and who wrote before it.

        Raises: NotFound when there is no such pad or revision.
        """
        name = request.path_params["name"]
        found = await self._existing(request, name)
        asked = request.query_params.get("rev", "")
        revision = int(asked) if asked.isdecimal() and len(asked) < 16 else found.head

        def look(session: Session) -> tuple[str, Sequence[Stretch]]:
            text = pads.text_at(session, found, revision)
            return text, stretches(session, found, upto=found.head, limit=_EDITS)

        text, past = await self.app.read(look)
        return page(
            request, "pad/timeslider.html", pad=found, name=name, revision=revision, text=text,
            lines=text.splitlines(), past=past, address=address,
        )  # fmt: skip

    async def export(self, request: Request) -> Response:
        """Send a pad's text, as it is or as it was at a revision.

        Raises: NotFound when there is no such pad, revision or kind of export.
        """
        kind, name = request.path_params["type"], request.path_params["name"]
        if kind not in TYPES:
            raise NotFound(gettext("Pads are exported as %(kinds)s.", kinds=", ".join(TYPES)))
        found = await self._existing(request, name)
        revision = request.path_params.get("revision", found.head)

        def look(session: Session) -> tuple[str, Sequence[str]]:
            authors = log.authors_of(session, found.id).values()
            return pads.text_at(session, found, revision), [author.name for author in authors]

        text, authors = await self.app.read(look)
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": keeping(request),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        if kind != "txt":
            headers["Content-Disposition"] = f'attachment; filename="pad.{kind}"'
        body = _exported(kind, name, found.title, text, authors)
        return Response(body, media_type=TYPES[kind], headers=headers)

    async def _existing(self, request: Request, name: str) -> Pad:
        found = await self._find(request, name)
        if found.pad is None:
            raise NotFound(gettext("There is no pad %(name)s.", name=name))
        return found.pad


def _exported(kind: str, name: str, title: str, text: str, authors: Sequence[str]) -> str:
    if kind == "html":
        return to_html(title or name, markdown.to_html(text))
    if kind == "etherpad":
        return to_etherpad(name, text, authors)
    return with_end(text)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _keep_guest(request: Request, answer: Response) -> None:
    """Have a guest's browser known again, so that what they wrote stays theirs."""
    if visitor(request).role is not Role.GUEST or GUEST_COOKIE in request.cookies:
        return
    answer.set_cookie(
        GUEST_COOKIE, secrets.token_hex(16), max_age=_YEAR_S, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
