"""The form in which who may corrects a meeting's minutes."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.errors import Invalid, Refused
from hub.language import gettext
from hub.people import Actor
from meetbot.corrections import (
    KINDS,
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_ITEMS,
    Row,
    assignees_in,
    corrected,
    named,
    rows_of,
)
from meetbot.desk import Desk
from meetbot.differences import differences
from meetbot.minutes import Minutes
from meetbot.places import Place
from meetbot.shown import Known, Shown, find, show
from meetbot.sight import corrects
from meetbot.state import ItemKind
from meetbot.store import revise
from web.forms import one_line, read_form

_NEW_ROWS = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands.

    base: the version that the rows are numbered by; over: the newest version that the writer has seen.
    """

    rows: Sequence[Row]
    base: int
    over: int
    reason: str = ""
    problem: str = ""


async def show_form(desk: Desk, request: Request, place: Place) -> Response:
    """Show the form. Raises: NotFound; Refused for who may not correct, or while the meeting runs."""

    def read(session: Session) -> Response:
        known = require_corrector(session, desk.actor(request), place)
        shown = show(session, known, desk.app.config, desk.past)
        draft = Draft(rows_of(shown.minutes), shown.version, shown.version)
        return _form(desk, request, shown, draft, 200)

    return await desk.app.read(read)


async def correct(desk: Desk, request: Request, place: Place) -> Response:
    """Keep what the form says as the next version, and lead to the minutes.

    When somebody else was quicker, or something can't be taken, the form is shown as it was filled in.
    Raises: NotFound; Refused for who may not correct.
    """
    actor, form = desk.actor(request), await read_form(request)

    def write(session: Session) -> Response:
        known = require_corrector(session, actor, place)
        newest = show(session, known, desk.app.config, desk.past)
        base = show(session, known, desk.app.config, desk.past, _int(form, "base"))
        draft = _draft(form, base.minutes)
        if draft.over != newest.version:
            told = gettext(
                "Somebody has corrected these minutes meanwhile: version %(number)s is there now."
                " What you wrote is below. If you save it, it takes the place of theirs.",
                number=newest.version,
            )
            again = Draft(draft.rows, draft.base, newest.version, draft.reason, told)
            since = show(session, known, desk.app.config, desk.past, draft.over)
            return _form(desk, request, newest, again, 409, since)
        try:
            written = corrected(base.minutes, draft.rows, _nick(actor))
        except Invalid as error:
            again = Draft(draft.rows, draft.base, draft.over, draft.reason, str(error))
            return _form(desk, request, newest, again, 400)
        if differences(newest.minutes, written):
            revise(
                session, actor, known.brief.key, written, draft.reason, over=draft.over,
                now=desk.app.clock(),
            )  # fmt: skip
        return RedirectResponse(known.brief.key.url(), 303)

    return await desk.app.write(write)


def require_corrector(session: Session, actor: Actor, place: Place) -> Known:
    """Return a meeting that is over, for somebody who may correct it. Raises: NotFound, Refused."""
    assert place.key is not None
    known = find(session, actor, place.key)
    if not corrects(actor, known.brief):
        raise Refused(
            gettext(
                "Minutes are corrected by the chairs of their meeting. The bot told each chair a link for"
                " it when the meeting ended: open that link first, in this browser."
            )
        )
    if known.brief.ended_at is None:
        raise Refused(
            gettext("The meeting still runs. Correct it in the channel, with #edit and #undo.")
        )
    return known


def _form(
    desk: Desk,
    request: Request,
    shown: Shown,
    draft: Draft,
    status: int,
    since: Shown | None = None,
) -> Response:
    count = len(draft.rows)
    empty = [Row(0, ItemKind.INFO, "", place=count + n + 1.0) for n in range(_NEW_ROWS)]
    html = desk.html(
        request,
        "edit.html",
        shown=shown,
        brief=shown.brief,
        minutes=shown.minutes,
        draft=draft,
        rows=[*draft.rows, *empty][:MOST_ITEMS],
        kinds=KINDS,
        meanwhile=differences(since.minutes, shown.minutes) if since else (),
        longest={"text": LONGEST_TEXT, "reason": LONGEST_REASON},
    )
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def _draft(form: Mapping[str, str], base: Minutes) -> Draft:
    rows = tuple(_rows(form, base))
    reason = one_line(form.get("reason", ""))[:LONGEST_REASON]
    return Draft(rows, _int(form, "base"), _int(form, "over"), reason)


def _rows(form: Mapping[str, str], base: Minutes) -> Iterator[Row]:
    """Yield the form's rows; an item that the form does not speak of stays as it is."""
    for row in rows_of(base):
        yield _row(form, str(row.number), row, base)
    for index in range(len(base.items) + 1, MOST_ITEMS + 1):
        if f"text-{index}" not in form:
            return
        new = _row(form, str(index), Row(0, ItemKind.INFO, "", place=float(index)), base)
        if new.text and not new.is_removed:
            yield new


def _row(form: Mapping[str, str], index: str, old: Row, base: Minutes) -> Row:
    if f"place-{index}" not in form and f"text-{index}" not in form:
        return old
    text = one_line(form.get(f"text-{index}", old.text))
    kind = _kind(form.get(f"kind-{index}", ""), old.kind)
    assignees = assignees_in(one_line(form.get(f"who-{index}", "")))
    if kind is ItemKind.ACTION and not assignees and old.kind is not ItemKind.ACTION:
        assignees = named(text, base)
    return Row(
        old.number,
        kind,
        text,
        assignees if kind is ItemKind.ACTION else (),
        _float(form.get(f"place-{index}", ""), old.place),
        f"remove-{index}" in form,
        _int(form, f"line-{index}"),
    )


def _kind(text: str, usual: ItemKind) -> ItemKind:
    return ItemKind(text) if text in set(ItemKind) else usual


def _int(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _float(text: str, usual: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return usual
    return number if math.isfinite(number) else usual


def _nick(actor: Actor) -> str:
    """Return the nick out of a name as `irc:network/nick`, or a person's slug."""
    return actor.person or actor.name.rpartition("/")[2] or actor.name
