"""Who sees which meetings on the pages: `hub.people.may`, asked for a meeting, a series, and lists."""

from collections.abc import Iterable, Sequence

from hub.people import Actor, may
from meetbot.addresses import MeetingKey
from meetbot.queries import Brief
from meetbot.series import Series

_ALL = "meetings:all"
_PRIVATE = "private"


def sees(actor: Actor, meeting: Brief) -> bool:
    """Tell whether somebody may read a meeting; who may correct it must be able to."""
    ref, visibility = meeting.key.ref, meeting.visibility
    return (
        may(actor, "read", ref, visibility)
        or may(actor, "edit", ref, visibility)
        or may(actor, "read", _series_ref(meeting.key), visibility)
    )


def corrects(actor: Actor, meeting: Brief) -> bool:
    """Tell whether somebody may correct a meeting's minutes, and close its actions."""
    return sees(actor, meeting) and (
        may(actor, "edit", meeting.key.ref, meeting.visibility)
        or may(actor, "edit", _series_ref(meeting.key), meeting.visibility)
    )


def sees_private(actor: Actor, series: Series | None = None) -> bool:
    """Tell whether lists and counts, of a series or of all, tell somebody of what is private."""
    return may(actor, "read", series.ref if series else _ALL, _PRIVATE)


def visible(actor: Actor, meetings: Iterable[Brief]) -> Sequence[Brief]:
    """Return those of the meetings that somebody may read."""
    return [meeting for meeting in meetings if sees(actor, meeting)]


def _series_ref(key: MeetingKey) -> str:
    return f"series:{key.series}"
