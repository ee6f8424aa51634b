"""What did I miss? A channel's lines since a moment, or since a nick last spoke, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from markupsafe import Markup
from sqlmodel import Session

from archive.addresses import Addresses
from archive.day_page import last_spoke, lines_since
from archive.entries import Channel, Entry, anchor
from archive.render import render_day
from hub.clock import DAY, SECOND, from_micros, micros

PAGE_LINES = 500
_COMING_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one day, rendered."""

    day: date
    url: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Missed:
    """Lines since `at`; `more` is the moment from which to go on, None at the end."""

    at: datetime
    sections: Sequence[Section]
    more: str | None


def moment(given: str) -> datetime | None:
    """Read a date or a date and time in UTC (`2026-05-12T21:00:30`, also an anchor's `-2`)."""
    head, dash, nth = given.strip().removeprefix("t").rpartition("-")
    stamp = head if dash and "T" in head and nth.isdecimal() else given.strip().removeprefix("t")
    try:
        at = datetime.fromisoformat(stamp)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # OverflowError: a zone that leads out of the calendar
        return None
    return at if at.year >= 1970 else None


def since_nick(session: Session, channel: Channel, nick: str, now: datetime) -> datetime | None:
    """Return when a nick last spoke before coming back, None when that is too long ago to look for.

    Who comes back says hello and asks what was missed: the last minutes count only when there is
    nothing before them.
    """
    earlier = last_spoke(session, channel, nick, before=micros(now - _COMING_BACK))
    found = earlier or last_spoke(session, channel, nick)
    return from_micros(found.at) if found else None


def missed(session: Session, channel: Channel, addresses: Addresses, at: datetime) -> Missed:
    """Return one page of what was said since a moment."""
    entries = lines_since(session, channel, at, PAGE_LINES + 1)
    more = None
    if len(entries) > PAGE_LINES:
        entries, more = _cut(entries)
    sections = [
        _section(channel, addresses, number, list(group))
        for number, group in groupby(entries, key=lambda entry: entry.at // DAY)
    ]
    return Missed(at, sections, more)


def _cut(entries: Sequence[Entry]) -> tuple[Sequence[Entry], str]:
    """End the page at a whole second, so that the next one begins where this one ends."""
    last = entries[-1].at // SECOND
    kept = [entry for entry in entries if entry.at // SECOND < last]
    if not kept:  # hundreds of lines within one second: go on after it
        return entries, anchor((last + 1) * SECOND, 1)
    return kept, anchor(last * SECOND, 1)


def _section(
    channel: Channel, addresses: Addresses, number: int, entries: Sequence[Entry]
) -> Section:
    day = from_micros(number * DAY).date()
    url = addresses.day(channel.network, channel.slug, day)
    html = render_day([e.row for e in entries], day, url.rpartition("/")[2]).decode()
    return Section(day, url, Markup(html))  # noqa: S704 - render escapes
