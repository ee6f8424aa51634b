"""One connection's life, from the first byte to the last: what each message means to whom.

Sans-I/O: bytes in by `receive`, time by `tick`, lines out by `send`. In order, a message goes to:
PING, batches, (own JOIN), hearing, attendance, session, registration, and those who act on the new
state. A message of the past goes to hearing only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import masks, translate
from bot.attendance import Attendance, Means
from bot.catchup import Catchup
from bot.ctcp import CtcpAnswers
from bot.hearing import Hearing
from bot.identity import Identity, user_name
from bot.listener import Listener
from bot.nickname import NickKeeper
from bot.places import Places
from bot.registration import Phase, Registration
from bot.sasl import Login
from bot.session import Session
from bot.speech import cut, room, split
from bot.timing import Clock, Patience
from bot.wire import Framer, Message, compose, decode, is_middle, nick_of, param, parse
from hub.config import Network


@dataclass(frozen=True, slots=True)
class Setting:
    """What doesn't change from one connection to the next."""

    network: Network
    nick: str
    identity: Identity
    places: Places
    listener: Listener
    patience: Patience
    clock: Clock
    overflow: Callable[[list[str]], None] | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves who the bot is."""

    password: str = ""
    login: Login | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways out of a link."""

    send: Callable[[str], bool]
    hang_up: Callable[[str], None]
    ready: Callable[[], None]


class Link:
    """What the bot knows and does on one connection."""

    def __init__(self, setting: Setting, secrets: Secrets, doors: Doors) -> None:
        self._setting = setting
        self._doors = doors
        self._framer = Framer()
        self.session = Session(setting.network.name)
        self._hearing = Hearing(self.session, setting.listener, setting.network.nick)
        self.attendance = Attendance(self._means(), self.session, self._hearing)
        self._registration = Registration(
            setting.nick,
            user_name(setting.nick),
            setting.identity.realname(setting.network.realname),
            password=secrets.password,
            login=secrets.login,
        )
        self._keeper = NickKeeper(setting.nick, setting.patience.regain_s)
        self._ctcp = CtcpAnswers(setting.identity)
        self._started_at = self._stepped_at = self._byte_at = setting.clock.monotonic()
        self._pinged_at: float | None = None
        self._topics: dict[str, str] = {}
        self._asked_voice: set[str] = set()
        self.heard_at: datetime = setting.clock.utc()
        self.is_ready = False
        self.nonsense = 0
        """How many lines were no IRC messages."""

    def _means(self) -> Means:
        setting = self._setting
        return Means(
            setting.places,
            setting.listener,
            setting.clock,
            self._doors.send,
            setting.overflow,
            setting.network.invites_from,
        )

    @property
    def tells_accounts(self) -> bool:
        """Whether the server tells accounts: with each message, at joining, or when it is asked."""
        on = self._registration.caps.on
        return bool(on & {"account-tag", "extended-join"}) or self.session.isupport.whox

    def start(self) -> None:
        """Say the first words."""
        self._send(self._registration.start())

    def receive(self, data: bytes) -> None:
        """Take bytes from the server."""
        now = self._setting.clock.utc()
        self.heard_at = now
        self._byte_at = self._setting.clock.monotonic()
        self._pinged_at = None
        for line in self._framer.feed(data):
            message = parse(decode(line, self._setting.network.encoding)) if line else None
            if message is not None:
                self._take(message, now)
            elif line:
                self.nonsense += 1
        self._hearing.flush()

    def _take(self, message: Message, now: datetime) -> None:
        command = message.command
        if command == "PING":
            self._doors.send(compose("PONG", *message.params[-1:]))
            return
        if command == "BATCH":
            self._take_batch(message)
            return
        if self._hearing.take_past(message, now):
            return
        is_own_join = command == "JOIN" and self.session.is_me(nick_of(message))
        stays = is_own_join and self.attendance.joined(message, now)
        self._hearing.take_live(message, now)
        if command in ("PRIVMSG", "NOTICE"):
            self._take_spoken(message, now)
            return
        self.attendance.take(message)
        self.session.follow(message)
        self._register(message)
        self._send(self._keeper.receive(message, self.session) if self.is_ready else [])
        self._act(message)
        if stays:
            self._look_around(message, now)

    def _take_spoken(self, message: Message, now: datetime) -> None:
        if message.source:
            self.session.learn_own_mask(message.source)
        if message.command == "NOTICE" or not self.session.is_me(param(message, 0)):
            return
        nick = nick_of(message)
        if self.session.is_me(nick):
            return
        answer = self._ctcp.answer(param(message, 1), now, self._setting.clock.monotonic())
        if answer is not None and is_middle(nick):
            self._doors.send(compose("NOTICE", nick, answer))

    def _act(self, message: Message) -> None:
        """Do what a message asks for that is nobody else's."""
        command = message.command
        if command in ("376", "422"):
            self._settle()
        elif command == "302":
            self._learn_userhost(param(message, 1))
        elif command == "482":
            self._ask_chanserv_topic(param(message, 1))
        elif command == "404":
            self._ask_voice(param(message, 1))
        elif command == "TOPIC" and self.session.is_me(nick_of(message)):
            self._topics.pop(self.session.fold(param(message, 0)), None)
        elif command == "FAIL" and param(message, 0).upper() == "CHATHISTORY":
            self._fail_history(message)
        elif command == "ERROR":
            said = masks.without_addresses(param(message, 0))
            self._doors.hang_up(f"The server closed the connection: {said}")

    # Registration

    def _register(self, message: Message) -> None:
        was = self._registration.phase
        answer = self._registration.receive(message)
        if answer or self._registration.phase is not was:
            self._stepped_at = self._setting.clock.monotonic()
        self._send(answer)
        self._check_registration()
        if was is not Phase.DONE and self._registration.phase is Phase.DONE:
            self._setting.places.refold(self.session.fold)

    def _check_registration(self) -> None:
        if self._registration.phase is Phase.FAILED:
            self._doors.hang_up(self._registration.failure)

    def _settle(self) -> None:
        """Begin the day's work: limits and names are known now."""
        if self.is_ready or self._registration.phase is not Phase.DONE:
            return
        self.is_ready = True
        self._setting.places.refold(self.session.fold)
        nick, mode = self.session.nick, self.session.isupport.bot_mode
        if mode and is_middle(nick):
            self._doors.send(compose("MODE", nick, f"+{mode}"))
        self._doors.send(compose("USERHOST", nick))
        self._doors.ready()
        self.attendance.ask()

    def _learn_userhost(self, reply: str) -> None:
        """Take `nick=+user@host`, as long as nothing better is known of how others see us."""
        nick, equals, userhost = reply.strip().partition("=")
        if equals and not self.session.knows_own_host:
            self.session.learn_own_mask(f"{nick.rstrip('*')}!{userhost[1:]}")

    # Deadlines

    def tick(self) -> None:
        """Look at every deadline."""
        now = self._setting.clock.monotonic()
        if self._registration.phase is not Phase.DONE:
            self._hurry_registration(now)
        elif not self.is_ready:
            if now - self._stepped_at >= self._setting.patience.settle_s:
                self._settle()
        else:
            self.attendance.ask()
            self._send(self._keeper.due(self.session, now))
            self._hurry_history(now)
        self._watch(now)

    def _hurry_registration(self, now: float) -> None:
        patience = self._setting.patience
        if now - self._started_at >= patience.register_s:
            self._doors.hang_up("The server didn't let the bot in for too long")
        elif now - self._stepped_at >= patience.login_s:
            self._stepped_at = now
            self._send(self._registration.stalled())
            self._check_registration()

    def _watch(self, now: float) -> None:
        """Notice a connection that is dead but was never closed."""
        limit_s = self._setting.network.ping_s
        if self._pinged_at is not None:
            if now - self._pinged_at >= limit_s:
                self._doors.hang_up(f"The server has been silent for {now - self._byte_at:.0f} s")
        elif now - self._byte_at >= limit_s and self._registration.phase is Phase.DONE:
            self._pinged_at = now
            self._doors.send(compose("PING", "alive"))

    # History

    def _look_around(self, message: Message, now: datetime) -> None:
        """After joining: ask for what was missed, and who everybody is."""
        channel = self.session.kept(param(message, 0))
        if channel is None:
            return
        caps = self._registration.caps.on
        if "account-tag" not in caps and (question := self.session.whox(channel)):
            self._doors.send(question)
        if "draft/chathistory" in caps and "batch" in caps and self.session.isupport.history_page:
            self._catch_up(channel, translate.server_time(message) or now)

    def _catch_up(self, channel: str, joined_at: datetime) -> None:
        fold = self.session.fold(channel)
        heard_until = self._hearing.heard_until.get(fold)
        if heard_until is None:
            return
        page = self.session.isupport.history_page
        catchup = Catchup(channel, heard_until, joined_at, page, self._setting.clock.monotonic())
        self._hearing.catchups[fold] = catchup
        self._doors.send(catchup.ask())

    def _take_batch(self, message: Message) -> None:
        replay = self._hearing.take_batch(message)
        if replay is None:
            return
        catchup = self._hearing.catchups.get(replay.channel)
        if catchup is None:
            self._hearing.replayed(replay.channel, replay.first_at)
            return
        question = catchup.page(replay, self._setting.clock.monotonic())
        if question is not None:
            self._doors.send(question)
        self._finish_history(replay.channel, catchup)

    def _fail_history(self, message: Message) -> None:
        """Give up on the channel that a FAIL names, else on the only one that it can mean."""
        catchups = self._hearing.catchups
        named = [fold for fold in map(self.session.fold, message.params) if fold in catchups]
        for fold in named or (list(catchups) if len(catchups) == 1 else []):
            catchups[fold].fail()
            self._finish_history(fold, catchups[fold])

    def _hurry_history(self, now: float) -> None:
        for fold, catchup in list(self._hearing.catchups.items()):
            if now - catchup.asked_at >= self._setting.patience.history_s:
                catchup.fail()
                self._finish_history(fold, catchup)

    def _finish_history(self, fold: str, catchup: Catchup) -> None:
        if catchup.done:
            del self._hearing.catchups[fold]
            self._hearing.replayed(fold, catchup.since)

    # Speaking

    def say(self, target: str, text: str, *, notice: bool) -> bool:
        """Send a text in as many messages as it takes; False when it couldn't all be queued."""
        command = "NOTICE" if notice else "PRIVMSG"
        limit = room(self.session.prefix, command, target, self.session.isupport.line_length)
        messages = [compose(command, target, part) for part in split(text, limit)]
        return all(self._doors.send(message) for message in messages)

    def set_topic(self, channel: str, topic: str) -> bool:
        """Set a topic, cut to what the server takes; ChanServ is asked when we may not."""
        topic = cut(topic, self.session.isupport.number("TOPICLEN", 390))
        self._topics[self.session.fold(channel)] = topic
        return self._doors.send(compose("TOPIC", channel, topic))

    def sent(self, line: str) -> None:
        """Take note of a line that went out: without echo-message nothing else tells our words."""
        if line.partition(" ")[0] not in ("PRIVMSG", "NOTICE"):
            return
        if "echo-message" in self._registration.caps.on:
            return
        message = parse(f":{self.session.prefix} {line}")
        if message is not None:
            self._hearing.take_live(message, self._setting.clock.utc())
            self._hearing.flush()

    def _ask_chanserv_topic(self, channel: str) -> None:
        topic = self._topics.pop(self.session.fold(channel), None)
        if topic is not None:
            self._doors.send(compose("PRIVMSG", "ChanServ", f"TOPIC {channel} {topic}"))

    def _ask_voice(self, channel: str) -> None:
        """Ask once for the right to speak where it was refused."""
        fold = self.session.fold(channel)
        if self.session.kept(channel) and fold not in self._asked_voice:
            self._asked_voice.add(fold)
            self._doors.send(compose("PRIVMSG", "ChanServ", f"VOICE {channel}"))

    def _send(self, lines: list[str]) -> None:
        for line in lines:
            self._doors.send(line)

    def lost(self, reason: str) -> None:
        """Take it that the connection is gone."""
        self._hearing.flush()
        self.attendance.lost(reason, self.heard_at)
