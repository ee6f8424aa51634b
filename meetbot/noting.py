"""Noting things down, and taking them back or mending them."""

import re
from collections.abc import Callable
from dataclasses import replace

from meetbot.assignees import named_in
from meetbot.effects import Effect
from meetbot.orders import Answer, Order, set_topic
from meetbot.state import Item, ItemKind, Meeting
from meetbot.topics import channel_topic, topic_of

_SHOWN = 5


def noting(kind: ItemKind) -> Callable[[Order], Answer]:
    """Return the command that notes an item of that kind."""

    def note(order: Order) -> Answer:
        return order.note(kind, order.text), ()

    return note


def action(order: Order) -> Answer:
    """Note an action; when it names nobody who has taken part, say so to who noted it."""
    meeting = order.note(ItemKind.ACTION, order.text)
    if named_in(order.text, meeting.attendance.people.values()):
        return meeting, ()
    place = len(meeting.items)
    return meeting, order.hint(
        f"Action noted, but it names nobody who has spoken here. #edit {place} NICK {_short(order.text, 200)}"
        " gives it to somebody; #nick NICK makes one known who is absent."
    )


def undo(order: Order) -> Answer:
    """Take the last item back, or the one of that number."""
    if order.text:
        return _undo_number(order)
    if not order.is_chair:
        return order.hint_once(
            f"undo/{order.speaker}", "Only a chair takes the last item back; #undo N your own."
        )
    if not order.meeting.items:
        return order.meeting, order.hint("There is nothing to undo.")
    return _without(order, len(order.meeting.items))


def _undo_number(order: Order) -> Answer:
    number, _rest = numbered(order.text)
    if wrong := _not_editable(order, number):
        return order.meeting, order.hint(wrong)
    return _without(order, number)


def _without(order: Order, number: int) -> Answer:
    items = order.meeting.items
    gone = items[number - 1]
    kept = (*items[: number - 1], *items[number:])
    told = order.say(f"Removing item from minutes: #{gone.kind} {gone.text}".rstrip())
    meeting = replace(order.meeting, items=kept)
    return _on_topic(order, meeting, told)


def edit(order: Order) -> Answer:
    """Give the item of that number another text."""
    number, text = numbered(order.text)
    if not text:
        return order.meeting, order.hint("Say which and how: #edit N TEXT. #items shows numbers.")
    if wrong := _not_editable(order, number):
        return order.meeting, order.hint(wrong)
    items = order.meeting.items
    item = replace(items[number - 1], text=text)
    meeting = replace(order.meeting, items=(*items[: number - 1], item, *items[number:]))
    return _on_topic(order, meeting, order.say(f"Item {number} is now: #{item.kind} {item.text}"))


def _on_topic(order: Order, meeting: Meeting, told: tuple[Effect, ...]) -> Answer:
    """Follow with the channel's topic when the one at hand was taken back or mended."""
    topic = topic_of(meeting.items)
    if topic == meeting.topic:
        return meeting, told
    meeting = replace(meeting, topic=topic)
    return meeting, (*told, *set_topic(meeting, order.rules, channel_topic(meeting)))


def items(order: Order) -> Answer:
    """Tell the last items with their numbers."""
    noted = order.meeting.items
    if not noted:
        return order.meeting, order.hint("Nothing is noted yet.")
    first = max(0, len(noted) - _SHOWN)
    told = [
        order.hint(f"{number}: #{item.kind} {_short(item.text)}")[0]
        for number, item in enumerate(noted[first:], first + 1)
    ]
    return order.meeting, tuple(told)


def numbered(text: str) -> tuple[int, str]:
    """Read `3 rest`; 0 when there is no number."""
    found = re.match(r"#?([0-9]{1,6})(?:\s+|\Z)", text)
    return (int(found[1]), text[found.end() :].strip()) if found else (0, "")


def _not_editable(order: Order, number: int) -> str:
    """Say why the speaker can't change the item of that number; empty when it can be."""
    noted = order.meeting.items
    if not 1 <= number <= len(noted):
        return f"There is no such item; they are numbered 1 to {len(noted)}, #items shows them."
    item = noted[number - 1]
    if item.kind is ItemKind.VOTE:
        return "" if order.is_chair and order.word == "undo" else "A vote stays as it was counted."
    if order.is_chair or _is_own(order, item):
        return ""
    return f"Only a chair or {item.nick} may change item {number}."


def _is_own(order: Order, item: Item) -> bool:
    return order.meeting.attendance.whose(item.author) == order.speaker


def _short(text: str, longest: int = 80) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
