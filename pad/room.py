"""One open pad: the people at it, its document, and what they wrote that is not on disk yet.

The law: nothing is shown to another person, and nothing is acknowledged, before it is on disk. An update is
judged when it comes (`take`), waits for the next commit (`batch`, pad/writer.py), and is applied, passed on
and acknowledged after it (`committed`). So the document in memory never knows more than the disk.

All of it runs in the event loop's one thread.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.clock import micros
from hub.people import GUEST, Actor
from pad import presence, protocol
from pad.authorship import Authorship
from pad.connection import (
    AGAIN,
    ANEW,
    FORBIDDEN,
    FORGED,
    FROZEN,
    TOO_LARGE,
    TOO_MANY,
    UNFIT,
    Connection,
)  # fmt: skip
from pad.engine import Engine, Panic, merged
from pad.known import Known
from pad.lib0 import Malformed
from pad.log import Author, Entry
from pad.pads import Pad, may_pad
from pad.palette import COLOURS
from pad.people import People
from pad.segments import Logged
from pad.tables import LISTED
from pad.talk import Said
from pad.update import Facts, Unfit, read_update, with_deletions

_log = logging.getLogger(__name__)

_CLIENTS = 100
_GAP_S = 30.0
_WORTH = 1_000  # bytes; who deletes most of less has it again soon
_ASK_AGAIN_S = 1.0


@dataclass(slots=True)
class Waiting:
    """An update that is to be stored. `number` counts what its sender sent."""

    sender: Connection
    number: int
    at: int
    update: bytes
    writers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is stored of one pad in one commit: entries, made of what waited."""

    waited: Sequence[Waiting]
    entries: Sequence[Entry]


@dataclass(slots=True)
class Room:
    """A pad that somebody has open. `seq` is the last update that its document knows.

    wiped: the update after which more than half was deleted, and by whom; until that is noted.
    names: what those who are here know authors as, by their keys. talked: the number of the last message that
    they were told.
    """

    pad: Pad
    engine: Engine
    seq: int
    owners: dict[int, str]
    retired: frozenset[int]
    colours: dict[str, int]
    longest: int
    wake: Callable[["Room"], None]
    connections: set[Connection] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)
    is_spoilt: bool = False
    wiped: tuple[int, str] | None = None
    changed_by: Actor = GUEST
    changed_at: float = 0.0
    saved: int = 0
    saved_at: float = 0.0
    names: dict[str, str] = field(default_factory=dict)
    talked: int = -1
    _known: Known | None = None
    _waiting: list[Waiting] = field(default_factory=list)
    _inserted: int = 0
    people: People = field(default_factory=People)

    def join(self, connection: Connection) -> None:
        """Let somebody in: they are asked what they know, and told who is here."""
        self.connections.add(connection)
        if connection.wants_acks:
            connection.send(protocol.epoch(self.pad.epoch))
            connection.send(self._rights(connection))
        if connection.may_write:
            connection.send(protocol.step1(self.engine.vector()))
        states = self.people.states()
        if states:
            connection.send(protocol.presence(presence.write_states(states)))

    def leave(self, connection: Connection) -> None:
        """Let somebody go; their carets go with them. What they wrote is still stored."""
        self.connections.discard(connection)
        if self.people.forget(connection):
            self.wake(self)

    def colour_for(self, key: str) -> int:
        """Return the colour of an author: their own, else one that nobody here has."""
        if key not in self.colours:
            taken = set(self.colours.values())
            free = (colour for colour in range(COLOURS) if colour not in taken)
            self.colours[key] = next(free, len(self.colours) % COLOURS)
        return self.colours[key]

    def receive(self, connection: Connection, frame: bytes, at: int) -> None:
        """Do what one frame asks for; `at` in microseconds since 1970. What can't be, ends the connection."""
        try:
            self._obey(connection, protocol.read_message(frame), at)
        except (Malformed, Unfit) as error:
            connection.close(UNFIT, str(error))

    def _obey(self, connection: Connection, message: protocol.Message, at: int) -> None:
        match message:
            case protocol.Asked(vector):
                connection.send(protocol.step2(self.engine.encode(vector)))
            case protocol.Changed():
                if connection.may_write:
                    self._take(connection, message, at)
                elif self.pad.frozen and not connection.wants_acks:
                    self._turn_away(connection, message)
            case protocol.Told(states):
                if self.people.hear(connection, states):
                    self.wake(self)
            case protocol.Wondered():
                connection.send(protocol.presence(presence.write_states(self.people.states())))

    def _turn_away(self, connection: Connection, message: protocol.Changed) -> None:
        """End a connection that knows no freezing and writes on: it shows what nobody else will see."""
        known = self.known
        if known.new_items(message.facts) or known.new_deletions(message.facts):
            connection.close(FROZEN, "The pad is frozen.")

    def _take(self, connection: Connection, message: protocol.Changed, at: int) -> None:
        """Judge an update, and let it wait for the next commit."""
        connection.counted += 1
        facts, known = message.facts, self.known
        if any(span.client in self.retired for span in facts.spans):
            connection.close(ANEW, "The pad was begun anew.")
            return
        if known.lacks(facts):
            self._ask_for_all(connection)
            return
        if message.is_answer:
            connection.gap_since = None
        news, deleted = known.new_items(facts), known.new_deletions(facts)
        if not news and not deleted:
            connection.acknowledge()
            return
        if not self._fits(connection, facts):
            return
        writers = self._writers(connection, {span.client: span.start for span in reversed(news)})
        if writers is None:
            return
        update = message.update
        if len(deleted) != len(facts.deleted):
            update = with_deletions(update, facts, deleted)
        known.take(facts)
        self._inserted += facts.inserted
        connection.pending += 1
        self._waiting.append(Waiting(connection, connection.counted, at, update, writers))
        self.wake(self)

    @property
    def known(self) -> Known:
        """What is stored or waits to be; found out when somebody writes, readers don't need it."""
        if self._known is None:
            self._known = Known()
            self._known.take(read_update(self.engine.encode()))
        return self._known

    def _ask_for_all(self, connection: Connection) -> None:
        """Something before this update has not come: nothing is acknowledged until all of it is here."""
        now = time.monotonic()
        if connection.gap_since is None:
            connection.gap_since = now
        if now - connection.gap_since > _GAP_S:
            connection.close(UNFIT, "What your changes rest on never came.")
        elif now - connection.asked_at > _ASK_AGAIN_S:
            connection.asked_at = now
            connection.send(protocol.step1(self.engine.vector()))

    def _writers(
        self, connection: Connection, news: Mapping[int, int]
    ) -> tuple[tuple[int, int], ...] | None:
        """Return which client ids are to be noted as this author's, from which clock on; None is refused.

        Source: Yjs lets anybody write under any client id, and who is first with a clock wins.
        """
        key, found = connection.author.key, []
        for client, clock in news.items():
            owner = self.owners.get(client)
            if owner == key:
                continue
            if owner is not None and self._is_here(owner, client):
                connection.close(FORGED, "That client id is somebody else's.")
                return None
            found.append((client, clock))
        connection.clients.update(client for client, _ in found)
        if len(connection.clients) > _CLIENTS:
            connection.close(TOO_MANY, "A connection may write under 100 client ids.")
            return None
        self.owners.update((client, key) for client, _ in found)
        return tuple(found)

    def _is_here(self, key: str, client: int) -> bool:
        return any(
            other.author.key == key and client in other.clients for other in self.connections
        )

    def _fits(self, connection: Connection, facts: Facts) -> bool:
        if self.engine.size() + self._inserted + facts.inserted <= self.longest:
            return True
        connection.close(TOO_LARGE, f"A pad may have at most {self.longest} bytes of text.")
        return False

    @property
    def is_idle(self) -> bool:
        """Whether nobody is here and nothing waits for the disk."""
        return not self.connections and not self._waiting

    def batch(self) -> Batch | None:
        """Take what waits: for each author one entry. None when nothing waits."""
        if not self._waiting:
            return None
        waited, self._waiting = self._waiting, []
        by_author: dict[str, list[Waiting]] = {}
        for one in waited:
            by_author.setdefault(one.sender.author.key, []).append(one)
        return Batch(waited, [e for those in by_author.values() for e in _entries(those)])

    def unknown(
        self, entries: Sequence[Entry], foreign: Sequence[Logged]
    ) -> tuple[set[int], set[str]]:
        """Return of which clients and authors those who are here have to be told before these updates."""
        clients = {client for entry in entries for client, _ in entry.writers}
        for one in foreign:
            clients |= _clients_in(one.update) - self.owners.keys()
        named = {entry.author.key: entry.author.name for entry in entries}
        return clients, {key for key, name in named.items() if self.names.get(key) != name}

    def tell_authors(self, grown: Authorship) -> None:
        """Tell whose the letters are that come next, and who goes by another name now."""
        if not grown.authors:
            return
        self.names.update((author.key, author.name) for author in grown.authors.values())
        for client, _, number in grown.writers:
            self.owners[client] = grown.authors[number].key
        frame = protocol.authors(grown.as_json())
        for connection in list(self.connections):
            if connection.wants_acks:
                connection.send(frame)

    def tell_talk(self, said: Sequence[Said]) -> None:
        """Tell what was said beside the pad."""
        told = [one.told() for one in said if one.number > self.talked]
        if not told:
            return
        self.talked = said[-1].number
        frame = protocol.talk(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
        for connection in list(self.connections):
            if connection.wants_acks and not connection.reads_only:
                connection.send(frame)

    def committed(self, batch: Batch, first: int, foreign: Sequence[Logged]) -> None:
        """Apply what is on disk now, pass it on and acknowledge it.

        foreign: what other processes had stored before it.
        """
        updates = [one.update for one in foreign]
        self._learn(foreign)
        before, length = self.seq, self.engine.size()
        numbered = enumerate(batch.entries, start=first)
        applied = self._apply([Logged(seq, e.at, 0, e.update) for seq, e in numbered])
        self._inserted = sum(len(one.update) for one in self._waiting)
        if length > _WORTH and self.engine.size() * 2 < length:
            self.wiped = (before, batch.waited[-1].sender.author.name)
        self.changed_by, self.changed_at = batch.waited[-1].sender.actor, time.monotonic()
        senders = {one.sender for one in batch.waited}
        self._pass_on([*updates, *applied], senders)
        for one in batch.waited:
            one.sender.stored(one.number)

    def catch_up(self, foreign: Sequence[Logged]) -> None:
        """Apply and pass on what another process stored."""
        fresh = [one for one in foreign if one.seq > self.seq]
        self._learn(fresh)
        self.changed_at = time.monotonic()
        self._pass_on([one.update for one in fresh], set())

    def _learn(self, foreign: Sequence[Logged]) -> None:
        if self._known is not None:
            for one in foreign:
                self._known.take(read_update(one.update))
        self._apply(foreign)

    def _apply(self, logged: Sequence[Logged]) -> Sequence[bytes]:
        """Apply stored updates; return those that could be. One that breaks the engine is left out."""
        good: list[bytes] = []
        for one in logged:
            self.seq = one.seq
            if self.broken:  # after a panic nothing of the engine can be trusted, see pad/rooms.py
                break
            try:
                self.engine.apply(one.update)
                good.append(one.update)
            except (Malformed, Panic) as error:
                _log.error("pad %s: update %d is left out: %s", self.pad.name, one.seq, error)
                self.broken[one.seq] = str(error)
                self.spoil()
        return good

    def _pass_on(self, updates: Sequence[bytes], senders: set[Connection]) -> None:
        if not updates:
            return
        frame = protocol.change(merged(updates))
        only = next(iter(senders)) if len(senders) == 1 else None
        for connection in list(self.connections):
            if connection is not only:
                connection.send(frame)

    def tell_presence(self) -> None:
        """Tell all who is here anew or moved their caret; those who said so too: it keeps them awake."""
        states = self.people.news()
        if states:
            frame = protocol.presence(presence.write_states(states))
            for connection in list(self.connections):
                connection.send(frame)

    def update_pad(self, pad: Pad) -> None:
        """Take over what became of the pad.

        Who may no longer read goes, who may no longer write only reads, and who may again writes on.
        """
        if pad.epoch != self.pad.epoch:
            self.close(ANEW, "The pad was begun anew.")
            return
        before, self.pad = self.pad, pad
        for connection in list(self.connections):
            if pad.settled_at != before.settled_at:
                connection.recheck.set()
                if pad.access not in LISTED:  # until it is known who they are now
                    connection.may_write = False
            if not connection.recheck.is_set():
                self.settle(connection, is_news=pad.frozen != before.frozen)
            elif not self._reads(connection):
                connection.close(FORBIDDEN, "You may no longer read this pad.")

    def settle(self, connection: Connection, *, is_news: bool = False) -> None:
        """Let somebody do what they may do now. is_news: they are told of it even if that is the same."""
        if not self._reads(connection):
            connection.close(FORBIDDEN, "You may no longer read this pad.")
            return
        before = connection.may_write
        connection.may_write = may_pad(connection.actor, "write", self.pad, connection.name)
        if connection.wants_acks and (is_news or before != connection.may_write):
            connection.send(self._rights(connection))
        if connection.may_write and not before:
            # What they wrote meanwhile is theirs to send now.
            connection.send(protocol.step1(self.engine.vector()))

    def _reads(self, connection: Connection) -> bool:
        return may_pad(connection.actor, "read", self.pad, connection.name)

    def _rights(self, connection: Connection) -> bytes:
        """Return the frame that tells what somebody may do here now."""
        frozen = self.pad.frozen
        told = {
            "write": connection.may_write,
            "frozen": frozen and {"at": micros(frozen.at) // 1000, "why": frozen.why},
        }
        return protocol.rights(json.dumps(told, ensure_ascii=False, separators=(",", ":")))

    def spoil(self) -> None:
        """Send all away for a moment: this room can't be trusted any more, they get another one."""
        self.is_spoilt = True
        self.close(AGAIN, "The pad is read again.")

    def close(self, code: int, reason: str) -> None:
        """End all connections."""
        for connection in list(self.connections):
            connection.close(code, reason)


def _clients_in(update: bytes) -> set[int]:
    try:
        return {span.client for span in read_update(update).spans}
    except (Malformed, Unfit):  # it is left out of the text as well
        return set()


def _entries(waited: Sequence[Waiting]) -> Sequence[Entry]:
    """Return one entry for what one author sent; one for each update when they can't be put together."""
    try:
        parts = [(waited[-1].at, merged([one.update for one in waited]))]
    except (Malformed, Panic):
        parts = [(one.at, one.update) for one in waited]
    author: Author = waited[-1].sender.author
    writers = tuple(writer for one in waited for writer in one.writers)
    first, *rest = parts
    return [
        Entry(first[0], author, first[1], writers),
        *(Entry(at, author, update) for at, update in rest),
    ]
