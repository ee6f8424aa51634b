"""The meetings' part of the yard: what runs, what comes next, and the newest minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from hub.app import App
from hub.errors import NotFound
from hub.events import last_event
from hub.irc import plain
from hub.language import gettext, language
from hub.now import Item, Panel, Spot
from hub.people import Actor
from hub.reading import ChannelPast
from meetbot.addresses import ROOT
from meetbot.minutes import Minutes
from meetbot.page_words import label_word
from meetbot.queries import Brief, newest, running_now
from meetbot.shown import find, running
from meetbot.sight import sees_private, visible
from meetbot.state import ItemKind
from meetbot.timetable import Timetable, coming_meetings
from meetbot.topics import topic_of

_RUNNING = 3
_NOTED = 4
_COMING = 5
_NEWEST = 4
_KEPT = 50


@dataclass(frozen=True, slots=True)
class Noted:
    """An item of the minutes in short: the word for its kind, empty for what speaks for itself."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A running meeting in short: the topic at hand, and what was noted last."""

    topic: str = ""
    noted: tuple[Noted, ...] = ()
    people: int = 0


@dataclass(frozen=True, slots=True)
class Running(Item):
    """A meeting that runs, where, and how far it is."""

    channel: str = ""
    glimpse: Glimpse = Glimpse()


@dataclass(slots=True)
class WhatMeets:
    """Tells the yard of meetings; keeps how far each is, in each language, until somebody says more.

    Safe to share between threads: what two make at once is the same.
    """

    past: ChannelPast
    timetable: Timetable
    _known: dict[tuple[str, str], tuple[tuple[object, ...], Glimpse]] = field(default_factory=dict)

    def __call__(self, app: App, session: Session, actor: Actor, now: datetime) -> Sequence[Panel]:
        """Return what runs, what comes, and the newest minutes that the reader may know of."""
        runs = visible(actor, running_now(session))[:_RUNNING]
        return [
            Panel(
                "running",
                gettext("A meeting runs"),
                [self._running(app, session, actor, brief) for brief in runs],
                Spot.FIRST,
                template="meetbot/running.html",
            ),
            Panel(
                "coming",
                gettext("Next meetings"),
                [
                    Item(each.title, each.url, each.at, (each.channel,))
                    for each in coming_meetings(self.timetable, app.config, session, now, _COMING)
                ],
                url=ROOT,
                more=gettext("All meetings"),
            ),
            Panel(
                "minutes",
                gettext("Newest minutes"),
                [_over(brief) for brief in newest(session, _NEWEST, private=sees_private(actor))],
                url=f"{ROOT}actions",
                more=gettext("What is to be done"),
            ),
        ]

    def _running(self, app: App, session: Session, actor: Actor, brief: Brief) -> Running:
        mark = (self.past.newest(session, brief.network, brief.channel), last_event(session), brief)
        key = brief.key.ref, language.get()
        known = self._known.get(key)
        if known is None or known[0] != mark:
            if len(self._known) > _KEPT:
                self._known.clear()
            known = self._known[key] = mark, self._glimpse(app, session, actor, brief)
        url = brief.key.url()
        return Running(brief.name, url, brief.started_at, channel=brief.channel, glimpse=known[1])

    def _glimpse(self, app: App, session: Session, actor: Actor, brief: Brief) -> Glimpse:
        try:
            shown = running(session, find(session, actor, brief.key), app.config, self.past)
        except NotFound:  # its lines say that it is over: the bot is about to see to it
            return Glimpse()
        return _glimpse(shown.minutes)


def _glimpse(minutes: Minutes) -> Glimpse:
    items = [item for item in minutes.items if item.kind is not ItemKind.TOPIC]
    noted = tuple(
        Noted(item.kind.value, label_word(item), plain(item.text)) for item in items[-_NOTED:]
    )
    return Glimpse(plain(topic_of(minutes.items)), noted, len(minutes.people))


def _over(brief: Brief) -> Item:
    return Item(brief.name, brief.key.url(), brief.started_at, (brief.channel,))
