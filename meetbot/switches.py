"""Switches of a running meeting: whether the bot speaks, who may read the log."""

from dataclasses import replace

from meetbot.orders import Answer, Order


def lurk(order: Order) -> Answer:
    """Say nothing and leave the topic alone from now on."""
    return replace(order.meeting, is_lurking=True), ()


def unlurk(order: Order) -> Answer:
    """Speak again."""
    return replace(order.meeting, is_lurking=False), ()


def restrict_logs(order: Order) -> Answer:
    """Keep what is written of the meeting from the public."""
    meeting = replace(order.meeting, is_restricted=True)
    return meeting, order.say("Minutes and log of this meeting will be restricted.")
