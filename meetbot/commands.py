"""Every `#command`: its name and aliases, who may use it, and what carries it out.

A command stands at the very beginning of a line. Its name counts in any case.
Source: MeetBot's manual; OpenDev's votes and end; Ubuntu's #subtopic, #done, #voters, #votesrequired,
#vote and #abortmeeting; hcoop's #here, #motion and #close.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from meetbot import chairing, noting, opening, polling, switches, topics
from meetbot.orders import Answer, Command, Order, chair_nicks
from meetbot.state import ItemKind
from meetbot.suggestions import is_like_a_command, suggest

_COMMAND = re.compile(r"#(\w+)(.*)", re.DOTALL)
_BRACKETED = re.compile(
    r"\[(topic|link|idea|action|agreed|vote|progress)(?: report)?\](.*)", re.DOTALL | re.IGNORECASE
)


def parse(text: str) -> tuple[str, str] | None:
    """Return a line's command in lower case and what follows it, None when it is no command.

    `[TOPIC] text` is `#topic text`, as MootBot had it and people still write it.
    """
    if not text.startswith(("#", "[")):
        return None
    found = _COMMAND.match(text) or _BRACKETED.match(text)
    return (found[1].lower(), found[2]) if found else None


def argument(rest: str) -> str:
    """Return a command's text; a colon that somebody put behind the command is not part of it."""
    return rest.removeprefix(": ").strip()


def _tell_commands(order: Order) -> Answer:
    names = " ".join(f"#{name}" for name in sorted(COMMANDS))
    return order.meeting, order.say(f"Available commands: {names}")


_ALL = (
    Command("startmeeting", "NAME", "begin a meeting", opening.start_again),
    Command("endmeeting", "", "end it; anyone may once its time is up", opening.end),
    Command("abortmeeting", "", "call it off, keep no minutes", opening.abort, by_chairs=True),
    Command("save", "", "write the minutes so far", opening.save, by_chairs=True),
    Command("topic", "TEXT", "go on to a topic", topics.topic, by_chairs=True),
    Command("next", "", "go on to the agenda's next topic", topics.next_topic, by_chairs=True),
    Command(
        "subtopic", "TEXT", "go on within the topic", noting.noting(ItemKind.SUBTOPIC),
        ("progress",), by_chairs=True, needs_text=True,
    ),
    Command("meetingtopic", "TEXT", "what all is about; none unsets", topics.meeting_topic, by_chairs=True),
    Command(
        "meetingname", "NAME", "the name in the address", opening.name_meeting,
        by_chairs=True, needs_text=True,
    ),
    Command(
        "agreed", "TEXT", "note an agreement", noting.noting(ItemKind.AGREED),
        ("agree",), by_chairs=True, needs_text=True,
    ),
    Command(
        "accepted", "TEXT", "note that it is accepted", noting.noting(ItemKind.ACCEPTED),
        ("accept",), by_chairs=True, needs_text=True,
    ),
    Command(
        "rejected", "TEXT", "note that it is rejected", noting.noting(ItemKind.REJECTED),
        ("reject",), by_chairs=True, needs_text=True,
    ),
    Command(
        "done", "TEXT", "note what is done", noting.noting(ItemKind.DONE),
        by_chairs=True, needs_text=True,
    ),
    Command("action", "NICK TEXT", "note who does what", noting.action, needs_text=True),
    Command("info", "TEXT", "note something", noting.noting(ItemKind.INFO), needs_text=True),
    Command("idea", "TEXT", "note an idea", noting.noting(ItemKind.IDEA), needs_text=True),
    Command(
        "help", "TEXT", "note that help is wanted", noting.noting(ItemKind.HELP),
        ("halp",), needs_text=True,
    ),
    Command("link", "URL", "note a link", noting.noting(ItemKind.LINK), needs_text=True),
    Command("undo", "[N]", "take back the last item, or item N", noting.undo),
    Command("edit", "N TEXT", "give item N another text", noting.edit),
    Command("items", "", "tell the last items with their numbers", noting.items),
    Command("chair", "NICK...", "make others chairs too", chairing.chair, by_chairs=True),
    Command("unchair", "NICK...", "take the chair back", chairing.unchair, by_chairs=True),
    Command("nick", "NICK...", "make absent ones known", chairing.nick),
    Command("here", "[NAME]", "be there, under that name too", chairing.here),
    Command(
        "startvote", "QUESTION? OPTION, OPTION", "open a vote", polling.start_vote, by_chairs=True
    ),
    Command("motion", "TEXT", "open a vote for or against", polling.motion, by_chairs=True, needs_text=True),
    Command("vote", "OPTION", "vote", polling.cast),
    Command("showvote", "", "tell how the vote stands", polling.show_vote),
    Command("endvote", "", "close the vote", polling.end_vote, ("close",), by_chairs=True),
    Command("voters", "NICK... | everyone", "say who may vote", polling.voters, by_chairs=True),
    Command("quorum", "N", "how many must vote", polling.quorum, by_chairs=True),
    Command("votesrequired", "N", "by how many a motion is carried", polling.votes_required, by_chairs=True),
    Command("lurk", "", "the bot says nothing more", switches.lurk, by_chairs=True),
    Command("unlurk", "", "the bot speaks again", switches.unlurk, by_chairs=True),
    Command("restrictlogs", "", "keep the log from the public", switches.restrict_logs, by_chairs=True),
    Command("commands", "", "tell all commands", _tell_commands),
)  # fmt: skip

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {name: command for command in _ALL for name in (command.name, *command.aliases)}
)
"""All commands by name and alias."""


def obey(order: Order) -> Answer:
    """Carry a command out, or say why not."""
    command = COMMANDS.get(order.word)
    if command is None:
        return order.meeting, ()
    if command.by_chairs and not order.is_chair:
        return _refused(order)
    if command.needs_text and not order.text:
        return order.meeting, order.hint(f"Say what: #{order.word} {command.usage}.")
    return command.run(order)


def _refused(order: Order) -> Answer:
    if order.word == "startvote":
        return order.meeting, order.say("Only the meeting chair may start a vote.")
    return order.hint_once(
        f"{order.word}/{order.speaker}",
        f"#{order.word} is for chairs: {', '.join(chair_nicks(order.meeting))}.",
    )


def answer_unknown(order: Order, rest: str) -> Answer:
    """Suggest what a mistyped command was meant to be: quietly, once for each word in a meeting."""
    if meant := suggest(order.word, COMMANDS):
        return order.hint_once(order.word, f"There is no #{order.word}. Did you mean #{meant}?")
    if is_like_a_command(order.word, rest):
        return order.hint_once(
            order.word, f"There is no #{order.word}. #commands tells those there are."
        )
    return order.meeting, ()
