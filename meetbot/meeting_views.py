"""A meeting's files, minutes and log as pages among them, and the stream of one that runs."""

from collections.abc import Mapping

from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.around import Around, around
from hub.people import Actor
from meetbot.agendas import agenda_of
from meetbot.desk import Desk
from meetbot.live_minutes import Draw, Reader, number_of
from meetbot.log_page import log_items
from meetbot.places import Place
from meetbot.render import render
from meetbot.render_text import as_text
from meetbot.shown import Shown, find, fingerprint, show, version_of
from meetbot.sight import corrects, sees_private
from meetbot.versions import packed_log
from web.live import Streams
from web.page import base_url, etag, not_modified

_TYPES: Mapping[str, str] = {
    "txt": "text/plain; charset=utf-8",
    "log.txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}
_HTML = "text/html"


async def show_file(desk: Desk, request: Request, place: Place) -> Response:
    """Show one of a meeting's files; `?version=` asks for an older version of its minutes.

    Raises: NotFound.
    """
    assert place.key is not None
    key, actor = place.key, desk.actor(request)
    version, with_log = number_asked(request, "version"), place.ending.startswith("log.")

    def read(session: Session) -> Response:
        known = find(session, actor, key)
        headers: dict[str, str] = {}
        near = _near(session, desk, actor, place)
        if known.brief.ended_at is not None:
            told = fingerprint(session, known, version)
            log = packed_log(session, known.row) if with_log else ""
            may_correct = corrects(actor, known.brief)
            agenda = _agenda_of(session, desk, known.row.id or 0)
            tag = etag(
                request, place.ending, told, log, may_correct, base_url(request), near, agenda
            )
            if (same := not_modified(request, tag, headers)) is not None:
                return same
        shown = show(session, known, desk.app.config, desk.past, version, with_log=with_log)
        content, media_type = _content(desk, request, place.ending, session, shown, actor, near)
        if known.brief.ended_at is None:
            same = not_modified(request, etag(request, content), headers)
            if same is not None:
                return same
        if known.brief.is_restricted or shown.is_old or desk.is_unlisted(known.brief):
            headers["X-Robots-Tag"] = "noindex"
        return Response(content, media_type=media_type, headers=headers)

    return await desk.app.read(read)


async def show_live(desk: Desk, request: Request, place: Place) -> Response:
    """Send a running meeting's minutes whenever they change. Raises: NotFound."""
    assert place.key is not None
    key, actor = place.key, desk.actor(request)

    def read(session: Session) -> tuple[int, bool]:
        known = find(session, actor, key)
        private = known.brief.is_restricted or sees_private(actor, known.series)
        return known.row.id or 0, private

    id_, private = await desk.app.read(read)
    asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    reader, draw = Reader(sees_private=private), drawing(desk, request)
    streams: Streams = request.app.state.streams
    return streams.answer(request, lambda: desk.live.events(id_, reader, after, draw))


def drawing(desk: Desk, request: Request) -> Draw:
    """Return what renders the part of a running meeting's page that changes."""
    fragment = desk.fragment(request, "minutes_body.html")

    def draw(shown: Shown) -> str:
        numbers = shown.numbers
        return fragment(shown=shown, minutes=shown.minutes, number=lambda item: numbers[id(item)])

    return draw


def _near(session: Session, desk: Desk, actor: Actor, place: Place) -> Around:
    """Return what stands around a meeting, for its page only."""
    if place.ending != "html" or place.key is None:
        return Around()
    return around(session, desk.app.modules, actor, place.key.ref)


def number_asked(request: Request, name: str) -> int | None:
    """Return a number of up to four digits that the address asks for, None when it is none."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


def _content(
    desk: Desk,
    request: Request,
    ending: str,
    session: Session,
    shown: Shown,
    actor: Actor,
    near: Around,
) -> tuple[str, str]:
    if ending == "txt":
        folder = base_url(request) + shown.brief.key.url("").rpartition("/")[0] + "/"
        return as_text(shown.minutes, folder), _TYPES[ending]
    if ending in _TYPES:
        return render(shown.minutes, ending), _TYPES[ending]
    if ending == "log.html":
        return _log_page(desk, request, shown), _HTML
    return _minutes_page(desk, request, session, shown, actor, near), _HTML


def _minutes_page(
    desk: Desk, request: Request, session: Session, shown: Shown, actor: Actor, near: Around
) -> str:
    body = drawing(desk, request)(shown)
    known = find(session, actor, shown.brief.key)
    return desk.html(
        request,
        "minutes.html",
        shown=shown,
        brief=shown.brief,
        minutes=shown.minutes,
        body=Markup(body),  # noqa: S704 - rendered by a template
        number=number_of(body),
        version=version_of(session, known, shown.version),
        may_correct=corrects(actor, shown.brief),
        around=near,
        agenda=_agenda_of(session, desk, known.row.id or 0),
    )


def _agenda_of(session: Session, desk: Desk, meeting_id: int) -> str:
    """Return the address of the pad that a meeting is or was held by, empty for none."""
    found = agenda_of(session, meeting_id) if desk.pads else None
    return desk.pads.url(found.pad) if found and desk.pads else ""


def _log_page(desk: Desk, request: Request, shown: Shown) -> str:
    refs = [line.ref for line in shown.log if line.ref]
    return desk.html(
        request,
        "log.html",
        shown=shown,
        brief=shown.brief,
        minutes=shown.minutes,
        lines=Markup(log_items(shown, desk.place_of)),  # noqa: S704 - it escapes
        first=desk.place_of(refs[0]) if refs else "",
        last=desk.place_of(refs[-1]) if refs else "",
    )
