"""Somebody's names leave the archive: a tombstone stands for their nicks, and every anchor where it was.

What they said stays, without account, and what others said of them too: redaction is for that. A salted
digest of each nick, for each day and channel, lets log files and history that come again bring no name back.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from archive.addresses import line_ref
from archive.redaction import salt
from archive.tables import ChannelRow, DayRow, ErasedNickRow, LineRow
from hub.accounts.records import folded
from hub.clock import DAY, SECOND, micros
from hub.events import emit_each, in_order
from hub.irc import SPOKEN, Kind, Line, casefold
from hub.people import Actor
from hub.personal import Erasure, Identity
from hub.renaming import renamed

LINE = LineRow.__table__  # type: ignore[attr-defined]
DAYS = DayRow.__table__  # type: ignore[attr-defined]
_WINDOW = 5_000
"""Line ids that are looked through in one go."""

_UNSAID = [kind.value for kind in Kind if kind not in SPOKEN and kind is not Kind.GAP]

_FOUND = frozenset(kind.value for kind in (*SPOKEN, Kind.TOPIC))

Place = tuple[int, int]
"""A channel's id and a day."""


def erase_from_archive(session: Session, erasure: Erasure, position: int) -> int | None:
    """Erase somebody from the next lines after an id; return where to go on, None at the end."""
    newest = session.execute(sa.select(sa.func.max(LINE.c.id))).scalar() or 0
    if not erasure.identity.is_on_irc or position >= newest:
        return None
    in_order(session)
    end = position + _WINDOW
    places: defaultdict[Place, set[str]] = defaultdict(set)
    changed: list[Any] = []
    within = (LINE.c.id > position, LINE.c.id <= end, LINE.c.at <= micros(erasure.now))
    for line in _said_by(session, erasure.identity, *within):
        where = places[line.channel_id, line.at // DAY]
        where.add(casefold(line.nick))
        text = line.text
        if line.kind == Kind.NICK.value:
            where.add(casefold(line.text))
            text = erasure.tombstone
        _update(session, line.id, nick=erasure.tombstone, text=text, account=None)
        changed.append(line)
    for place, nicks in places.items():
        changed += _erase_day(session, place, nicks, erasure)
    _tell(session, changed, erasure)
    return end


def said_by(session: Session, identity: Identity) -> Sequence[Mapping[str, Any]]:
    """Return all that somebody said, as an export has it."""
    refs = {row.id: (row.network, row.name, row.folded) for row in session.exec(select(ChannelRow))}
    told = []
    for line in sorted(_said_by(session, identity), key=lambda line: (line.at, line.id)):
        network, name, channel = refs[line.channel_id]
        told.append(
            {
                "ref": line_ref(network, channel, line.at, line.nth),
                "channel": name,
                "kind": line.kind,
                "nick": line.nick,
                "account": line.account,
                "text": line.text,
            }
        )
    return told


def erased_nicks(session: Session, channel_id: int, days: Collection[int]) -> "ErasedNicks":
    """Return which nicks are erased on some days of a channel."""
    rows = session.exec(
        select(ErasedNickRow).where(
            ErasedNickRow.channel_id == channel_id,
            col(ErasedNickRow.day).between(min(days, default=0), max(days, default=0)),
        )
    ).all()
    known = {(row.day, row.digest): row.tombstone for row in rows}
    return ErasedNicks(salt(session) if known else "", known)


@dataclass(frozen=True, slots=True)
class ErasedNicks:
    """Which nicks are erased in a channel, by day and digest, with what stands for them."""

    salt: str
    known: Mapping[tuple[int, str], str]
    _digests: dict[str, str] = field(default_factory=dict)

    def stands_for(self, second: int, line: Line) -> Line:
        """Return a line that comes in late as it may be kept: without the names that were erased."""
        if not self.known:
            return line
        day = second * SECOND // DAY
        nick, text = renamed(line.kind, line.nick, line.text, lambda nick: self._on(day, nick))
        if (nick, text) == (line.nick, line.text):
            return line
        account = line.account if nick == line.nick else None
        return replace(line, nick=nick, text=text, account=account)

    def _on(self, day: int, nick: str) -> str:
        digest = self._digests.get(nick)
        if digest is None:
            digest = self._digests[nick] = nick_digest(self.salt, nick)
        return self.known.get((day, digest), nick)


def nick_digest(key: str, nick: str) -> str:
    """Return what is kept of an erased nick: enough to know it again, not to read it."""
    told = casefold(nick).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, key=key.encode(), digest_size=20).hexdigest()


def _said_by(
    session: Session, identity: Identity, *within: "sa.ColumnElement[bool]"
) -> Sequence[Any]:
    """Return the lines that are somebody's: by account, or by nick where there is no account."""
    found: list[Any] = []
    for network in sorted({network for network, _ in identity.accounts | identity.nicks}):
        accounts = {name for place, name in identity.accounts if place == network}
        nicks = {name for place, name in identity.nicks if place == network}
        by_account = folded(LINE.c.account).in_(accounts)
        by_nick = folded(LINE.c.nick).in_(nicks) & LINE.c.account.is_(None)
        channels = select(ChannelRow.id).where(ChannelRow.network == network)
        query = sa.select(LINE).where(
            LINE.c.channel_id.in_(channels), LINE.c.kind != Kind.GAP.value, by_account | by_nick
        )
        found += session.connection().execute(query.where(*within)).all()
    return found


def _erase_day(session: Session, place: Place, nicks: set[str], erasure: Erasure) -> Sequence[Any]:
    """Erase on one day what tells of somebody without being known as theirs: joins, kicks, modes.

    Return the lines that changed, as they were; the day's page is made anew.
    """
    channel_id, day = place
    _remember(session, place, nicks, erasure)

    def rename(nick: str) -> str:
        return erasure.tombstone if casefold(nick) in nicks else nick

    rows = session.connection().execute(
        sa.select(LINE).where(
            LINE.c.channel_id == channel_id, LINE.c.at >= day * DAY, LINE.c.at < (day + 1) * DAY,
            LINE.c.kind.in_(_UNSAID),
        )
    ).all()  # fmt: skip
    changed = []
    for row in rows:
        kind = Kind(row.kind)
        is_others = row.account is not None  # theirs has none by now
        nick, text = renamed(kind, row.nick, row.text, rename)
        if is_others:
            nick, text = row.nick, row.text if kind is Kind.NICK else text
        if (nick, text) != (row.nick, row.text):
            _update(session, row.id, nick=nick, text=text)
            changed.append(row)
    page = sa.update(DAYS).where(DAYS.c.channel_id == channel_id, DAYS.c.day == day)
    session.connection().execute(page.values(version=DAYS.c.version + 1))
    return changed


def _remember(session: Session, place: Place, nicks: set[str], erasure: Erasure) -> None:
    key = salt(session)
    for digest in {nick_digest(key, nick) for nick in nicks}:
        if session.get(ErasedNickRow, (*place, digest)) is None:
            session.add(
                ErasedNickRow(
                    channel_id=place[0], day=place[1], digest=digest, tombstone=erasure.tombstone
                )
            )


def _update(session: Session, line_id: int, **values: Any) -> None:
    session.connection().execute(sa.update(LINE).where(LINE.c.id == line_id).values(**values))


def _tell(session: Session, changed: Sequence[Any], erasure: Erasure) -> None:
    """Tell of each line that has an author and can be found: the others no reader of events knows."""
    channels = {row.id: row for row in session.exec(select(ChannelRow))} if changed else {}
    refs = [
        line_ref(
            channels[line.channel_id].network, channels[line.channel_id].folded, line.at, line.nth
        )
        for line in changed
        if line.kind in _FOUND
    ]
    by = Actor(f"person:{erasure.tombstone}")
    emit_each(session, by, "line.renamed", list(dict.fromkeys(refs)), at=erasure.now)
