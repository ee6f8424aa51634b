"""Channels as pages show them: what is stored, what is configured, and how the bot stands to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from archive.addresses import Addresses, slug
from archive.entries import Channel
from archive.richtext import rich, visible
from hub import config
from hub.irc import plain
from hub.language import gettext


@dataclass(frozen=True, slots=True)
class State:
    """How the bot stands to a channel, in words; `good` when it listens.

    `away` when it is not there without having been refused, thrown out or sent away; `quiet` when that is
    as it should be.
    """

    good: bool
    words: str
    away: bool = False
    quiet: bool = False

    @property
    def look(self) -> str:
        """How it is shown: `on`, `off`, or `quiet`."""
        return "on" if self.good else "quiet" if self.quiet else "off"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A channel's place in the archive; `channel` is None while nothing was ever logged.

    `name` is for the eye: what can't be seen is marked in it.
    """

    network: str
    slug: str
    name: str
    url: str
    channel: Channel | None
    noindex: bool
    logged: bool
    states: Sequence[State]

    @property
    def topic(self) -> str:
        """The channel's topic as plain text."""
        return visible(plain(self.channel.topic)) if self.channel else ""

    @property
    def topic_html(self) -> Markup:
        """The channel's topic with its links."""
        return Markup(rich(self.channel.topic) if self.channel else "")  # noqa: S704 - escaped there


@dataclass(frozen=True, slots=True)
class Door:
    """How to join a network with an IRC client."""

    name: str
    host: str
    port: int
    tls: bool
    channels: Sequence[str]


def doors(settings: config.Config) -> Sequence[Door]:
    """Return how to join each network."""
    return [
        Door(n.name, n.host, n.port, n.tls, [c.name for c in n.channel if c.log])
        for n in settings.network
    ]


def shelves(
    settings: config.Config,
    addresses: Addresses,
    channels: Sequence[Channel],
    states: Mapping[int, Sequence[State]],
) -> Sequence[Shelf]:
    """Return all channels that are stored or are to be logged, in the order of `channels`."""
    found = [shelf(settings, addresses, c.network, c.slug, c, states) for c in channels]
    known = {(c.network, c.slug) for c in channels}
    found += [
        shelf(settings, addresses, network.name, slug(chan.name), None, {})
        for network in settings.network
        for chan in network.channel
        if chan.log and (network.name, slug(chan.name)) not in known
    ]
    return found


def shelf(
    settings: config.Config,
    addresses: Addresses,
    network: str,
    folded: str,
    channel: Channel | None,
    states: Mapping[int, Sequence[State]],
) -> Shelf:
    """Return one channel's place."""
    wanted = configured(settings, network, folded)
    name = channel.name if channel else wanted.name if wanted else folded
    told = list(states.get(channel.id, ())) if channel else []
    logged = bool(wanted and wanted.log) or any(state.good for state in told)
    if channel and not logged and all(state.away for state in told):
        words = (
            gettext("Not logged any more; what is here stays.")
            if told
            else gettext("Imported; not logged here.")
        )
        told = [State(False, words, quiet=True)]
    return Shelf(
        network,
        folded,
        visible(name),
        addresses.channel(network, folded),
        channel,
        wanted.noindex if wanted else False,
        logged,
        told,
    )


def configured(settings: config.Config, network: str, folded: str) -> config.Channel | None:
    """Return what madang.toml says about a channel."""
    for candidate in settings.network:
        if candidate.name == network:
            for channel in candidate.channel:
                if slug(channel.name) == folded:
                    return channel
    return None
