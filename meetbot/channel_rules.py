"""What the configuration says of a channel's meetings, as the machine's rules."""

from collections.abc import Sequence
from datetime import timedelta

from hub.config import Channel, Config
from hub.irc import casefold
from meetbot.rules import Rules

_CONNECTIONS = 30


def has_meetings(config: Config, network: str, channel: str) -> bool:
    """Tell whether the bot runs meetings in a channel."""
    found = _channel(config, network, channel)
    return found is not None and found.meetings


def is_unlisted(config: Config, network: str, channel: str) -> bool:
    """Tell whether search engines are to leave a channel out."""
    found = _channel(config, network, channel)
    return found is not None and found.noindex


def rules_of(config: Config, network: str, channel: str) -> Rules:
    """Return the rules of a channel's meetings; the usual ones for a channel that is not configured."""
    nicks = [known.nick for known in config.network if known.name == network]
    # what the bot is called where its nick is taken, or where it needs several connections
    own = (nick + more for nick in nicks for more in ("", "_", *map(str, range(2, _CONNECTIONS))))
    found = _channel(config, network, channel)
    usual = Rules(bots=frozenset(own), base_url=config.public_url)
    if found is None:
        return usual
    meeting = found.meeting
    return Rules(
        name_required=meeting.name_required,
        length=timedelta(minutes=meeting.length),
        quiet=timedelta(minutes=meeting.warn_after) if meeting.warn_after else None,
        silence=timedelta(minutes=meeting.end_after) if meeting.end_after else None,
        sets_topic=meeting.sets_topic,
        bots=usual.bots | frozenset(meeting.bots),
        base_url=usual.base_url,
        info_url=meeting.info_url,
    )


def reminders_of(config: Config, network: str, channel: str) -> Sequence[int]:
    """Return how many minutes before a scheduled meeting a channel is reminded."""
    found = _channel(config, network, channel)
    return found.meeting.reminders if found else ()


def _channel(config: Config, network: str, channel: str) -> Channel | None:
    folded = casefold(channel)
    for known in config.network:
        if known.name == network:
            for each in known.channel:
                if casefold(each.name) == folded:
                    return each
    return None
