"""People across meetings: by their services accounts, under whatever nick they came."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.handles import person_of_account
from hub.accounts.people import Person, person_by_handle
from hub.irc import casefold
from hub.people import Right
from hub.personal import Identity
from meetbot.addresses import MeetingKey
from meetbot.queries import Brief, OpenAction, actions_where, brief
from meetbot.state import Meeting
from meetbot.tables import (
    ActionRow,
    AssigneeRow,
    MeetingAccountRow,
    MeetingRow,
    PresenceRow,
    SeriesRow,
)

_MOST_RIGHTS = 2_000
_MOST_NAMES = 20
_MOST_PRESENCES = 1_000


def keep_accounts(
    session: Session,
    row: MeetingRow,
    meeting: Meeting,
    *,
    begins: bool,
    gone: Container[str] = (),
) -> None:
    """Keep whose accounts were at a meeting, under which nicks, and who chaired.

    begins: whether its series began with it. A chair who never spoke is none here: nobody heard them.
    gone: folded nicks of who was erased meanwhile.
    """
    chairs = {meeting.attendance.whose(chair) for chair in meeting.chairs}
    for person in meeting.attendance.people.values():
        if not person.account:
            continue
        is_chair = person.id in chairs and person.lines > 0
        nicks = {casefold(nick) for nick, _ in person.said}
        if any(nick in gone for nick in nicks):
            continue
        for folded in nicks:
            session.merge(
                MeetingAccountRow(
                    meeting_id=row.id or 0,
                    folded=folded,
                    account=casefold(person.account),
                    network=row.network,
                    is_chair=is_chair,
                    begins=begins and is_chair,
                )
            )


def chair_rights(session: Session, identity: Identity) -> Iterator[Right]:
    """Yield what somebody may correct: the meetings that they chaired, the series that began so."""
    for network, account in identity.accounts:
        rows = session.exec(
            select(SeriesRow.slug, MeetingRow.minute, MeetingRow.copy_, MeetingAccountRow.begins)
            .select_from(MeetingAccountRow)
            .join(MeetingRow, col(MeetingRow.id) == col(MeetingAccountRow.meeting_id))
            .join(SeriesRow, col(SeriesRow.id) == col(MeetingRow.series_id))
            .where(
                MeetingAccountRow.network == network,
                MeetingAccountRow.account == account,
                col(MeetingAccountRow.is_chair).is_(True),
            )
            .order_by(col(MeetingRow.started_at).desc())
            .limit(_MOST_RIGHTS)
        )
        for slug, minute, copy, begins in rows:  # columns, not rows: every request of theirs asks
            yield "edit", MeetingKey(slug, minute, copy).ref
            if begins:
                yield "edit", f"series:{slug}"


def meetings_of(session: Session, identity: Identity, limit: int) -> Sequence[Brief]:
    """Return the meetings in which somebody took part, newest first, private ones among them."""
    if not identity.is_on_irc:
        return ()
    ids = sa.union(
        *(_by_account(network, account) for network, account in identity.accounts),
        *(_by_nick(network, nick) for network, nick in identity.nicks),
    )
    rows = session.exec(
        select(MeetingRow, SeriesRow.slug)
        .join(SeriesRow, col(SeriesRow.id) == col(MeetingRow.series_id))
        .where(col(MeetingRow.id).in_(ids))
        .order_by(col(MeetingRow.started_at).desc(), col(MeetingRow.id).desc())
        .limit(limit)
    )
    return [brief(row, slug) for row, slug in rows]


def nicks_of(session: Session, identity: Identity) -> frozenset[tuple[str, str]]:
    """Return the nicks (network, folded) under which somebody was at meetings, and those bound to them."""
    found = set(identity.nicks)
    for network, account in identity.accounts:
        rows = session.exec(
            select(MeetingAccountRow.folded)
            .where(MeetingAccountRow.network == network, MeetingAccountRow.account == account)
            .distinct()
        )
        found.update((network, nick) for nick in rows)
        found.add((network, account))
    return frozenset(found)


def actions_of(
    session: Session, identity: Identity, *, closed: bool = False, limit: int = 500
) -> Sequence[OpenAction]:
    """Return what somebody has to do (or did), under whatever nick it was given to them, newest first.

    Not what was given to another account that had one of these nicks in that meeting.
    """
    nicks = nicks_of(session, identity)
    if not nicks:
        return ()
    theirs = sa.or_(*(_assigned(network, nick, identity) for network, nick in sorted(nicks)))
    state = col(ActionRow.closed_at)
    wanted = state.is_not(None) if closed else state.is_(None)
    return actions_where(session, theirs, wanted, limit=limit)


def nicks_in(session: Session, row: MeetingRow, identity: Identity) -> frozenset[str]:
    """Return the folded nicks that were somebody's in one meeting."""
    rows = session.exec(
        select(MeetingAccountRow).where(MeetingAccountRow.meeting_id == row.id)
    ).all()
    theirs = {r.folded for r in rows if (r.network, r.account) in identity.accounts}
    others = {r.folded for r in rows} - theirs
    bound = {nick for network, nick in identity.nicks if network == row.network}
    return frozenset(theirs | (bound - others))


def people_called(session: Session, nick: str, *, private: bool) -> Sequence[Person]:
    """Return who had a nick at meetings (at those that all may read, unless `private`), by their slugs.

    Whoever else has that nick without an account, or on another network, is not meant.
    """
    folded = casefold(nick)
    public = () if private else (col(MeetingRow.restricted).is_(False),)
    accounts = session.exec(
        select(MeetingAccountRow.network, MeetingAccountRow.account)
        .join(MeetingRow, col(MeetingRow.id) == col(MeetingAccountRow.meeting_id))
        .where(MeetingAccountRow.folded == folded, *public)
        .distinct()
        .limit(_MOST_NAMES)
    ).all()
    networks = session.exec(
        select(MeetingRow.network)
        .join(PresenceRow, col(PresenceRow.meeting_id) == col(MeetingRow.id))
        .where(PresenceRow.folded == folded, *public)
        .distinct()
        .limit(_MOST_NAMES)
    ).all()
    found = [person_of_account(session, network, account) for network, account in accounts]
    found += [person_by_handle(session, "nick", network, folded) for network in networks]
    known = {each.slug: each for each in found if each is not None and each.is_active}
    return [known[slug] for slug in sorted(known)]


def nicks_at(
    session: Session, meetings: Iterable[Brief], identity: Identity
) -> Sequence[tuple[str, int]]:
    """Return somebody's nicks at some meetings, as minutes write them, and at how many; the most first."""
    wanted = {each.key for each in meetings}
    if not wanted:
        return ()
    rows = session.exec(
        select(PresenceRow.nick, SeriesRow.slug, MeetingRow.minute, MeetingRow.copy_)
        .select_from(PresenceRow)
        .join(MeetingRow, col(MeetingRow.id) == col(PresenceRow.meeting_id))
        .join(SeriesRow, col(SeriesRow.id) == col(MeetingRow.series_id))
        .outerjoin(
            MeetingAccountRow,
            sa.and_(
                col(MeetingAccountRow.meeting_id) == col(PresenceRow.meeting_id),
                col(MeetingAccountRow.folded) == col(PresenceRow.folded),
            ),
        )
        .where(sa.or_(*_theirs(identity)))
        .order_by(col(MeetingRow.started_at).desc())
        .limit(_MOST_PRESENCES)
    )
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for nick, slug, minute, copy in rows:
        if MeetingKey(slug, minute, copy) in wanted:
            counts[written.setdefault(casefold(nick), nick)] += 1
    return counts.most_common()


def _theirs(identity: Identity) -> Iterator["sa.ColumnElement[bool]"]:
    """Yield the conditions, each enough, under which a presence was somebody's."""
    account = col(MeetingAccountRow.account)
    for network, name in sorted(identity.accounts):
        yield sa.and_(col(MeetingAccountRow.network) == network, account == name)
    for network, nick in sorted(identity.nicks):
        yield sa.and_(
            col(MeetingRow.network) == network,
            col(PresenceRow.folded) == nick,
            account.is_(None),
        )


def forget_accounts(session: Session, row: MeetingRow, identity: Identity) -> None:
    """Keep no more that somebody's accounts were at a meeting."""
    for network, account in identity.accounts:
        session.connection().execute(
            sa.delete(MeetingAccountRow).where(
                col(MeetingAccountRow.meeting_id) == row.id,
                col(MeetingAccountRow.network) == network,
                col(MeetingAccountRow.account) == account,
            )
        )


def channels_in(briefs: Iterable[Brief]) -> Sequence[tuple[str, str]]:
    """Return the channels of meetings, each once, the one of the newest first."""
    return list(dict.fromkeys((each.network, each.channel) for each in briefs if each.channel))


def _by_account(network: str, account: str) -> "sa.Select[Any]":
    return sa.select(col(MeetingAccountRow.meeting_id)).where(
        col(MeetingAccountRow.network) == network, col(MeetingAccountRow.account) == account
    )


def _by_nick(network: str, nick: str) -> "sa.Select[Any]":
    return (
        sa.select(col(PresenceRow.meeting_id))
        .join(MeetingRow, col(MeetingRow.id) == col(PresenceRow.meeting_id))
        .where(col(PresenceRow.folded) == nick, col(MeetingRow.network) == network)
    )


def _assigned(network: str, nick: str, identity: Identity) -> "sa.ColumnElement[bool]":
    accounts = [account for place, account in identity.accounts if place == network]
    another = (
        sa.select(col(MeetingAccountRow.meeting_id))
        .where(
            col(MeetingAccountRow.meeting_id) == MeetingRow.id,
            col(MeetingAccountRow.folded) == nick,
            col(MeetingAccountRow.account).not_in(accounts),
        )
        .exists()
    )
    named = sa.select(col(AssigneeRow.action_id)).where(col(AssigneeRow.folded) == nick)
    return sa.and_(
        col(MeetingRow.network) == network, col(ActionRow.id).in_(named), sa.not_(another)
    )
