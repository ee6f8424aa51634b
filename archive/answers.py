"""What the bot answers about the archive: `madang: log`, `madang: missed`."""

from urllib.parse import quote

from sqlmodel import Session

from archive.addresses import Addresses
from hub.app import App
from hub.errors import Invalid
from hub.module import Command, Question


def _channel_url(app: App, question: Question) -> str:
    """Return the address of the channel that a question is about: the one it names, or was asked in.

    Raises: Invalid when it names none and was asked in private.
    """
    channel = question.words.split()[0] if question.words else question.channel
    if not channel or not channel.startswith(("#", "&", "+", "!")):
        raise Invalid("channel", "Which channel? Say its name too, with the #.")
    return app.config.public_url + Addresses(app.main_network).channel(question.network, channel)


def _log(app: App, _session: Session, question: Question) -> str:
    return f"Today and every day before: {_channel_url(app, question)}latest.log.html#end"


def _missed(app: App, _session: Session, question: Question) -> str:
    nick = quote(question.nick, safe="")
    return f"All since you last spoke here: {_channel_url(app, question)}since?nick={nick}"


COMMANDS = (
    Command("log", "log [#channel]", "where this channel's log can be read", _log),
    Command("missed", "missed [#channel]", "what was said since you last spoke", _missed),
)
