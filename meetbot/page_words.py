"""What the pages call sorts of items, changes and results, in the reader's language.

The files that stay as they are (text, Markdown, JSON) and the bot keep MeetBot's words: meetbot/wording.py.
What the program itself once wrote into the database in English is known again here.
"""

import re
from collections.abc import Mapping

from hub.language import gettext, mark
from meetbot.actions import LEFT_BEHIND
from meetbot.state import Item, ItemKind
from meetbot.wording import label

_KINDS: Mapping[ItemKind, str] = {
    ItemKind.TOPIC: mark("topic"),
    ItemKind.SUBTOPIC: mark("subtopic"),
    ItemKind.INFO: mark("info"),
    ItemKind.LINK: mark("link"),
    ItemKind.ACTION: mark("action"),
    ItemKind.AGREED: mark("agreed"),
    ItemKind.ACCEPTED: mark("accepted"),
    ItemKind.REJECTED: mark("rejected"),
    ItemKind.IDEA: mark("idea"),
    ItemKind.HELP: mark("help"),
    ItemKind.DONE: mark("done"),
    ItemKind.VOTE: mark("vote"),
}
_CHANGES = {word: word for word in (mark("added"), mark("removed"), mark("changed"), mark("moved"))}
_RESULTS = {
    word: word for word in (mark("carried"), mark("denied"), mark("tied"), mark("no votes"))
}
_NO_QUORUM = re.compile(r"no quorum \((\d+) of (\d+)\)")
_TIED = re.compile(r"tied: (.+)", re.DOTALL)
_AGAIN = re.compile(r"Version (\d+) again(?:: (.*))?", re.DOTALL)


def kind_word(kind: ItemKind) -> str:
    """Return what a sort of items is called."""
    return gettext(_KINDS[kind])


def label_word(item: Item) -> str:
    """Return the word that stands before an item, or none: an INFO speaks for itself."""
    return kind_word(item.kind).upper() if label(item, with_links=False) else ""


def change_word(sort: str) -> str:
    """Return what became of an item between two versions."""
    return gettext(_CHANGES[sort])


def result_words(result: str) -> str:
    """Return what came of a vote; an option that won stays in its voters' words."""
    if found := _NO_QUORUM.fullmatch(result):
        return gettext("no quorum (%(cast)s of %(needed)s)", cast=found[1], needed=found[2])
    if found := _TIED.fullmatch(result):
        return gettext("tied: %(options)s", options=found[1])
    return gettext(result) if result in _RESULTS else result


def reason_words(reason: str) -> str:
    """Return why minutes have a new version."""
    found = _AGAIN.fullmatch(reason)
    if found is None:
        return reason
    again = gettext("Version %(number)s again", number=found[1])
    return f"{again}: {found[2]}" if found[2] else again


def outcome_words(outcome: str) -> str:
    """Return what became of an action."""
    return gettext(LEFT_BEHIND) if outcome == LEFT_BEHIND else outcome
