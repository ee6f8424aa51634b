"""Who chairs, who is there, and who else is known."""

import re
from dataclasses import replace

from hub.irc import casefold
from meetbot.orders import Answer, Order, chair_nicks


def _nicks(text: str) -> list[str]:
    """Return the nicks of `ann, bob carol`."""
    return list(dict.fromkeys(nick for nick in re.split(r"[\s,]+", text) if nick))


def chair(order: Order) -> Answer:
    """Make others chairs too, and tell who chairs."""
    attendance, chairs = order.meeting.attendance, order.meeting.chairs
    warnings = []
    for nick in _nicks(order.text):
        if _is_absent(order, nick):
            warnings.append(f"Warning: Nick not in channel: {nick}")
        attendance = attendance.expect(nick)
        person = attendance.named(nick)
        if person is not None and person.id not in map(attendance.whose, chairs):
            chairs = (*chairs, person.id)
    meeting = replace(order.meeting, attendance=attendance, chairs=chairs)
    return meeting, order.say(*warnings, f"Current chairs: {' '.join(chair_nicks(meeting))}")


def _is_absent(order: Order, nick: str) -> bool:
    mapping = order.rules.casemapping
    there = {casefold(known, mapping) for known in order.around.nicks}
    return bool(there) and casefold(nick, mapping) not in there


def unchair(order: Order) -> Answer:
    """Take the chair from others; the owner keeps it."""
    attendance, owner = order.meeting.attendance, order.meeting.owner
    gone = {p.id for nick in _nicks(order.text) if (p := attendance.named(nick))}
    gone.discard(attendance.whose(owner))
    kept = tuple(c for c in order.meeting.chairs if attendance.whose(c) not in gone)
    meeting = replace(order.meeting, chairs=kept)
    return meeting, order.say(f"Current chairs: {' '.join(chair_nicks(meeting))}")


def nick(order: Order) -> Answer:
    """Make nicks known that actions are for, though they say nothing."""
    attendance = order.meeting.attendance
    for name in _nicks(order.text):
        attendance = attendance.expect(name)
    return replace(order.meeting, attendance=attendance), ()


def here(order: Order) -> Answer:
    """Be there, perhaps under another name that actions may use."""
    if not order.text:
        return order.meeting, ()
    attendance = order.meeting.attendance.alias(order.speaker, order.text)
    return replace(order.meeting, attendance=attendance), ()
