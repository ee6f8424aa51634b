"""The archive's part of the yard: what is being said, how to join, and how a new hub begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from archive.addresses import ROOT, Addresses
from archive.day_page import recent_talk
from archive.queries import channels
from archive.render import render_brief
from archive.shelves import Door, Shelf, State, doors, shelves
from archive.watching import states
from hub.app import App
from hub.language import gettext
from hub.now import Item, Panel, Spot
from hub.people import Actor, may

_CHANNELS = 8
_LINES = 6
_WALK = 500


@dataclass(frozen=True, slots=True)
class Talk(Item):
    """A channel that is spoken in: how the bot stands to it, and its last lines as HTML."""

    states: Sequence[State] = ()
    html: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class Entrance(Item):
    """How to join a network."""

    door: Door | None = None


def what_is_said(app: App, session: Session, actor: Actor, now: datetime) -> Sequence[Panel]:
    """Return the logged channels spoken in last with their last lines, and the ways in.

    It costs what it returns: of each channel only the newest lines are walked.
    """
    entrances = [Entrance(door.name, "", door=door) for door in doors(app.config)]
    talks = [_talk(session, shelf) for shelf in _spoken(app, session, actor, now)[:_CHANNELS]]
    join = Panel("join", gettext("How to join"), entrances, Spot.LAST, template="archive/join.html")
    if not talks:
        return [_beginning(bool(entrances)), join]
    said = Panel(
        "talk",
        gettext("What is being said"),
        talks,
        Spot.MAIN,
        url=ROOT,
        more=gettext("All channels and their archives"),
        template="archive/talks.html",
    )
    return [said, join]


def _spoken(app: App, session: Session, actor: Actor, now: datetime) -> Sequence[Shelf]:
    spoken = [channel for channel in channels(session) if channel.spoken]
    known = shelves(app.config, Addresses(app.main_network), spoken, states(session, now))
    # The front page is for search engines too: what they shall leave out is not on it.
    return [
        shelf
        for shelf in known
        if shelf.channel
        and shelf.logged
        and not shelf.noindex
        and may(actor, "read", f"channel:{shelf.network}/{shelf.slug}")
    ]


def _talk(session: Session, shelf: Shelf) -> Talk:
    assert shelf.channel
    said = recent_talk(session, shelf.channel, _LINES, walk=_WALK)
    html = Markup(render_brief([entry.row for entry in said]))  # noqa: S704 - escaped there
    url = f"{shelf.url}latest.log.html#end"
    return Talk(shelf.name, url, shelf.channel.spoken_at, states=shelf.states, html=html)


def _beginning(has_channels: bool) -> Panel:
    """Say what makes a hub that is silent speak; the template has the steps."""
    if has_channels:
        words = gettext("Nobody has said anything yet. Join and be the first: how is told below.")
        return Panel("talk", gettext("What is being said"), (), Spot.MAIN, empty=words)
    words = gettext("This hub is new: nothing is logged yet.")
    title = gettext("How to begin")
    return Panel("begin", title, (), Spot.FIRST, empty=words, template="archive/begin.html")
