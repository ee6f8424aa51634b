"""One's inbox, and how one wants to hear of things."""

from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.accounts.people import key_of, require_row
from hub.clock import from_micros, micros
from hub.errors import Invalid, NotFound
from hub.language import gettext
from hub.notices.choices import choices_of, choose, choose_hour, mute, muted_by
from hub.notices.inbox import gone, mark, mark_all, read_inbox
from hub.notices.reasons import How, Reason, reason_word
from hub.notices.sight import kind_of, sees_ref
from hub.notices.slips import read_slip, unsubscribe
from hub.notices.tables import InboxRow
from web.accounts.desk import (
    Wrong,
    app_of,
    change,
    logged_in,
    me,
    over,
    problem,
    see,
    sheet,
    status_of,
    visit_of,
)
from web.accounts.mailing import sends_mail
from web.forms import Form, read_form
from web.sessions import visit

_INBOX = "/me/inbox"


def inbox_routes() -> list[Route]:
    """Return the routes of inboxes."""
    return [
        Route(_INBOX, logged_in(inbox), methods=["GET", "POST"]),
        Route("/me/notices", logged_in(notices), methods=["GET", "POST"]),
        Route("/unsubscribe/{code}", end_mails, methods=["GET", "POST"]),
    ]


async def inbox(request: Request) -> Response:
    """Show what has news, the unread first; mark it read, or hear no more of it."""
    if request.method == "POST":
        return await _act(request)
    app, actor, slug = app_of(request), visit_of(request).actor, me(request).slug
    chosen, after = (
        _reason(request.query_params.get("reason", "")),
        request.query_params.get("after", ""),
    )

    def read(session: Session) -> Response:
        person = key_of(require_row(session, slug))
        page = read_inbox(session, app.modules, actor, person, reason=chosen, after=after)
        muted = frozenset(muted_by(session, person))
        return sheet(
            request, "inbox", found=page, chosen=chosen, muted=muted, reasons=tuple(Reason),
            reason_word=reason_word, until=micros(app.clock()), here_query=request.url.query,
            is_first=not after, later=_address(chosen, page.after) if page.after else "",
            first=_address(chosen, ""),
        )  # fmt: skip

    return await app.read(read)


async def _act(request: Request) -> Response:
    app, form, now = app_of(request), await read_form(request), app_of(request).clock()
    slug, chosen = me(request).slug, _reason(form.line("reason"))
    back = _address(chosen, form.line("after"))

    def write(session: Session) -> str:
        person, do = key_of(require_row(session, slug)), form.line("do")
        if do == "all":
            mark_all(session, person, until=_moment(form, now), reason=chosen)
            return _address(chosen, "")
        ref = mark(
            session, person, _number(form.line("notice")), is_read=do != "unread",
            entry=_number(form.line("entry")),
        )  # fmt: skip
        if not ref:
            raise NotFound(gone())
        if do in ("mute", "unmute"):
            mute(session, person, ref, muted=do == "mute", now=now)
        kind = kind_of(app.modules, ref)
        return kind.url(ref) if do == "open" and kind else back

    return see(await app.write(write))


async def notices(request: Request) -> Response:
    """Show and change how one wants to hear: for each reason, when, and of what not."""
    if request.method != "POST":
        return await _notices_page(request)
    form, slug, now = await read_form(request), me(request).slug, app_of(request).clock()

    def write(session: Session) -> None:
        person = key_of(require_row(session, slug))
        if "unmute" in form:
            mute(session, person, form["unmute"], muted=False, now=now)
            return
        choose_hour(session, person, _hour(form.line("hour")), form.line("zone"))
        choose(session, person, {reason: _how(form, reason) for reason in Reason})

    found = await change(request, write)
    if isinstance(found, Wrong):
        return await _notices_page(request, form, found)
    return see("/me/notices", kept="1")


async def _notices_page(
    request: Request, form: Form | None = None, wrong: Wrong | None = None
) -> Response:
    app, actor, slug = app_of(request), visit_of(request).actor, me(request).slug

    def read(session: Session) -> Response:
        person = key_of(require_row(session, slug))
        kept = session.get(InboxRow, person) or InboxRow(person_id=person)
        refs = [
            ref for ref in muted_by(session, person) if sees_ref(app.modules, session, actor, ref)
        ]
        kinds = [(ref, kind_of(app.modules, ref)) for ref in refs]
        return sheet(
            request, "notices", status=status_of(wrong) if wrong else 200,
            choices=choices_of(session, [person])[person], reasons=tuple(Reason),
            reason_word=reason_word, hour=form.line("hour") if form else str(kept.hour),
            zone=form.line("zone") if form else kept.zone, mails=sends_mail(request),
            kept="kept" in request.query_params and not wrong,
            muted=[(ref, kind.label(session, ref), kind.url(ref)) for ref, kind in kinds if kind],
            **(problem(wrong) if wrong else {}),
        )  # fmt: skip

    return await app.read(read)


async def end_mails(request: Request) -> Response:
    """Ask whether somebody wants no more mails of a sort, and end them; the link in a mail is enough for it.

    What a mail program posts by itself may be of any form, so only a form of who is logged in is read.
    Source: RFC 8058 3.2.
    """
    app, posts = app_of(request), request.method == "POST"
    if posts and visit(request) is not None:
        await read_form(request)
    slip = read_slip(app.passes.secret, request.path_params["code"])
    if slip is None:
        return over(request, gettext("This link is not whole. Take it from the mail again."))
    if posts:
        await app.write(lambda s: unsubscribe(s, slip))
    return sheet(request, "unsubscribe", done=posts, is_daily=slip.how is How.DAILY)


def _address(reason: Reason | None, after: str) -> str:
    query = {"reason": reason.value if reason else "", "after": after}
    told = urlencode({name: value for name, value in query.items() if value})
    return f"{_INBOX}?{told}" if told else _INBOX


def _reason(text: str) -> Reason | None:
    return Reason(text) if text in tuple(Reason) else None


def _how(form: Form, reason: Reason) -> How:
    given = form.line(f"how-{reason}")
    if given not in tuple(How):
        raise Invalid(f"how-{reason}", gettext("Choose one of the ways that there are."))
    return How(given)


def _hour(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else -1


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _moment(form: Form, now: datetime) -> datetime:
    """Return when the page was shown whose things are all to be read; never later than now."""
    given = form.line("until")
    if not (given.isascii() and given.isdecimal() and len(given) < 18):
        raise Invalid("until", gettext("Open your inbox again and send it from there."))
    return min(from_micros(int(given)), now)
