"""How the names of who was erased leave a meeting: its minutes in all versions, its log and its lists.

A meeting that runs meanwhile knows the names until it ends. The archive has tombstones in their place by
then, which tell who has gone.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from hub.accounts.naming import TOMBSTONE
from hub.irc import Kind, Line, casefold
from hub.reading import Told
from hub.renaming import Rename, renamed
from meetbot.minutes import Action, Minutes, Presence
from meetbot.state import Item, ItemKind
from meetbot.tables import MeetingRow
from meetbot.versions import rename_log, rewrite
from meetbot.votes import Outcome

Gone = Mapping[str, str]
"""Folded nicks, and the tombstone that stands for each."""


def rename_by(gone: Gone) -> Rename:
    """Return what puts tombstones in the place of nicks."""
    return lambda nick: gone.get(casefold(nick), nick)


def erased_since(log: Sequence[Line], told: Sequence[Told]) -> Gone:
    """Return who was erased after a log was heard: the archive has a tombstone where the log has a name.

    log: lines as they were heard. told: what the archive has of that time now. Pure.
    """
    archived: defaultdict[tuple[datetime, Kind], list[str]] = defaultdict(list)
    for each in told:
        archived[each.line.at, each.line.kind].append(each.line.nick)
    gone: dict[str, str] = {}
    for line in log:
        nicks = archived[line.at, line.kind]
        now = line.nick if line.nick in nicks else next(filter(_is_tombstone, nicks), None)
        if now is None:
            continue
        nicks.remove(now)
        if now != line.nick:
            gone[casefold(line.nick)] = now
    return gone


def renamed_log(log: Sequence[Line], gone: Gone) -> Sequence[Line]:
    """Return a log with tombstones where its lines have names. Pure."""
    rename = rename_by(gone)
    parts = ((line, *renamed(line.kind, line.nick, line.text, rename)) for line in log)
    return [replace(line, nick=nick, text=text) for line, nick, text in parts]


def take_names(session: Session, row: MeetingRow, gone: Gone) -> None:
    """Put tombstones in the place of names in all that is kept of a meeting."""
    rename = rename_by(gone)
    rename_log(session, row, rename)
    rewrite(session, row, lambda written: renamed_minutes(written, rename))
    row.owner = rename(row.owner)
    session.add(row)


def _is_tombstone(nick: str) -> bool:
    return nick.startswith(TOMBSTONE)


def renamed_minutes(written: Minutes, rename: Rename) -> Minutes:
    """Return minutes in which tombstones stand for nicks, in actions' words too. Pure."""
    return replace(
        written,
        owner=rename(written.owner),
        chairs=tuple(dict.fromkeys(map(rename, written.chairs))),
        items=tuple(_item(item, rename) for item in written.items),
        actions=tuple(_action(action, rename) for action in written.actions),
        people=_people(written.people, rename),
    )


def _people(people: Sequence[Presence], rename: Rename) -> tuple[Presence, ...]:
    """Return who was there; two that have the same tombstone are one."""
    lines: dict[str, int] = {}
    for person in people:
        nick = rename(person.nick)
        lines[nick] = lines.get(nick, 0) + person.lines
    return tuple(Presence(nick, count) for nick, count in lines.items())


def _item(item: Item, rename: Rename) -> Item:
    vote = item.vote and _vote(item.vote, rename)
    text = _words(item.text, rename) if item.kind in _NAMING else item.text
    return replace(item, nick=rename(item.nick), text=text, vote=vote)


_NAMING = frozenset({ItemKind.ACTION, ItemKind.DONE, ItemKind.VOTE})
"""Items whose words name who has to do something, or who voted what."""


def _action(action: Action, rename: Rename) -> Action:
    return replace(
        action,
        text=_words(action.text, rename),
        nick=rename(action.nick),
        assignees=tuple(dict.fromkeys(map(rename, action.assignees))),
    )


def _vote(vote: Outcome, rename: Rename) -> Outcome:
    ballots = tuple((option, tuple(map(rename, who))) for option, who in vote.ballots)
    return Outcome(vote.question, ballots, vote.result)


_WORD = re.compile(r"[A-Za-z0-9\[\]\\`_^{|}-]+")
"""What can be a nick. Source: RFC 2812 2.3.1."""


def _words(text: str, rename: Rename) -> str:
    return _WORD.sub(lambda word: rename(word[0]), text)
