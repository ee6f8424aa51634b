"""What meetings are to a person: their page, what is exported of them, and how their names leave minutes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from hub.events import emit
from hub.irc import casefold
from hub.language import gettext, ngettext
from hub.now import Item as Entry
from hub.now import Panel, Spot
from hub.people import Actor
from hub.personal import Erasure, Identity, Personal
from meetbot.addresses import ROOT
from meetbot.erased import take_names
from meetbot.persons import (
    actions_of,
    chair_rights,
    channels_in,
    forget_accounts,
    meetings_of,
    nicks_at,
    nicks_in,
)
from meetbot.places import person_url
from meetbot.queries import Brief, OpenAction, brief
from meetbot.schedule_erasing import erase_from_schedules
from meetbot.sight import sees
from meetbot.store import find_row
from meetbot.tables import MeetingRow, SeriesRow
from meetbot.versions import read_version

if TYPE_CHECKING:
    from hub.app import App

_SHOWN = 20
_READ = 300
_BATCH = 20


def personal_panels(
    app: "App", session: Session, actor: Actor, identity: Identity, now: datetime
) -> Sequence[Panel]:
    """Return what somebody has to do, their meetings and channels, as far as the reader may know."""
    del now
    actions = [a for a in actions_of(session, identity) if sees(actor, a.meeting)]
    meetings = [m for m in meetings_of(session, identity, _READ) if sees(actor, m)]
    return [
        Panel(
            "actions",
            gettext("To be done"),
            [_to_do(action) for action in actions[:_SHOWN]],
            Spot.MAIN,
        ),
        Panel("meetings", gettext("Meetings"), [_met(m) for m in meetings[:_SHOWN]], Spot.MAIN),
        Panel("channels", gettext("Channels"), _channels(app, meetings), Spot.SIDE),
        Panel("nicks", gettext("Nicks in meetings"), _called(session, meetings, identity)),
    ]


def export_meetings(session: Session, identity: Identity) -> Mapping[str, Any]:
    """Return what meetings keep of somebody: where they were, what they noted, voted and have to do."""
    told = [
        _exported(session, each, identity) for each in meetings_of(session, identity, 1_000_000)
    ]
    every = [
        *actions_of(session, identity, limit=1_000_000),
        *actions_of(session, identity, closed=True, limit=1_000_000),
    ]
    actions = [
        {
            "number": action.id,
            "meeting": action.meeting.key.ref,
            "text": action.text,
            "at": action.at,
            "closed_at": action.closed_at,
            "outcome": action.outcome,
        }
        for action in every
    ]
    chaired = sorted(ref for verb, ref in chair_rights(session, identity) if verb == "edit")
    return {"meetings": told, "actions": actions, "chaired": chaired}


def erase_from_meetings(session: Session, erasure: Erasure, position: int) -> int | None:
    """Erase somebody from the next meetings after an id, then from the schedules.

    Return where to go on, None at the end.
    """
    if not erasure.identity.is_on_irc:
        return None
    rows = session.exec(
        select(MeetingRow, SeriesRow.slug)
        .join(SeriesRow, col(SeriesRow.id) == col(MeetingRow.series_id))
        .where(col(MeetingRow.id) > position, col(MeetingRow.ended_at).is_not(None))
        .order_by(col(MeetingRow.id))
        .limit(_BATCH)
    ).all()
    for row, slug in rows:
        nicks = nicks_in(session, row, erasure.identity)
        if nicks:
            take_names(session, row, dict.fromkeys(nicks, erasure.tombstone))
            forget_accounts(session, row, erasure.identity)
            by = Actor(f"person:{erasure.tombstone}")
            emit(session, by, "meeting.rewritten", brief(row, slug).key.ref, at=erasure.now)
    if rows:
        return rows[-1][0].id
    erase_from_schedules(session, erasure)
    return None


PERSONAL = Personal(chair_rights, personal_panels, export_meetings, erase_from_meetings)


def _to_do(action: OpenAction) -> Entry:
    return Entry(action.text, f"{ROOT}actions#a-{action.id}", action.at, (action.meeting.name,))


def _met(meeting: Brief) -> Entry:
    return Entry(meeting.name, meeting.key.url(), meeting.started_at, (meeting.channel,))


def _called(session: Session, meetings: Sequence[Brief], identity: Identity) -> Sequence[Entry]:
    if not meetings:
        return ()
    return [
        Entry(nick, person_url(nick), None, (_meetings(number),))
        for nick, number in nicks_at(session, meetings, identity)[:_SHOWN]
    ]


def _meetings(number: int) -> str:
    return ngettext("%(number)s meeting", "%(number)s meetings", number)


def _channels(app: "App", meetings: Sequence[Brief]) -> Sequence[Entry]:
    kinds = [kind for module in app.modules for kind in module.refs if kind.kind == "channel"]
    counts: dict[tuple[str, str], int] = {}
    for each in meetings:
        counts[each.network, each.channel] = counts.get((each.network, each.channel), 0) + 1
    return [
        Entry(
            channel,
            kinds[0].url(f"channel:{network}/{casefold(channel)}") if kinds else "",
            None,
            (_meetings(counts[network, channel]),),
        )
        for network, channel in channels_in(meetings)[:_SHOWN]
    ]


def _exported(session: Session, meeting: Brief, identity: Identity) -> Mapping[str, Any]:
    row = find_row(session, meeting.key)
    assert row is not None
    nicks = nicks_in(session, row, identity)
    written = read_version(session, row, meeting.key.series, row.revision)
    told: dict[str, Any] = {
        "ref": meeting.key.ref,
        "name": meeting.name,
        "started_at": meeting.started_at,
        "nicks": sorted(nicks),
    }
    if written is not None:
        told["noted"] = [
            {"type": item.kind.value, "text": item.text, "at": item.at}
            for item in written.items
            if casefold(item.nick) in nicks
        ]
        told["votes"] = [
            {"question": vote.question, "option": option}
            for vote in written.votes
            for option, who in vote.ballots
            if any(casefold(nick) in nicks for nick in who)
        ]
    return told
