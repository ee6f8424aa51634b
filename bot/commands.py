"""Answers people who speak to the bot: `madang: help`, or the same words in private.

An answer is one line with the next step in it. Who was not spoken to stays silent.
"""

from collections.abc import Mapping

from sqlmodel import Session

from hub.app import App
from hub.errors import HubError
from hub.module import Command, Question

_LONGEST_ECHO = 30
_UNKNOWN = "I don't know "


def is_answer(words: str) -> bool:
    """Say whether this is what another hub's bot answers: two that did not know would ask for ever."""
    return words.startswith(_UNKNOWN)


def commands_of(app: App) -> Mapping[str, Command]:
    """Return every module's commands by their names."""
    return {command.name: command for module in app.modules for command in module.commands}


def writes(app: App, question: Question) -> bool:
    """Tell whether answering a question changes something."""
    command = commands_of(app).get(_name(question.words))
    return command is not None and command.writes


def _name(words: str) -> str:
    return words.strip().partition(" ")[0].lower().lstrip("#!")


def answer(app: App, session: Session, question: Question) -> str:
    """Return the line that answers a question."""
    word, _, rest = question.words.strip().partition(" ")
    commands = commands_of(app)
    name = _name(question.words)
    if not name or name == "help":
        return _help(commands, rest.strip().lower())
    if name not in commands:
        return f"{_UNKNOWN}{word[:_LONGEST_ECHO]!r}. Say help for what I know."
    try:
        return commands[name].answer(app, session, question.with_words(rest.strip()))
    except HubError as error:
        return str(error)


def _help(commands: Mapping[str, Command], about: str) -> str:
    if about in commands:
        return f"{commands[about].usage}: {commands[about].help}"
    known = ", ".join(["help", *(commands[name].usage for name in sorted(commands))])
    return f"I log this channel for all to read; [nolog] before a message keeps it out. I know: {known}."
