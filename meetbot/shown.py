"""A meeting as its pages show it: over, running, or in an older version of its minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session, select

from hub.clock import from_micros
from hub.config import Config
from hub.errors import NotFound
from hub.language import gettext
from hub.people import Actor
from hub.reading import ChannelPast
from meetbot.addresses import ROOT, MeetingKey, parse_ref
from meetbot.agendas import readings
from meetbot.channel_rules import rules_of
from meetbot.live import replay_told
from meetbot.log_refs import refs_of
from meetbot.minutes import Minutes, Section, minutes, outline
from meetbot.queries import (
    Brief,
    OpenAction,
    actions_in,
    brief,
    has_met,
    newest,
    running_now,
)
from meetbot.series import Series, find_series
from meetbot.sight import sees, sees_private
from meetbot.state import Item
from meetbot.store import find_row
from meetbot.tables import MeetingRow, MinutesRow
from meetbot.versions import LoggedLine, Version, read_log, read_version


@dataclass(frozen=True, slots=True)
class Known:
    """A meeting that there is: its row, how lists show it, and its series."""

    row: MeetingRow
    brief: Brief
    series: Series


@dataclass(frozen=True, slots=True)
class Shown:
    """Minutes and log of a meeting. version: which of the minutes, 0 while it runs.

    actions: in the minutes' order, as they stand now; none for what is not the newest version.
    """

    brief: Brief
    series: Series
    minutes: Minutes
    log: Sequence[LoggedLine]
    version: int
    actions: Sequence[OpenAction] = ()

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.brief.ended_at is None

    @property
    def is_old(self) -> bool:
        """Whether this is not the newest version."""
        return self.version != self.brief.revision

    @property
    def sections(self) -> Sequence[Section]:
        """The items under their topics."""
        return outline(self.minutes.items)

    @property
    def numbers(self) -> Mapping[int, int]:
        """The number of each item, from 1, by its id()."""
        return {id(item): number for number, item in enumerate(self.minutes.items, 1)}

    def item_at(self) -> Mapping[int, tuple[int, Item]]:
        """Return the first item of each line of the log that has one, with its number."""
        numbered = enumerate(self.minutes.items, 1)
        return {item.line: (number, item) for number, item in reversed([*numbered])}

    @property
    def length(self) -> timedelta | None:
        """How long it took; None while it runs."""
        ended = self.brief.ended_at
        return None if ended is None else ended - self.brief.started_at


def find(session: Session, actor: Actor, key: MeetingKey) -> Known:
    """Return a meeting that somebody may see, by any of its series' names.

    Raises: NotFound, in the same words whether there is none or it is not theirs to know of.
    """
    row = find_row(session, key)
    series = find_series(session, key.series) if row is not None else None
    if row is not None and series is not None:
        listed = brief(row, series.slug)
        if sees(actor, listed):
            return Known(row, listed, series)
    raise NotFound(
        gettext(
            "There is no meeting %(name)s here. It may be a mistyped date or name, or was called off:"
            " the list of meetings at %(url)s has all there are.",
            name=key.stem,
            url=ROOT,
        )
    )


def may_find(session: Session, actor: Actor, key: MeetingKey) -> bool:
    """Tell whether there is a meeting that somebody may see."""
    try:
        find(session, actor, key)
    except NotFound:
        return False
    return True


def sees_series(session: Session, actor: Actor, series: Series) -> bool:
    """Tell whether somebody may know of a series: not of one that has met in private only."""
    return (
        sees_private(actor, series)
        or bool(newest(session, 1, series, private=False))
        or any(sees(actor, each) for each in running_now(session) if each.key.series == series.slug)
        or not has_met(session, series.id)
        or bool(given_in(session, actor, series))
    )


def given_in(session: Session, actor: Actor, series: Series) -> Sequence[Brief]:
    """Return the meetings of a series that somebody may see by name, as who chaired one may."""
    keys = {parse_ref(ref) for _, ref in actor.rights}
    rows = [find_row(session, key) for key in keys if key and key.series == series.slug]
    return [each for row in rows if row and sees(actor, each := brief(row, series.slug))]


def show(
    session: Session,
    known: Known,
    config: Config,
    past: ChannelPast,
    version: int | None = None,
    *,
    with_log: bool = True,
) -> Shown:
    """Read a meeting that is over in a version of its minutes (the newest), or as it stands now.

    with_log: whether its log, which may be long, is read, too; that of a running meeting always is.

    Raises: NotFound for a version that there is not, or a meeting whose lines are gone.
    """
    if known.brief.ended_at is None:
        return running(session, known, config, past)
    wanted = version or known.brief.revision
    log = read_log(session, known.row) if with_log else ()
    written = read_version(session, known.row, known.series.slug, wanted, log)
    if written is None:
        raise NotFound(
            gettext(
                "There is no version %(number)s of %(name)s; the newest is %(newest)s.",
                number=wanted,
                name=known.brief.key.stem,
                newest=known.brief.revision,
            )
        )
    is_newest = wanted == known.brief.revision
    actions = actions_in(session, known.brief.key) if is_newest else ()
    return Shown(known.brief, known.series, written, log, wanted, actions)


def running(session: Session, known: Known, config: Config, past: ChannelPast) -> Shown:
    """Read a running meeting out of the archive's lines. Raises: NotFound when they make none."""
    row = known.row
    lines = past.between(session, row.first_ref, None)
    rules = rules_of(config, row.network, row.channel)
    found = readings(session, row.id or 0)
    meeting = replay_told(lines, row.channel, known.series.slug, rules, found)
    if meeting is None:
        raise NotFound(gettext("This meeting has just ended. Reload in a moment for its minutes."))
    written = replace(minutes(meeting), series=known.series.slug, copy=row.copy_)
    refs = refs_of(meeting.record, lines)
    log = [LoggedLine(line, ref) for line, ref in zip(written.log, refs, strict=True)]
    listed = replace(known.brief, people=len(written.people), lines=len(log))
    return Shown(listed, known.series, written, log, 0)


def fingerprint(session: Session, known: Known, version: int | None = None) -> Sequence[object]:
    """Return what a finished meeting's pages depend on, without taking it apart."""
    wanted = version or known.brief.revision
    document = session.exec(
        select(MinutesRow.document).where(
            MinutesRow.meeting_id == known.row.id, MinutesRow.revision == wanted
        )
    ).first()
    return (known.brief, known.series, wanted, document, actions_in(session, known.brief.key))


def version_of(session: Session, known: Known, number: int) -> Version | None:
    """Return who wrote a version of minutes, when and why; None when there is none."""
    kept = session.get(MinutesRow, (known.row.id, number))
    if kept is None:
        return None
    return Version(number, from_micros(kept.at), kept.actor, kept.reason)
