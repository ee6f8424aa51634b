"""What is still to be done, by person; closed and opened again by who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.errors import NotFound
from hub.irc import casefold
from hub.language import gettext
from meetbot.actions import close_action, no_action, reopen_action, require_action
from meetbot.addresses import ROOT
from meetbot.desk import Desk
from meetbot.handing_over import closes, hand_over
from meetbot.places import Place
from meetbot.queries import OpenAction, closed_actions, open_actions
from meetbot.series import find_series
from meetbot.shown import sees_series
from meetbot.sight import sees_private
from web.forms import read_form
from web.page import etag, not_modified
from web.theme import own_path

_MOST = 500
_DONE = 20


@dataclass(frozen=True, slots=True)
class Duties:
    """What one person has to do; nobody's have no nick."""

    nick: str
    actions: Sequence[OpenAction]


async def show_actions(desk: Desk, request: Request, _place: Place) -> Response:
    """Show open actions by person; `?nick=` and `?series=` choose some.

    Raises: NotFound for a series that there is not.
    """
    actor = desk.actor(request)
    nick = request.query_params.get("nick", "").strip()[:100]
    name = request.query_params.get("series", "").strip()[:200]

    def read(session: Session) -> Response:
        series = find_series(session, name) if name else None
        if name and (series is None or not sees_series(session, actor, series)):
            raise NotFound(
                gettext("There is no such series here. The list at %(url)s has all.", url=ROOT)
            )
        private, whose = sees_private(actor, series), nick or None
        found = open_actions(session, series=series, nick=whose, private=private, limit=_MOST + 1)
        done = closed_actions(session, series, nick=whose, private=private, limit=_DONE)
        closable = frozenset(a.id for a in [*found, *done] if closes(actor, a.meeting))
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, nick, series, found, done, closable), headers)
        if same is not None:
            return same
        html = desk.html(
            request, "actions.html", nick=nick, series=series, groups=by_person(found[:_MOST], nick),
            done=done, closable=closable, more=len(found) > _MOST, count_open=len(found[:_MOST]),
        )  # fmt: skip
        return HTMLResponse(html, headers=headers)

    return await desk.app.read(read)


async def change_action(desk: Desk, request: Request, _place: Place) -> Response:
    """Close an action (`close=ID`), or open it again (`reopen=ID`), and go back to the page.

    One of which a story is made (`story=ID`) leads to the story.

    Raises: NotFound for an action that there is not or that is not theirs; Invalid for the outcome;
    Conflict and Refused for a story.
    """
    actor, form = desk.actor(request), await read_form(request)
    number = _number(form)
    file = desk.file
    if "story" in form and file is not None:
        now = desk.app.clock()
        made = await desk.app.write(lambda s: hand_over(s, actor, number, "", file, now))
        return RedirectResponse(desk.place_of(made) or f"{ROOT}actions", 303)

    def write(session: Session) -> OpenAction:
        meeting = require_action(session, number).meeting
        if not closes(actor, meeting):
            raise no_action(number)
        now = desk.app.clock()
        if "close" in form:
            return close_action(session, actor, number, form.get("outcome", ""), now=now)
        return reopen_action(session, actor, number, now=now)

    await desk.app.write(write)
    back = own_path(form.get("next", f"{ROOT}actions"))
    return RedirectResponse(f"{back.partition('#')[0]}#a-{number}", 303)


def by_person(actions: Sequence[OpenAction], only: str = "") -> Sequence[Duties]:
    """Put actions under each whom they name, by nick; those of nobody come last."""
    nicks: dict[str, str] = {}
    found: dict[str, list[OpenAction]] = {}
    for action in actions:
        for nick in action.assignees or ("",):
            folded = casefold(nick)
            nicks.setdefault(folded, nick)
            found.setdefault(folded, []).append(action)
    wanted = casefold(only)
    named = sorted(folded for folded in found if folded and (not only or folded == wanted))
    rest = [Duties("", found[""])] if "" in found and not only else []
    return [*(Duties(nicks[folded], found[folded]) for folded in named), *rest]


def actions_url(*, nick: str = "", series: str = "") -> str:
    """Return the address of some of the actions."""
    asked = {name: value for name, value in (("nick", nick), ("series", series)) if value}
    return f"{ROOT}actions{'?' if asked else ''}{urlencode(asked)}"


def _number(form: Mapping[str, str]) -> int:
    text = form.get("close", "") or form.get("reopen", "") or form.get("story", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound(gettext("Say which action: send its number as close or reopen."))
    return int(text)
