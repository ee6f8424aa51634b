"""One network's bot as a part of the hub's process: connections, dispatcher and answers together."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import anyio
from sqlmodel import Session

from bot import masks
from bot.commands import answer, is_answer, writes
from bot.courtesy import Courtesy
from bot.dispatch import Dispatcher, Lines, Link, Replayed
from bot.identity import Identity
from bot.listener import ChannelState, ConnectionState
from bot.network import NetworkBot
from hub import __version__
from hub.accounts.handles import speaker
from hub.app import App
from hub.config import Network
from hub.errors import HubError
from hub.irc import Effect, Line, Say, casefold
from hub.module import Question
from hub.people import Actor, Role
from hub.recorder import Presence, Recorder, Standing

_log = logging.getLogger(__name__)
_GOODBYE = "Madang is being restarted"
_ASKED_AT_ONCE = 20


class NetworkService:
    """Keeps one network's bot running; is the listener of its connections."""

    restarts = True

    def __init__(self, app: App, network: Network, recorder: Recorder) -> None:
        self.name = f"bot:{network.name}"
        self._app = app
        self._network = network
        self._bot: NetworkBot | None = None
        self._dispatcher = Dispatcher(app, network.name, recorder, self._send, self._heard_at)
        self._recorder = recorder
        self._configured = {casefold(channel.name) for channel in network.channel}
        self._unlogged = {casefold(c.name) for c in network.channel if not c.log}
        self._courtesy = Courtesy()
        self._questions = anyio.Semaphore(_ASKED_AT_ONCE)
        self._group: anyio.abc.TaskGroup | None = None
        self._ended: anyio.Event | None = None

    async def run(self) -> None:
        """Connect and keep connected until closed; then store what is left and return."""
        await self._dispatcher.open()
        self._bot = await self._make_bot()
        _log.info("%s: %s", self.name, self._plan())
        for mask in filter(masks.is_toothless, self._network.invites_from):
            _log.warning(
                "%s: invites_from has %r, which names no host and is passed over: anybody can take a"
                " nick. Give a services account, or a mask with a host as *!*@staff.example.org",
                self.name,
                mask,
            )
        self._ended = anyio.Event()
        try:
            async with anyio.create_task_group() as self._group:
                self._group.start_soon(self._dispatcher.run)
                await self._bot.run()
                await self._dispatcher.drain()
                self._group.cancel_scope.cancel()
        finally:
            self._ended.set()

    async def close(self) -> None:
        """Say good-bye, and return when everything heard is stored and `run` has ended."""
        if self._bot is not None and self._ended is not None:
            await self._bot.close(_GOODBYE)
            await self._ended.wait()

    # What the connections tell, in the loop, in order

    def heard(self, lines: Sequence[Line], *, playback: bool) -> None:
        """Queue lines of the channels that are logged."""
        kept = [line for line in lines if casefold(line.channel) not in self._unlogged]
        if kept:
            self._dispatcher.put(Lines(kept, live=not playback))

    def channel_state(
        self,
        channel: str,
        state: ChannelState,
        reason: str,
        retry_at: datetime | None,
        at: datetime,
    ) -> None:
        """Queue how the bot stands to a channel."""
        folded = casefold(channel)
        if folded in self._unlogged:
            return
        invited = folded not in self._configured
        presence = Presence(state.value)
        told = f"{presence.value} {channel}" + (f": {reason}" if reason else "")
        _log.info("%s: %s", self._network.name, told)
        self._dispatcher.put(Standing(channel, presence, reason, at, retry_at, invited))

    def connection_state(self, state: ConnectionState, reason: str, at: datetime) -> None:
        """Queue how the connection stands, and log it."""
        _log.info("%s: %s", self._network.name, f"{state.value} {reason}".rstrip())
        up = state is ConnectionState.REGISTERED
        self._app.metrics.put("madang_network_up", float(up), network=self._network.name)
        self._dispatcher.put(Link(state.value, reason, at))

    def replayed(self, channel: str, since: datetime | None) -> None:
        """Queue that the server's history filled a channel's gaps from `since` on."""
        if since is not None and casefold(channel) not in self._unlogged:
            self._dispatcher.put(Replayed(channel, since))

    def addressed(
        self, nick: str, account: str | None, target: str, text: str, reply_to: str
    ) -> None:
        """Answer somebody who spoke to the bot, in a task of its own; not without end."""
        if is_answer(text):
            return
        asking, place = casefold(account or nick), casefold(reply_to)
        if not self._courtesy.may_answer(asking, place, time.monotonic()):
            self._app.metrics.add("madang_questions_ignored_total", network=self._network.name)
            return
        asker = Actor(f"irc:{self._network.name}/{account or nick}", Role.SPEAKER)
        channel = target if target.startswith(("#", "&", "+", "!")) else None
        tells = self._bot is not None and self._bot.tells_accounts
        question = Question(self._network.name, channel, asker, nick, text, account, tells)
        if self._group is not None:
            self._group.start_soon(self._answer, question, reply_to)

    async def last_seen(self, channel: str) -> tuple[datetime, str | None] | None:
        """Return time and msgid of the newest stored line of a channel."""
        return await self._app.read(lambda session: self._recorder.last_seen(session, channel))

    async def _answer(self, question: Question, reply_to: str) -> None:
        async with self._questions:
            try:
                through = self._app.write if writes(self._app, question) else self._app.read
                words = await through(lambda s: answer(self._app, s, self._known(s, question)))
            except HubError as error:
                _log.warning("%s: a question went unanswered: %s", self._network.name, error)
                return
        to = f"{question.nick}: " if question.channel else ""
        self._send(Say(self._network.name, reply_to, to + words))

    def _known(self, session: Session, question: Question) -> Question:
        """Return the question with the person who asks it, if their account is known to be theirs."""
        asked = speaker(
            session, question.network, question.account, question.nick, self._app.modules
        )
        return replace(question, asker=asked)

    def _send(self, effect: Effect) -> None:
        assert self._bot is not None
        if isinstance(effect, Say):
            sent = self._bot.say(effect.target, effect.text, notice=effect.notice)
        else:
            sent = self._bot.set_topic(effect.channel, effect.topic)
        if not sent:
            # Not what it says: an answer in private repeats what was asked in private.
            kind = type(effect).__name__
            _log.warning("%s: a %s could not be sent now", self._network.name, kind)

    def _heard_at(self) -> datetime | None:
        """Until when everything was heard; None while not on the network."""
        if self._bot is None or self._bot.state is not ConnectionState.REGISTERED:
            return None
        return self._bot.heard_at

    def _plan(self) -> str:
        """Say where the bot goes."""
        network = self._network
        to = f"{network.host}:{network.port}{'' if network.tls else ' without TLS'}"
        logged = [channel.name for channel in network.channel if channel.log]
        return f"connecting to {to} as {network.nick}, for {', '.join(logged) or 'no channel yet'}"

    async def _make_bot(self) -> NetworkBot:
        memory = await self._app.read(self._recorder.memory)
        configured = [channel.name for channel in self._network.channel]
        invited = [name for name in memory.invited if casefold(name) not in self._configured]
        hub = self._app.config.hub
        identity = Identity(hub.name, self._app.config.public_url, hub.contact, __version__)
        return NetworkBot(
            self._network,
            self,
            channels=configured + invited,
            kicked=memory.kicked,
            identity=identity,
        )
