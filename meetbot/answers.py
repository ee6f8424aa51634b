"""What the bot answers about meetings: `madang: actions`, `done 12`, `minutes`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.accounts.identity import identity_of
from hub.errors import Invalid
from hub.module import Command, Question
from hub.people import GUEST, may
from meetbot.actions import close_action, no_action, reopen_action, require_action
from meetbot.addresses import ROOT
from meetbot.persons import actions_of
from meetbot.queries import Brief, OpenAction, newest, newest_in, open_actions
from meetbot.series import Series, find_series
from meetbot.shown import sees_series

if TYPE_CHECKING:
    from hub.app import App

_SHOWN = 3
_LONGEST_TEXT = 90


def tell_actions(app: "App", session: Session, question: Question) -> str:
    """Tell the open actions of a person or series; of who asks when nobody is named."""
    about = question.words.strip() or question.nick
    series = find_series(session, about)
    if question.asker.person and not question.words.strip():
        found = _own_actions(session, question.asker.person)
    else:
        nick = None if series else about
        found = open_actions(session, series=series, nick=nick, private=False)
    page = f"{app.config.public_url}{ROOT}actions"
    if not found:
        return f"Nothing is open for {about}. All that is open: {page}"
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    told = "; ".join(f"#{a.id} {_short(a.text)}" for a in found[:_SHOWN])
    return f"Open for {about}: {told}{more}. See {page}"


def _own_actions(session: Session, person: str) -> Sequence[OpenAction]:
    """Return what a person has to do, under whatever nick; an answer in a channel tells nothing private."""
    mine = actions_of(session, identity_of(session, person))
    return [action for action in mine if not action.meeting.is_restricted]


def tell_done(app: "App", session: Session, question: Question) -> str:
    """Close an action by its number; what follows the number says what became of it."""
    number, outcome = _closable(session, question)
    action = close_action(session, question.asker, number, outcome, now=app.clock())
    return f"#{action.id} is done: {_short(action.text)}. If not: reopen {action.id}"


def tell_reopened(app: "App", session: Session, question: Question) -> str:
    """Open a closed action again by its number."""
    number, _ = _closable(session, question)
    action = reopen_action(session, question.asker, number, now=app.clock())
    return f"#{action.id} is open: {_short(action.text)}"


def tell_minutes(app: "App", session: Session, question: Question) -> str:
    """Tell where the newest minutes of a series, or of the channel, are."""
    words = question.words.strip()
    series = find_series(session, words) if words else None
    if words and (series is None or not sees_series(session, GUEST, series)):
        return (
            f"There is no series of meetings called {words[:40]}. See {app.config.public_url}{ROOT}"
        )
    found = _newest(session, question, series)
    if not found:
        return f"There are no minutes yet. See {app.config.public_url}{ROOT}"
    meeting = found[0]
    return (
        f"{meeting.name}, {meeting.started_at:%Y-%m-%d}: {app.config.public_url}{meeting.key.url()}"
    )


def _newest(session: Session, question: Question, series: Series | None) -> Sequence[Brief]:
    if series is None and question.channel:
        return newest_in(session, question.network, question.channel, 1, private=False)
    return newest(session, 1, series, private=False)


def _closable(session: Session, question: Question) -> tuple[int, str]:
    """Return the number and what follows it of an action that the asker may close.

    Raises: Invalid, NotFound.
    """
    number, rest = _number(question)
    meeting = require_action(session, number).meeting
    if not may(question.asker, "close", meeting.key.ref, meeting.visibility):
        raise no_action(number)
    return number, rest


def _number(question: Question) -> tuple[int, str]:
    word, _, rest = question.words.strip().partition(" ")
    digits = word.lstrip("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise Invalid("number", "Say which by its number, for example: done 12. I know: actions")
    return int(digits), rest.strip()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


COMMANDS = (
    Command("actions", "actions [NICK or SERIES]", "what is still to be done", tell_actions),
    Command("done", "done NUMBER [OUTCOME]", "close an action", tell_done, writes=True),
    Command("reopen", "reopen NUMBER", "open a closed action again", tell_reopened, writes=True),
    Command("minutes", "minutes [SERIES]", "where the newest minutes are", tell_minutes),
)
