"""What differs between two versions of minutes, item by item and word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from meetbot.minutes import Minutes
from meetbot.state import Item, ItemKind

_MOST_WORDS = 2000
"""Words of both texts together that are compared one by one; longer texts are shown whole."""

_ALIKE = 0.4
"""Texts that share less than this are two texts: their words are not mingled."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: `kept`, `gone` or `new`."""

    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """An item as it is compared: what it says and who has to do it; where it came from."""

    kind: ItemKind
    text: str
    assignees: tuple[str, ...]
    origin: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that is `added`, `removed`, `changed` or `moved`. before or after is None where it is not."""

    sort: str
    before: Note | None
    after: Note | None

    @property
    def pieces(self) -> Sequence[Piece]:
        """The words that went and came."""
        old = self.before.text if self.before else ""
        new = self.after.text if self.after else ""
        return list(_pieces(old, new))


def differences(old: Minutes, new: Minutes) -> Sequence[Difference]:
    """Return what differs, in the order of the newer minutes; what was removed stands where it was."""
    before, after = _notes(old), _notes(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Difference] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            found += _paired(before[a:b], after[c:d])
    return _with_moves(found)


def _notes(minutes: Minutes) -> list[Note]:
    """Return the items to compare. Actions belong to the items of their kind in the same order."""
    actions = iter(minutes.actions)
    notes = []
    for item in minutes.items:
        action = next(actions, None) if item.kind is ItemKind.ACTION else None
        assignees = action.assignees if action else ()
        notes.append(Note(item.kind, item.text, assignees, _origin(item)))
    return notes


def _origin(item: Item) -> tuple[int, str]:
    return item.line, item.nick


def _paired(before: Sequence[Note], after: Sequence[Note]) -> Iterator[Difference]:
    """Pair items that came from the same line; the others went or came."""
    rest = list(before)
    for note in after:
        same = next((other for other in rest if other.origin == note.origin), None)
        if same is None:
            yield Difference("added", None, note)
            continue
        while rest[0] is not same:
            yield Difference("removed", rest.pop(0), None)
        rest.remove(same)
        yield Difference("changed", same, note)
    for note in rest:
        yield Difference("removed", note, None)


def _with_moves(found: Sequence[Difference]) -> Sequence[Difference]:
    """Tell what went from one place to come at another as moved, or as changed when it says otherwise now."""
    gone = [each for each in found if each.sort == "removed"]
    told: list[Difference] = []
    moved: list[Difference] = []
    for each in found:
        came = each.after if each.sort == "added" else None
        old = next((g for g in gone if came and g.before and _is_one(g.before, came)), None)
        if old is None:
            told.append(each)
            continue
        gone.remove(old)
        moved.append(old)
        told.append(Difference("moved" if old.before == came else "changed", old.before, came))
    return [each for each in told if not any(each is other for other in moved)]


def _is_one(before: Note, after: Note) -> bool:
    return before.origin == after.origin


def _pieces(old: str, new: str) -> Iterator[Piece]:
    a, b = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if len(a) + len(b) > _MOST_WORDS or matcher.ratio() < _ALIKE:
        yield from (Piece(sort, text) for sort, text in (("gone", old), ("new", new)) if text)
        return
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("kept", "".join(a[i:j]))
            continue
        if j > i:
            yield Piece("gone", "".join(a[i:j]))
        if m > k:
            yield Piece("new", "".join(b[k:m]))
