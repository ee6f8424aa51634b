"""The versions of a meeting's minutes: who wrote each and why, what differs, the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.errors import Conflict, NotFound
from hub.language import gettext
from meetbot.correction_views import require_corrector
from meetbot.desk import Desk
from meetbot.differences import Difference, differences
from meetbot.places import Place
from meetbot.shown import Known, find, fingerprint, show
from meetbot.sight import corrects
from meetbot.store import revise
from meetbot.versions import Version, read_version, versions
from web.forms import one_line, read_form
from web.page import etag, not_modified

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A version, and what it changed in the one before it."""

    version: Version
    differences: Sequence[Difference]


async def show_history(desk: Desk, request: Request, place: Place) -> Response:
    """Show the versions, newest first. Raises: NotFound."""
    assert place.key is not None
    key, actor = place.key, desk.actor(request)

    def read(session: Session) -> Response:
        known = find(session, actor, key)
        may_correct = corrects(actor, known.brief)
        headers: dict[str, str] = {}
        tag = etag(request, "history", fingerprint(session, known), may_correct)
        if (same := not_modified(request, tag, headers)) is not None:
            return same
        headers["X-Robots-Tag"] = "noindex"
        html = desk.html(
            request,
            "history.html",
            brief=known.brief,
            series=known.series,
            changes=changes(session, known),
            may_correct=may_correct and known.brief.ended_at is not None,
        )
        return HTMLResponse(html, headers=headers)

    return await desk.app.read(read)


def changes(session: Session, known: Known) -> Sequence[Change]:
    """Return the newest versions with what each changed."""
    told = []
    slug = known.series.slug
    found = versions(session, known.row)[:_SHOWN]
    for version in found:
        new = read_version(session, known.row, slug, version.number)
        old = read_version(session, known.row, slug, version.number - 1)
        told.append(Change(version, differences(old, new) if old and new else ()))
    return told


async def bring_back(desk: Desk, request: Request, place: Place) -> Response:
    """Make an older version the newest again, as one more version.

    Raises: NotFound, Refused, Conflict.
    """
    actor, form = desk.actor(request), await read_form(request)
    asked = form.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
    if not number:
        raise NotFound(gettext("Say which version: send its number."))
    reason = one_line(form.get("reason", ""))[:300]

    def write(session: Session) -> str:
        known = require_corrector(session, actor, place)
        if form.get("over", "") != str(known.brief.revision):
            raise Conflict(
                gettext(
                    "Somebody has corrected these minutes meanwhile. Look at the history again first."
                )
            )
        old = show(session, known, desk.app.config, desk.past, number)
        told = f"Version {old.version} again{': ' if reason else ''}{reason}"
        revise(
            session, actor, known.brief.key, old.minutes, told, over=known.brief.revision,
            now=desk.app.clock(),
        )  # fmt: skip
        return known.brief.key.url("history")

    return RedirectResponse(await desk.app.write(write), 303)
