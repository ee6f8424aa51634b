"""Minutes corrected by hand: from the rows of a form to the next version. Pure.

A row says what one item is to be: its place among the others, its kind, its text, who has to do it. Votes
keep their ballots and their words, for nobody may vote after the meeting; they can be moved and taken out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.errors import Invalid
from hub.irc import REMOVED
from hub.language import gettext
from meetbot.minutes import Action, Minutes
from meetbot.state import Item, ItemKind

KINDS = tuple(kind for kind in ItemKind if kind is not ItemKind.VOTE)
"""What an item can be made."""

MOST_ITEMS = 1000
"""So many a form shows, and so many minutes may get by hand; a meeting may have noted more."""

LONGEST_TEXT = 2000
LONGEST_REASON = 300
_MOST_ASSIGNEES = 50
_LONGEST_NICK = 100
_BY_HAND = -1


@dataclass(frozen=True, slots=True)
class Row:
    """One item as the form has it.

    number: of the item in the version that was corrected, from 1; 0 for a new one. place: where it stands,
    as somebody wrote it. line: of the log that a new item comes from, 0 for none.
    """

    number: int
    kind: ItemKind
    text: str
    assignees: tuple[str, ...] = ()
    place: float = 0.0
    is_removed: bool = False
    line: int = 0


def rows_of(minutes: Minutes) -> Sequence[Row]:
    """Return the items of minutes as rows to correct."""
    actions = iter(minutes.actions)
    rows = []
    for number, item in enumerate(minutes.items, 1):
        action = next(actions, None) if item.kind is ItemKind.ACTION else None
        assignees = action.assignees if action else ()
        rows.append(Row(number, item.kind, item.text, assignees, float(number)))
    return rows


def corrected(base: Minutes, rows: Sequence[Row], who: str) -> Minutes:
    """Return the minutes that the rows make of `base`, which they were made for.

    who: the nick under which new items stand that come from no line of the log.
    Raises: Invalid for a text that is empty or too long, too many items, a line that the log has not.
    """
    kept = [row for row in rows if not row.is_removed and (row.number or row.text)]
    most = max(MOST_ITEMS, len(base.items))
    if len(kept) > most:
        raise Invalid(
            "items",
            gettext(
                "Minutes may have at most %(most)s items; these are %(number)s.",
                most=most,
                number=len(kept),
            ),
        )
    ordered = sorted(kept, key=lambda row: row.place)  # stable: equal places stay as they were
    items: list[Item] = []
    actions: list[Action] = []
    for row in ordered:
        item = _item(base, row, who, items[-1] if items else None)
        items.append(item)
        if item.kind is ItemKind.ACTION:
            actions.append(Action(item.text, item.nick, item.at, item.line, row.assignees))
    return replace(base, items=tuple(items), actions=tuple(actions))


def assignees_in(text: str) -> tuple[str, ...]:
    """Return the nicks of a list with commas or blanks between them."""
    nicks = dict.fromkeys(word[:_LONGEST_NICK] for word in text.replace(",", " ").split())
    return tuple(nicks)[:_MOST_ASSIGNEES]


def named(text: str, minutes: Minutes) -> tuple[str, ...]:
    """Return who of those present a text names as words, for an action that says nobody else."""
    words = {word.strip(".,:;!?()[]\"'").lower() for word in text.split()}
    return tuple(person.nick for person in minutes.people if person.nick.lower() in words)


def _item(base: Minutes, row: Row, who: str, before: Item | None) -> Item:
    old = base.items[row.number - 1] if 0 < row.number <= len(base.items) else None
    if old is not None and (old.kind is ItemKind.VOTE or old.text == REMOVED):
        return old  # a form that was opened before may still have what was redacted
    if row.kind is ItemKind.VOTE:
        raise Invalid(
            "kind", gettext("A vote can't be made by hand. Note its result as agreed or info.")
        )
    if not row.text and row.kind is not ItemKind.TOPIC:
        raise Invalid(
            "text",
            gettext("Item %(number)s has no text. Tick remove to take it out.", number=row.number),
        )
    if len(row.text) > LONGEST_TEXT:
        raise Invalid(
            "text",
            gettext(
                "An item may have %(most)s characters; one has %(number)s.",
                most=LONGEST_TEXT,
                number=len(row.text),
            ),
        )
    if old is not None:
        return replace(old, kind=row.kind, text=row.text)
    nick, at, line = _origin(base, row, who, before)
    return Item(row.kind, row.text, nick, at, line, _BY_HAND)


def _origin(base: Minutes, row: Row, who: str, before: Item | None) -> tuple[str, datetime, int]:
    """Return whose a new item is, of what time and line: its line's, else the corrector's at the end."""
    if row.line:
        if row.line > len(base.log):
            raise Invalid(
                "line",
                gettext(
                    "The log has %(most)s lines, no line %(number)s.",
                    most=len(base.log),
                    number=row.line,
                ),
            )
        said = base.log[row.line - 1]
        return said.nick, said.at, row.line
    last = before.line if before else 1
    return who, base.ended_at or base.started_at, last
