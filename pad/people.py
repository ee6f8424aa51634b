"""The people at one pad: the state of each Yjs client, as others are shown it.

A client id belongs to the connection that spoke of it first. Clients also repeat what they heard of others;
that is not listened to. The clocks of those who went are remembered for a while, so that an echo brings
nobody back.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pad.presence import State, caret_of, shown

if TYPE_CHECKING:
    from pad.connection import Connection

_REMEMBERED = 1_000
_MOST = 100
LONGEST_NAME = 40


@dataclass(slots=True)
class People:
    """Who is here; `news` are what was not told yet."""

    _here: dict[int, tuple["Connection", State]] = field(default_factory=dict)
    _gone: "OrderedDict[int, int]" = field(default_factory=OrderedDict)
    _news: dict[int, State] = field(default_factory=dict)

    def states(self) -> Sequence[State]:
        """Return everybody's state."""
        return [state for _, state in self._here.values()]

    def news(self) -> Sequence[State]:
        """Return what changed since this was asked last."""
        news, self._news = list(self._news.values()), {}
        return news

    def hear(self, connection: "Connection", states: Sequence[State]) -> bool:
        """Take in what a connection says of its own clients; tell whether anything is new.

        Raises: Malformed for a state that is no JSON object.
        """
        heard = [
            self._hear(connection, state) for state in states
        ]  # all of them, not up to the first
        return any(heard)

    def _hear(self, connection: "Connection", state: State) -> bool:
        known = self._here.get(state.client)
        if known is None and (state.json is None or len(self._mine(connection)) >= _MOST):
            return False
        if known is not None and not _same(known[0], connection):
            return False
        clock = known[1].clock if known else self._gone.get(state.client, -1)
        if state.clock < clock or (state.clock == clock and state.json is not None):
            return False
        if state.json is None:
            self._drop(state.client, state.clock)
        else:
            told = State(state.client, state.clock, _told(connection, state.json))
            self._here[state.client] = (connection, told)
            self._news[state.client] = told
            connection.clients.add(state.client)
        return True

    def forget(self, connection: "Connection") -> bool:
        """Let a connection's clients be gone; tell whether there were any."""
        mine = self._mine(connection)
        for client in mine:
            self._drop(client, self._here[client][1].clock + 1)
        return bool(mine)

    def _mine(self, connection: "Connection") -> Sequence[int]:
        return [client for client, (owner, _) in self._here.items() if owner is connection]

    def _drop(self, client: int, clock: int) -> None:
        self._here.pop(client, None)
        self._gone[client] = clock
        self._gone.move_to_end(client)
        if len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)
        self._news[client] = State(client, clock, None)


def _same(one: "Connection", other: "Connection") -> bool:
    """Whether both are the same person: tabs of one browser speak for each other."""
    return one is other or one.author.key == other.author.key


def _told(connection: "Connection", json: str) -> str:
    given, caret = caret_of(json)
    name = " ".join(given.split())[:LONGEST_NAME]
    if connection.guest and name:
        connection.author = replace(connection.author, name=name)
    author = connection.author
    user = {
        "name": author.name,
        "colour": author.colour,
        "color": f"var(--author-{author.colour})",
        "colorLight": f"var(--author-{author.colour}-soft)",
        "guest": connection.guest,
    }
    return shown(user, caret)
