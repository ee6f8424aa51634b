"""Somebody's inbox, as they may read it now, and what they do with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from hub.accounts.tables import PersonRow
from hub.clock import from_micros, micros
from hub.language import gettext
from hub.module import Module
from hub.notices.choices import take_notices_turn
from hub.notices.gathering import set_read
from hub.notices.reasons import Reason, mask, reasons_in
from hub.notices.sight import kind_of, sees_ref
from hub.notices.tables import InboxRow, NoticeRow
from hub.notices.telling import News
from hub.people import Actor

PAGE = 25
_BATCH = 50
_MOST_GUARDED = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """A thing with news, as its reader sees it. news: the last thing that happened, None when it is gone."""

    id: int
    ref: str
    title: str
    url: str
    reasons: Sequence[Reason]
    count: int
    is_read: bool
    at: datetime
    last_entry: int
    news: News | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an inbox. after: where the next one begins, empty when this is the last."""

    notices: Sequence[Notice]
    after: str = ""


def read_inbox(
    session: Session,
    modules: Sequence[Module],
    actor: Actor,
    person_id: int,
    *,
    reason: Reason | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """Return a page of somebody's inbox: what is unread first, the newest first in each part."""
    found: list[NoticeRow] = []
    for row in _walk(session, person_id, reason, after):
        if sees_ref(modules, session, actor, row.ref):
            found.append(row)
        if len(found) > limit:
            break
    shown = found[:limit]
    more = _place(shown[-1]) if len(found) > limit else ""
    news = _news(session, modules, shown)
    told = (_notice(session, modules, row, news) for row in shown)
    return Page([notice for notice in told if notice is not None], more)


def unread_of(session: Session, modules: Sequence[Module], actor: Actor) -> int:
    """Return how many things have news for somebody that they may know of now: one row, as a rule."""
    row = session.exec(
        select(InboxRow)
        .join(PersonRow, col(PersonRow.id) == col(InboxRow.person_id))
        .where(PersonRow.slug == actor.person)
    ).first()
    if row is None or not row.guarded:
        return row.unread if row else 0
    refs = session.exec(
        select(NoticeRow.ref)
        .where(
            NoticeRow.person_id == row.person_id,
            col(NoticeRow.is_read).is_(False),
            col(NoticeRow.is_open).is_(False),
        )
        .limit(_MOST_GUARDED)
    ).all()
    return row.unread + sum(sees_ref(modules, session, actor, ref) for ref in refs)


def mark(session: Session, person_id: int, id_: int, *, is_read: bool, entry: int = 0) -> str:
    """Mark one of one's things read or not, and return its ref; empty when there is no such.

    entry: the last one that was shown; when more has happened since, it stays unread. 0 for whatever it is.
    """
    take_notices_turn(session)
    row = session.get(NoticeRow, id_)
    if row is None or row.person_id != person_id:
        return ""
    if not (is_read and entry and row.last_entry > entry):
        set_read(session, row, is_read=is_read)
    return row.ref


def mark_all(session: Session, person_id: int, *, until: datetime, reason: Reason | None) -> None:
    """Mark all that had no news since `until` read; what came later stays."""
    take_notices_turn(session)
    rows = select(NoticeRow).where(
        NoticeRow.person_id == person_id,
        col(NoticeRow.is_read).is_(False),
        col(NoticeRow.latest_at) <= micros(until),
        *_has(reason),
    )
    for row in session.exec(rows).all():
        set_read(session, row, is_read=True)


def _walk(
    session: Session, person_id: int, reason: Reason | None, after: str
) -> Iterator[NoticeRow]:
    """Yield the rows from a place on, what is unread first."""
    place = _read_place(after)
    for is_read in (False, True):
        if place is not None and place[0] != is_read:
            if place[0]:
                continue
            place = None
        while rows := _some(session, person_id, is_read, place, _has(reason)):
            yield from rows
            place = (is_read, rows[-1].latest_at, rows[-1].id or 0)
        place = None


def _some(
    session: Session,
    person_id: int,
    is_read: bool,
    place: tuple[bool, int, int] | None,
    conditions: Sequence[Any],
) -> Sequence[NoticeRow]:
    query = select(NoticeRow).where(
        NoticeRow.person_id == person_id, col(NoticeRow.is_read).is_(is_read), *conditions
    )
    at, id_ = col(NoticeRow.latest_at), col(NoticeRow.id)
    if place is not None:
        query = query.where(or_(at < place[1], and_(at == place[1], id_ < place[2])))
    return session.exec(query.order_by(at.desc(), id_.desc()).limit(_BATCH)).all()


def _has(reason: Reason | None) -> Sequence[Any]:
    return () if reason is None else (col(NoticeRow.reasons).op("&")(mask([reason])) != 0,)


def _place(row: NoticeRow) -> str:
    return f"{'r' if row.is_read else 'u'}.{row.latest_at}.{row.id}"


def _read_place(text: str) -> tuple[bool, int, int] | None:
    part, _, rest = text.partition(".")
    at, _, id_ = rest.partition(".")
    if part not in ("r", "u") or not all(
        n.isascii() and n.isdecimal() and len(n) < 18 for n in (at, id_)
    ):
        return None
    return part == "r", int(at), int(id_)


def _news(
    session: Session, modules: Sequence[Module], rows: Sequence[NoticeRow]
) -> dict[tuple[str, int], News]:
    found: dict[tuple[str, int], News] = {}
    for module in modules:
        if module.telling is not None:
            kind = module.telling.kind
            entries = [row.last_entry for row in rows if row.ref.startswith(f"{kind}:")]
            if entries:
                latest = module.telling.latest(session, entries)
                found |= {(kind, entry): news for entry, news in latest.items()}
    return found


def _notice(
    session: Session,
    modules: Sequence[Module],
    row: NoticeRow,
    news: dict[tuple[str, int], News],
) -> Notice | None:
    kind = kind_of(modules, row.ref)
    title = kind.label(session, row.ref) if kind else None
    if kind is None or title is None:
        return None
    return Notice(
        row.id or 0,
        row.ref,
        title,
        kind.url(row.ref),
        reasons_in(row.reasons),
        row.count,
        row.is_read,
        from_micros(row.latest_at),
        row.last_entry,
        news.get((kind.kind, row.last_entry)),
    )


def gone() -> str:
    """Return what is said of a thing that is not in the inbox, or not any more."""
    return gettext("This is not in your inbox any more.")
