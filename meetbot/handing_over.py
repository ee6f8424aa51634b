"""An action becomes something that others keep track of: filed through a port, and closed by its ref."""

from datetime import datetime

from sqlmodel import Session

from hub.errors import Conflict
from hub.filing import FileWish, Wish
from hub.irc import plain
from hub.language import gettext
from hub.people import Actor, may
from meetbot.actions import close_action, no_action, require_action
from meetbot.queries import Brief
from meetbot.sight import corrects, sees

_LONGEST = 255


def closes(actor: Actor, meeting: Brief) -> bool:
    """Tell whether somebody may close a meeting's actions, and open them again."""
    if not sees(actor, meeting):
        return False
    return corrects(actor, meeting) or may(actor, "close", meeting.key.ref, meeting.visibility)


def hand_over(
    session: Session, actor: Actor, number: int, project: str, file: FileWish, now: datetime
) -> str:
    """File an action, close it by what it became, and return that ref.

    Raises: NotFound, Conflict for one that is closed; Refused and Invalid as `file` does.
    """
    action = require_action(session, number)
    if not closes(actor, action.meeting):
        raise no_action(number)
    if action.closed_at is not None:
        raise Conflict(gettext("Action %(number)s is done already.", number=number))
    text = plain(action.text)
    wish = Wish(
        text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…",
        text if len(text) > _LONGEST else "",
        action.meeting.key.ref,
        project,
        action.meeting.network,
        action.assignees,
    )
    ref = file(session, actor, wish, now)
    close_action(session, actor, number, ref, now=now)
    return ref
