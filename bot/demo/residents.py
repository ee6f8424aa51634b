"""The demo's residents: they sit in the channels and help whoever comes, sparsely.

A resident answers only a real person who speaks in the yard's main channel: each hint once, at most one
in a minute, in the language that was spoken. What it says comes from bot/demo/script.py; `Courtesy`
decides and knows no clock and no server.
"""

import heapq
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import quote

from bot.demo.channels import DemoChannel, fold
from bot.demo.script import HINTS, SMALL_TALK, Hint, is_korean
from bot.demo.yard import Member, Yard

_PER_PERSON = timedelta(minutes=1)
_AFTER_TALK = timedelta(seconds=90)
_MOST_GUESTS = 10_000


@dataclass(slots=True)
class Resident:
    """A member of the house without a connection."""

    nick: str
    realname: str
    user: str = "resident"
    host: str = "demo"
    away: str = ""
    channels: dict[str, DemoChannel] = field(default_factory=dict)

    @property
    def mask(self) -> str:
        """nick!user@host."""
        return f"{self.nick}!{self.user}@{self.host}"

    @property
    def is_resident(self) -> bool:
        """Whether it belongs to the house."""
        return True

    def send(self, line: str) -> None:
        """Residents hear what is said to them by the yard's `on_talk`."""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(slots=True)
class Courtesy:
    """Decides whether somebody gets a hint, and which: never twice the same, never two in a minute."""

    page: str
    told: dict[str, set[int]] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)

    def answer(self, nick: str, text: str, now: datetime) -> str | None:
        """Return what to answer to a person's text; None for silence."""
        who = fold(nick)
        if now - self.at.get(who, now - _PER_PERSON) < _PER_PERSON:
            return None
        told = self.told.setdefault(who, set())
        place = _choose(text, told)
        if place is None or len(self.told) > _MOST_GUESTS:
            return None
        told.add(place)
        self.at[who] = now
        return self._worded(HINTS[place], nick, text)

    def renamed(self, before: str, after: str) -> None:
        """Know somebody again under a new nick."""
        old, new = fold(before), fold(after)
        told = self.told.get(old, set()) | self.told.get(new, set())
        if not told:
            return
        self.told[old] = self.told[new] = told
        self.at[new] = max(self.at[who] for who in (old, new) if who in self.at)

    def _worded(self, hint: Hint, nick: str, text: str) -> str:
        words = hint.korean if is_korean(text) else hint.english
        return words.format(nick=nick, page=self.page)


def _choose(text: str, told: Collection[int]) -> int | None:
    """Return the place of the hint that was asked for, else of the next one, if there is one left."""
    left = [place for place in range(len(HINTS)) if place not in told]
    asked = [place for place in left if HINTS[place].asked.search(text)]
    return next(iter(asked or left), None)


class Residents:
    """Puts the residents into the yard and lets them speak, on a thread of their own.

    `watched` tells whether somebody has a page open; without it there is no small talk.
    """

    def __init__(
        self,
        yard: Yard,
        main: str,
        web: str,
        *,
        bots: Collection[str] = (),
        watched: Callable[[], bool] | None = None,
        pause_s: float = 1.5,
        chat_every_s: float = 150.0,
        turn_s: float = 4.0,
    ) -> None:
        self._yard = yard
        self._main = main
        channel = quote(main.lower(), safe="")
        self._courtesy = Courtesy(f"{web}/irclogs/{channel}/latest.log.html#end")
        self._bots = {fold(nick) for nick in bots}
        self._watched = watched
        self._pause_s = pause_s
        self._chat_every_s = chat_every_s
        self._turn_s = turn_s
        self._spoken_at: datetime | None = None
        self._turns = count()
        self._small_talk = iter(SMALL_TALK)  # each once: a page left open fills no archive
        self._due: list[tuple[datetime, int, Resident, str]] = []
        self._changed = threading.Condition()
        self._ending = False
        self.members = {
            "dalnim": Resident("dalnim", "Dalnim, keeps the yard (a scripted resident)"),
            "ada": Resident("ada", "Ada, knows where things are (a scripted resident)"),
        }
        self._thread = threading.Thread(target=self._run, name="demo-residents", daemon=True)

    def start(self) -> None:
        """Move in and begin to listen."""
        with self._yard.lock:
            for member in self.members.values():
                self._yard.clients[fold(member.nick)] = member
                for channel in list(self._yard.channels.values()):
                    self._yard.put_in(member, channel)
                    channel.operators.add(member)
            self._yard.on_talk = self._listen
            self._yard.on_rename = self._courtesy.renamed
        self._thread.start()

    def stop(self) -> None:
        """Be silent from now on. Repeatable."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _listen(self, member: Member, channel: DemoChannel, text: str) -> None:
        if member.is_resident or fold(member.nick) in self._bots:
            return
        now = self._yard.clock()
        self._spoken_at = now
        if fold(channel.name) != fold(self._main) or text.startswith(("\x01", "[nolog]", "!-")):
            return
        answer = self._courtesy.answer(member.nick, text, now)
        if answer is not None:
            speaker = self.members["dalnim" if is_korean(text) else "ada"]
            self._later(speaker, answer, now + timedelta(seconds=self._pause_s))

    def _later(self, speaker: Resident, text: str, at: datetime) -> None:
        with self._changed:
            heapq.heappush(self._due, (at, next(self._turns), speaker, text))
            self._changed.notify()

    def _run(self) -> None:
        chat_at = self._next_chat()
        while True:
            with self._changed:
                if self._ending:
                    return
                now = self._yard.clock()
                due = self._due and self._due[0][0] <= now and heapq.heappop(self._due)
                if not due and chat_at > now:
                    next_at = min(chat_at, self._due[0][0]) if self._due else chat_at
                    self._changed.wait(max((next_at - now).total_seconds(), 0.01))
                    continue
            if due:
                self._say(due[2], due[3])
            else:
                chat_at = self._next_chat()
                self._chat()

    def _next_chat(self) -> datetime:
        return self._yard.clock() + timedelta(seconds=self._chat_every_s)

    def _chat(self) -> None:
        """Begin a bit of small talk when somebody reads along and nobody real is talking."""
        now = self._yard.clock()
        busy = self._spoken_at is not None and now - self._spoken_at < _AFTER_TALK
        if self._watched is None or busy or not self._watched():
            return
        for place, (nick, text) in enumerate(next(self._small_talk, ())):
            self._later(self.members[nick], text, now + timedelta(seconds=self._turn_s * place))

    def _say(self, speaker: Resident, text: str) -> None:
        with self._yard.lock:
            channel = self._yard.channels.get(fold(self._main))
            if channel is not None and speaker in channel.clients:
                self._yard.say(speaker, channel, text, "PRIVMSG")
