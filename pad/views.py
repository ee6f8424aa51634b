"""The pads' pages: the list, a pad, its history and exports; and their socket."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from hub.agenda import MeetingAt, MeetsAt
from hub.app import App
from hub.errors import NotFound
from hub.filing import FileWish
from hub.language import gettext
from hub.people import Actor, Role
from hub.refs import signs_for, with_standing
from pad import (
    beside_views,
    filing_views,
    history_views,
    moving_views,
    pads,
    revert_views,
    settings_views,
)
from pad.beginning import templates
from pad.etherpad import wire
from pad.etherpad.history import to_etherpad
from pad.exports import TYPES, to_html, with_end
from pad.filing import fileable
from pad.found import Shown, find_existing, find_shown, keep_guest
from pad.front import read_front, tag_of
from pad.importing import views as import_views
from pad.kept import WIPED, kept_revisions
from pad.lines import told_line
from pad.mentions import names_only, with_new_pads
from pad.names import READING, ROOT, address, clean, ref
from pad.rooms import Rooms
from pad.sharing import access_words
from pad.socket import Socket, author_of
from pad.tables import CHOICES, LISTED
from pad.tags import common_tags
from web import markdown
from web.headers import POLICY
from web.page import keeping, page
from web.sessions import visit
from web.visitor import visitor

_LISTED = 100
_TAGS = 30
_LATELY = timedelta(days=1)


def routes(
    app: App, file: FileWish | None = None, meets_at: MeetsAt | None = None
) -> Sequence[BaseRoute]:
    """Return the pads' routes. file: makes stories of lines. meets_at: tells of agendas' meetings."""
    views, rooms = Views(app, file is not None, meets_at), Rooms(app)
    return [
        *wire.routes(app, rooms),
        Route("/p", views.home),
        Route(ROOT, views.show_list),
        Route(ROOT + "{name}", views.show_pad),
        *beside_views.routes(app),
        *history_views.routes(app),
        *moving_views.routes(app),
        *import_views.routes(app),
        *revert_views.routes(app),
        *(filing_views.routes(app, file) if file else ()),
        *settings_views.routes(app),
        Route(ROOT + "{name}/export/{type}", views.export),
        Route(ROOT + "{name}/{revision:int}/export/{type}", views.export),
        WebSocketRoute("/ws/pads/{name}", Socket(app, rooms).open),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page shows it; one that is to be done and was not filed yet can be."""

    text: str
    html: Markup
    is_fileable: bool


@dataclass(frozen=True, slots=True)
class Views:
    """The endpoints of one hub. files: whether lines can become stories. meets_at: of which meeting it is."""

    app: App
    files: bool = False
    meets_at: MeetsAt | None = None

    async def home(self, _request: Request) -> Response:
        """Lead to the list."""
        return RedirectResponse(ROOT, 301)

    async def show_list(self, request: Request) -> Response:
        """Show the pads; with `go`, lead to the one of that name."""
        wanted = request.query_params.get("go", "")
        if wanted.strip():
            return RedirectResponse(address(clean(wanted)), 303)
        actor, words = visitor(request), request.query_params.get("q", "")[:200]
        before = _moment(request.query_params.get("before", ""))
        tag, mine = tag_of(request.query_params.get("tag", "")), "mine" in request.query_params
        found = await self.app.read(
            partial(
                pads.list_pads, actor=actor, words=words.split()[:8], before=before,
                limit=_LISTED + 1, tag=tag, writers=(author_of(request, actor).key,) if mine else (),
            )
        )  # fmt: skip
        beside = await self.app.read(partial(_beside_list, actor=actor))
        more = found[_LISTED - 1].changed_at.isoformat() if len(found) > _LISTED else None
        access = self.app.config.pads.access
        new = pads.may_begin(actor, "new", access)
        choices = [one for one in CHOICES if new and pads.may_begin(actor, "new", one)]
        return page(
            request, "pad/list.html", pads=found[:_LISTED], words=words, more=more, may_begin=new,
            choices=choices if len(choices) > 1 else (), access=access, access_words=access_words,
            is_later=before is not None, address=address, tag=tag, mine=mine, **beside,
            kept=[("q", words)] * bool(words) + [("tag", tag)] * bool(tag) + [("mine", "")] * mine,
        )  # fmt: skip

    async def show_pad(self, request: Request) -> Response:
        """Show a pad: its text for all, the editor for those with a script.

        Raises: NotFound when there is none and the visitor may not begin it.
        """
        name = request.path_params["name"]
        if not name.startswith(READING) and clean(name) != name:
            return RedirectResponse(address(clean(name)), 302)
        gone = await self.app.read(partial(pads.find_pad, name=name, deleted=True))
        if (
            gone is not None
            and gone.name == name
            and pads.may_pad(visitor(request), "maintain", gone)
        ):
            return page(request, "pad/deleted.html", pad=gone, address=address)
        found = await find_shown(self.app, request, name)
        if found.pad and not name.startswith(READING) and found.pad.name != name:
            return RedirectResponse(address(found.pad.name), 302)
        nonce = secrets.token_urlsafe(16)
        known = visit(request)
        answer = page(
            request, "pad/pad.html", pad=found.pad, name=found.shown, text=found.text,
            lines=await self._lines(request, found), may_write=found.may_write, nonce=nonce,
            address=address, may_file=self.files and found.may_write and found.pad is not None,
            is_guest=visitor(request).role is Role.GUEST, who=known.person.name if known else "",
            reading=address(READING + found.pad.reading) if found.pad and found.pad.is_linked else "",
            access=found.pad.access if found.pad else "", access_words=access_words,
            around=found.around, tags=read_front(found.text).tags,
            meeting=await self._meeting(request, found),
            may_maintain=found.pad is not None and pads.may_pad(visitor(request), "maintain", found.pad),
            would_write=found.would_write, frozen=found.pad is not None and found.pad.frozen is not None,
            frozen_words=_frozen_words(found),
            wiped=await self._is_wiped(found) if found.pad and found.may_write else False,
        )  # fmt: skip
        # The editor makes its style sheet by script; nothing else may.
        answer.headers["Content-Security-Policy"] = POLICY.replace(
            "style-src 'self'", f"style-src 'self' 'nonce-{nonce}'"
        )
        answer.headers["Cache-Control"] = "no-store"
        if name.startswith(READING) or found.pad is None or found.pad.access not in LISTED:
            answer.headers["X-Robots-Tag"] = "noindex"
        keep_guest(request, answer)
        return answer

    async def _meeting(self, request: Request, found: Shown) -> MeetingAt | None:
        """Return the meeting that a pad is the agenda of; who has the link for reading is not told."""
        pad, ask = found.pad, self.meets_at
        if pad is None or ask is None or found.shown.startswith(READING):
            return None
        return await self.app.read(lambda s: ask(s, visitor(request), ref(pad.name)))

    async def _lines(self, request: Request, found: Shown) -> Sequence[Line]:
        """Return the lines as they are shown; those that can be filed as who may file them sees it."""
        kinds = [kind for module in self.app.modules for kind in module.refs]
        lines, actor = found.text.splitlines(), visitor(request)
        may_file = self.files and found.may_write and actor.role is not Role.GUEST

        def look(session: Session) -> Sequence[Line]:
            signs = with_standing(kinds, session, with_new_pads(signs_for(kinds, session, actor)))
            tasks = fileable(lines, signs) if may_file else frozenset()
            return [
                Line(line, told_line(line, signs), number in tasks)
                for number, line in enumerate(lines, start=1)
            ]

        return await self.app.read(look)

    async def _is_wiped(self, found: Shown) -> bool:
        """Whether most of a pad was deleted lately and is still gone."""
        pad, since = found.pad, self.app.clock() - _LATELY
        assert pad is not None
        return await self.app.read(
            lambda session: any(
                one.why == WIPED
                and one.at > since
                and len(found.text) * 2 < len(pads.text_at(session, pad, one.seq))
                for one in kept_revisions(session, pad.id)[:1]
            )
        )

    async def export(self, request: Request) -> Response:
        """Send a pad's text, as it is or as it was at a revision.

        Raises: NotFound when there is no such pad, revision or kind of export.
        """
        kind, name = request.path_params["type"], request.path_params["name"]
        if kind not in TYPES:
            raise NotFound(gettext("Pads are exported as %(kinds)s.", kinds=", ".join(TYPES)))
        found = await find_existing(self.app, request)
        revision = request.path_params.get("revision", found.head)

        def look(session: Session) -> str:
            if kind == "etherpad":
                if not 0 <= revision <= found.head:
                    pads.text_at(session, found, revision)
                return to_etherpad(session, found, name, revision)
            return pads.text_at(session, found, revision)

        text = await self.app.read(look)
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": keeping(request),
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        if kind != "txt":
            headers["Content-Disposition"] = f'attachment; filename="pad.{kind}"'
        body = _exported(kind, name, found.title, text, self.app.config.public_url)
        return Response(body, media_type=TYPES[kind], headers=headers)


def _frozen_words(found: Shown) -> str:
    """Return what a pad's page says of its being frozen."""
    return pads.frozen_words(found.pad) if found.pad and found.pad.frozen else ""


def _beside_list(session: Session, actor: Actor) -> Mapping[str, Any]:
    """Return what the list's page says besides: the tags that most have, and what a pad may begin from."""
    return {
        "tags": common_tags(session, pads.readable_by(actor), _TAGS),
        "templates": templates(session, actor),
    }


def _exported(kind: str, name: str, title: str, text: str, base: str) -> str:
    if kind == "html":
        front = read_front(text)
        body = markdown.to_html(front.body, names_only(base))
        return to_html(title or name, body, front.tags)
    if kind == "etherpad":
        return text
    return with_end(text)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
