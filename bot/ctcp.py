"""Answers to CTCP questions that are put to the bot in private: who are you, are you there.

Pure. A few answers, then few per minute: a crowd that asks must not silence the bot. DCC and
everything unknown is ignored; a question to a whole channel too.
Source: CTCP specification, https://modern.ircdocs.horse/ctcp
"""

from collections.abc import Callable
from datetime import datetime

from bot.identity import Identity

_BURST = 3.0
_PER_S = 0.2
_KNOWN = "ACTION CLIENTINFO PING SOURCE TIME VERSION"


class CtcpAnswers:
    """Answers, and counts how many it has given lately."""

    def __init__(self, identity: Identity) -> None:
        self._tokens = _BURST
        self._filled_at: float | None = None
        self._answers: dict[str, Callable[[str, datetime], str]] = {
            "VERSION": lambda _, __: identity.program(),
            "SOURCE": lambda _, __: identity.source(),
            "CLIENTINFO": lambda _, __: _KNOWN,
            "TIME": lambda _, now: now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "PING": lambda argument, _: argument[:100],
        }

    def answer(self, text: str, utc: datetime, now: float) -> str | None:
        """Return the text of the NOTICE that answers a private message; None for no answer.

        `now` is monotonic seconds.
        """
        if not text.startswith("\x01"):
            return None
        word, _, argument = text.strip("\x01").partition(" ")
        answer = self._answers.get(word.upper())
        if answer is None or not self._may(now):
            return None
        return f"\x01{word.upper()} {answer(argument, utc)}".rstrip(" ") + "\x01"

    def _may(self, now: float) -> bool:
        passed = now - (self._filled_at if self._filled_at is not None else now)
        self._tokens = min(_BURST, self._tokens + max(0.0, passed) * _PER_S)
        self._filled_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
