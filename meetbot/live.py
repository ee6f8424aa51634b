"""Running meetings: what is heard goes through the machine, what comes out goes to the channel.

The archive's lines are the truth; the database only knows which meetings run, and since which line. What is
kept here of a meeting, its state after the line last heard, only spares reading its lines again: it counts
when that line is the one before the line at hand. Whatever else happened, a restart, a transaction tried
again, history filled in, another process that heard some of it, the meeting is replayed from the archive, and
what was said on the way is not said again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.agenda import AgendaPads, Closing
from hub.config import Config
from hub.irc import REMOVED, Effect, Kind, Say, SetTopic, casefold, plain
from hub.module import Heard
from hub.passes import DAYS
from hub.reading import ChannelPast, Told
from meetbot import store
from meetbot.addresses import MeetingKey, minute_of
from meetbot.agendas import close_agenda, hold_by, read_agenda, readings
from meetbot.channel_rules import has_meetings, rules_of
from meetbot.commands import parse
from meetbot.effects import Effect as MachineEffect
from meetbot.effects import MeetingAborted, MeetingEnded, MeetingStarted
from meetbot.erased import erased_since, renamed_log
from meetbot.log_refs import refs_of
from meetbot.machine import START, replay, step, tick
from meetbot.minutes import minutes
from meetbot.queries import begins_series
from meetbot.reminders import opening_lines
from meetbot.render_markdown import as_short_markdown
from meetbot.rules import Rules, Surroundings
from meetbot.series import require_series
from meetbot.state import ItemKind, Meeting
from meetbot.store import Running

if TYPE_CHECKING:
    from hub.app import App

_RUNNING = "meetbot.running"
"""Where a session keeps which meetings run, so that a burst of lines asks once."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A channel's meeting after the line of that ref."""

    ref: str
    meeting: Meeting


@dataclass(slots=True)
class LiveMeetings:
    """The meetings that run in all channels. Called in the order of each network's lines."""

    config: Config
    past: ChannelPast
    pads: AgendaPads | None = None
    _known: dict[tuple[str, str], _Known] = field(default_factory=dict)
    _rules: dict[tuple[str, str], Rules | None] = field(default_factory=dict)

    def on_line(
        self, app: "App", session: Session, heard: Heard, _now: datetime
    ) -> Sequence[Effect]:
        """Take a line that the archive has just stored; answer what the bot is to say and set."""
        line = heard.line
        if not heard.live or self._rules_where(line.network, line.channel) is None:
            return ()
        run = _running(session, line.network).get(casefold(line.channel))
        if run is None and not plain(line.text).startswith(("#", "[")):
            return ()  # only a command can begin one
        return list(self._hear(app, session, run, heard))

    def on_tick(
        self, app: "App", session: Session, network: str, now: datetime
    ) -> Sequence[Effect]:
        """Let time pass for the meetings of a network: reminders, warnings and ends by silence."""
        told: list[Effect] = []
        for run in list(_running(session, network).values()):
            newest = self.past.newest(session, network, run.channel)
            meeting = self._meeting(session, run, newest) if newest else None
            if newest is None or meeting is None:
                self._drop(session, run)
                continue
            after, effects = self._pass(app, session, run, meeting, now)
            self._keep(run, newest, after)
            told += effects
        return told

    def _hear(
        self, app: "App", session: Session, run: Running | None, heard: Heard
    ) -> Iterator[Effect]:
        line = heard.line
        rules = self._rules_of(line.network, line.channel)
        meeting = self._before(session, run, heard) if run else None
        if run and meeting is None:
            self._drop(session, run)
            run = None
        if run and meeting:
            meeting, effects = self._pass(app, session, run, meeting, line.at)
            yield from effects
            run = run if meeting else None
        around = self._around(session, run if meeting else None, heard)
        after, asked = step(meeting, line, rules, around)
        yield from self._do(app, session, run, heard.ref, asked)
        run = _running(session, line.network).get(casefold(line.channel))
        if run is None or after is None:
            return
        if meeting is not None and _changed(meeting, after):
            store.follow(session, run, after)
        self._keep(run, heard.ref, after)

    def _pass(
        self, app: "App", session: Session, run: Running, meeting: Meeting, now: datetime
    ) -> tuple[Meeting | None, Sequence[Effect]]:
        """Do what is due, and say of it what nobody has said yet."""
        rules = self._rules_of(run.network, run.channel)
        after, effects = tick(meeting, now, rules)
        if after is None:
            newest = self.past.newest(session, run.network, run.channel) or run.first_ref
            return None, list(self._do(app, session, run, newest, effects))
        claims = []
        if after.has_reminded and not meeting.has_reminded:
            claims.append(store.claim_reminder(session, run))
        if after.has_warned and not meeting.has_warned:
            claims.append(store.claim_warning(session, run, meeting.quiet_since))
        told = [effect for effect, mine in zip(effects, claims, strict=False) if mine]
        return after, [effect for effect in told if isinstance(effect, Say | SetTopic)]

    def _do(
        self,
        app: "App",
        session: Session,
        run: Running | None,
        ref: str,
        effects: Sequence[MachineEffect],
    ) -> Iterator[Effect]:
        """Keep what has become of the meeting; yield what is to be said and set."""
        told: list[Effect] = []
        opening: list[Effect] = []
        for effect in effects:
            match effect:
                case Say() | SetTopic():
                    told.append(effect)
                case MeetingStarted(meeting):
                    key = store.begin(session, meeting, ref)
                    session.info.pop(_RUNNING, None)
                    opening += self._opening(app, session, meeting, key)
                case MeetingEnded(meeting) if run is not None:
                    key = self._finish(session, run, meeting, ref)
                    told = [_readdressed(said, meeting, key) for said in told]
                    told += _passes(app, session, meeting, key)
                case MeetingAborted() if run is not None:
                    self._drop(session, run)
        yield from told
        yield from opening

    def _finish(self, session: Session, run: Running, meeting: Meeting, ref: str) -> MeetingKey:
        lines = self.past.between(session, run.first_ref, ref)
        gone = erased_since(meeting.record, lines)
        refs = refs_of(renamed_log(meeting.record, gone), lines)
        redacted = {each.ref for each in lines if each.line.text == REMOVED}
        key = store.finish(session, run, meeting, refs, redacted, gone)
        if self.pads is not None:
            closing = _closing(meeting, key, self.config.public_url)
            now = meeting.ended_at or meeting.started_at
            close_agenda(session, run.id, closing, self.pads, now=now)
        self._forget(session, run)
        return key

    def _opening(
        self, app: "App", session: Session, meeting: Meeting, key: MeetingKey
    ) -> Sequence[Effect]:
        """Tell the agenda of a meeting that begins, and what is still open in its series."""
        series = require_series(session, key.series)
        row = store.find_row(session, key)
        agenda = (
            hold_by(session, series, row.id or 0, self.pads, now=meeting.started_at)
            if row is not None and self.pads is not None
            else None
        )
        pad = self.pads.url(agenda.pad) if agenda and self.pads else ""
        lines = opening_lines(session, series, app.config.public_url, pad)
        return [Say(meeting.network, meeting.channel, line) for line in lines]

    def _drop(self, session: Session, run: Running) -> None:
        store.drop(session, run)
        self._forget(session, run)

    def _forget(self, session: Session, run: Running) -> None:
        session.info.pop(_RUNNING, None)
        self._known.pop((run.network, casefold(run.channel)), None)

    def _keep(self, run: Running, ref: str, meeting: Meeting | None) -> None:
        if meeting is not None:
            self._known[run.network, casefold(run.channel)] = _Known(ref, meeting)

    def _before(self, session: Session, run: Running, heard: Heard) -> Meeting | None:
        """Return the meeting as it stood before a line."""
        before = self.past.before(session, heard.ref)
        return self._meeting(session, run, before) if before else None

    def _meeting(self, session: Session, run: Running, ref: str) -> Meeting | None:
        """Return the meeting after the line of that ref; None when its lines make none any more."""
        known = self._known.get((run.network, casefold(run.channel)))
        if known is not None and known.ref == ref and known.meeting.started_at == run.started_at:
            return known.meeting
        rules = self._rules_of(run.network, run.channel)
        told = self.past.between(session, run.first_ref, ref)
        return replay_told(told, run.channel, run.series, rules, readings(session, run.id))

    def _rules_where(self, network: str, channel: str) -> Rules | None:
        """Return the rules where the bot runs meetings. Every line asks, so they are looked up once."""
        place = network, channel
        if place not in self._rules:
            has_them = has_meetings(self.config, network, channel)
            self._rules[place] = rules_of(self.config, network, channel) if has_them else None
        return self._rules[place]

    def _rules_of(self, network: str, channel: str) -> Rules:
        """Return the rules of a channel, also of one that has no meetings any more."""
        return self._rules_where(network, channel) or rules_of(self.config, network, channel)

    def _around(self, session: Session, run: Running | None, heard: Heard) -> Surroundings:
        """Return the topic where a meeting may begin, and the agenda for `#next`; else nobody asks."""
        text = plain(heard.line.text)
        if heard.line.kind is not Kind.SAY or not text.startswith("#"):
            return Surroundings()
        if run is not None:
            if self.pads is None or not is_next(text):
                return Surroundings()
            return Surroundings(agenda=read_agenda(session, run.id, heard.ref, self.pads))
        return Surroundings(topic=plain(self.past.topic(session, heard.ref)))


def replay_told(
    told: Sequence[Told],
    channel: str,
    series: str,
    rules: Rules,
    agendas: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Meeting | None:
    """Return the meeting that lines make, None when it is over or never was.

    One whose first line was redacted goes on: that it began, and as what, is known besides. agendas: what
    lines found in the meeting's agenda, by their refs.
    """
    lines = [replace(each.line, channel=channel) for each in told]
    if lines and lines[0].text == REMOVED:
        lines[0] = replace(lines[0], text=f"#startmeeting {series}")
    after, done = START, 0
    for place, each in enumerate(told):
        if each.ref in agendas:
            after = replay(lines[done:place], rules, after)
            around = replace(after.around, agenda=agendas[each.ref])
            after, done = replace(after, around=around), place
    return replay(lines[done:], rules, after).meeting


def is_next(text: str) -> bool:
    """Tell whether a line asks for the agenda's next topic."""
    command = parse(text)
    return command is not None and command[0] == "next"


def _running(session: Session, network: str) -> dict[str, Running]:
    known: dict[str, dict[str, Running]] = session.info.setdefault(_RUNNING, {})
    if network not in known:
        runs = store.running(session, network)
        known[network] = {casefold(run.channel): run for run in runs}
    return known[network]


def _changed(before: Meeting, after: Meeting) -> bool:
    return (before.series, before.title, before.is_restricted) != (
        after.series,
        after.title,
        after.is_restricted,
    )


def _closing(meeting: Meeting, key: MeetingKey, base_url: str) -> Closing:
    """Return what the agenda of a meeting that is over is told; of one in private no minutes."""
    written = minutes(meeting)
    told = "" if meeting.is_restricted else as_short_markdown(written, base_url + key.url(""))
    reached = [item.text for item in meeting.items if item.kind is ItemKind.TOPIC]
    return Closing(told, reached, key.stem)


def _passes(app: "App", session: Session, meeting: Meeting, key: MeetingKey) -> Sequence[Effect]:
    """Tell each chair who was there, in private, how to correct the minutes.

    Not under a nick that somebody else has taken since: who holds the link has the right. A series belongs
    to who begins it: whoever says `#startmeeting` later has no right to all of it.
    """
    rights = {("edit", key.ref)}
    if begins_series(session, key):
        rights.add(("edit", f"series:{key.series}"))
    told: list[Effect] = []
    for chair in meeting.chairs:
        person = meeting.attendance.person(chair)
        is_called_so = meeting.attendance.named(person.nick) is person
        if person.lines and is_called_so and not meeting.is_lurking:
            name = f"irc:{meeting.network}/{person.account or person.nick}"
            link = f"{app.config.public_url}/pass/{app.passes.write(name, frozenset(rights))}"
            text = f"To correct the minutes of {key.stem} (for {DAYS} days, only for you): {link}"
            told.append(Say(meeting.network, person.nick, text, notice=True))
    return told


def _readdressed(effect: Effect, meeting: Meeting, key: MeetingKey) -> Effect:
    """Tell the address under which the minutes are, where the machine could not know it."""
    told = MeetingKey(meeting.series, minute_of(meeting.started_at)).url("")
    if not isinstance(effect, Say) or told == key.url(""):
        return effect
    return replace(effect, text=effect.text.replace(told, key.url("")))
