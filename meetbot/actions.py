"""Actions over time: closed on IRC or on the web, and opened again."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from hub.clock import micros
from hub.errors import Invalid, NotFound
from hub.events import emit
from hub.language import gettext, mark
from hub.people import Actor
from meetbot.addresses import MeetingKey
from meetbot.minutes import Minutes
from meetbot.queries import OpenAction, action_of, actions_in, newest, open_actions
from meetbot.series import find_series
from meetbot.state import Item, ItemKind
from meetbot.tables import ActionRow

LEFT_BEHIND = mark("left behind: the series has met since")

LONGEST_OUTCOME = 500
"""Characters."""

_NUMBER = re.compile(r"#?(\d{1,9})(?:[\s:,.-].*)?", re.DOTALL)


def close_action(
    session: Session, actor: Actor, id_: int, outcome: str, *, now: datetime
) -> OpenAction:
    """Close an action, saying what became of it (may be empty, or a ref); a closed one stays as it is.

    Raises: NotFound; Invalid for an outcome that is too long.
    """
    if len(outcome) > LONGEST_OUTCOME:
        raise Invalid(
            "outcome",
            gettext("This is longer than %(most)s characters. Shorten it.", most=LONGEST_OUTCOME),
        )
    row = _row(session, id_)
    if row.closed_at is None:
        row.closed_at, row.closed_by, row.outcome = micros(now), actor.name, outcome.strip()
        session.add(row)
        session.flush()
        emit(session, actor, "action.closed", require_action(session, id_).meeting.key.ref, at=now)
    return require_action(session, id_)


def reopen_action(session: Session, actor: Actor, id_: int, *, now: datetime) -> OpenAction:
    """Open a closed action again. Raises: NotFound."""
    row = _row(session, id_)
    if row.closed_at is not None:
        row.closed_at, row.closed_by, row.outcome = None, "", ""
        session.add(row)
        session.flush()
        emit(
            session, actor, "action.reopened", require_action(session, id_).meeting.key.ref, at=now
        )
    return require_action(session, id_)


def close_done(session: Session, written: Minutes, *, now: datetime) -> Minutes:
    """Close what the minutes say is `#done`, and return them with the actions' words for numbers.

    `#done 12` means action 12, `#done write the docs` the open action of the series with these words.
    An action of a restricted meeting has no number here: anyone may begin a meeting, and would be told of it.
    """
    if not any(item.kind is ItemKind.DONE for item in written.items):
        return written
    series = find_series(session, written.series)
    known = open_actions(session, series=series, private=written.is_restricted) if series else ()
    items = [_closing(session, item, known, now) for item in written.items]
    return written.with_items(items)


def leave_behind(
    session: Session, actor: Actor, keys: Iterable[MeetingKey], *, now: datetime
) -> int:
    """Close what old meetings left open, and return how much that was: their series has met since.

    For meetings that came in late: what was open ten years ago would hide what is open now.
    """
    closed = 0
    for key in keys:
        series = find_series(session, key.series)
        last = newest(session, 1, series, private=True) if series else ()
        if last and last[0].key.minute > key.minute:
            for action in actions_in(session, key):
                if action.closed_at is None:
                    close_action(session, actor, action.id, LEFT_BEHIND, now=now)
                    closed += 1
    return closed


def require_action(session: Session, id_: int) -> OpenAction:
    """Return an action, open or closed. Raises: NotFound."""
    found = action_of(session, id_)
    if found is None:
        raise no_action(id_)
    return found


def no_action(id_: int) -> NotFound:
    """Return the error that says that there is no such action."""
    return NotFound(
        gettext(
            "There is no action %(number)s. %(url)s lists those that are open.",
            number=id_,
            url="/meetings/actions",
        )
    )


def _closing(session: Session, item: Item, known: Sequence[OpenAction], now: datetime) -> Item:
    if item.kind is not ItemKind.DONE:
        return item
    action = meant(item.text, known)
    if action is None:
        return item
    close_action(session, Actor(item.nick), action.id, "", now=now)
    return item.with_text(_told(item.text, action))


def meant(text: str, known: Iterable[OpenAction]) -> OpenAction | None:
    """Return the action that somebody speaks of by its number or its words; None for none of them."""
    number = _NUMBER.fullmatch(text.strip())
    words = _words(text)
    for action in known:
        is_told = number and not action.meeting.is_restricted and int(number[1]) == action.id
        if is_told or (words and words == _words(action.text)):
            return action
    return None


def _told(text: str, action: OpenAction) -> str:
    """Say what was done instead of its number, with what somebody added."""
    number = _NUMBER.fullmatch(text.strip())
    if number is None:
        return text
    added = text.strip().lstrip("#").removeprefix(number[1]).strip(" :,.-")
    said = f"{action.text} (action of {action.meeting.started_at:%Y-%m-%d})"
    return f"{said}: {added}" if added else said


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _row(session: Session, id_: int) -> ActionRow:
    row = session.get(ActionRow, id_)
    if row is None:
        raise no_action(id_)
    return row
