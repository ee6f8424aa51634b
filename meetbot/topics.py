"""Topics: the item at hand, the meeting's own, and the channel's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from meetbot.orders import Answer, Order, set_topic
from meetbot.state import Item, ItemKind, Meeting

_NO_TITLE = frozenset({"", "none", "unset"})


def channel_topic(meeting: Meeting) -> str:
    """Return what the channel's topic should be: `current topic (Meeting topic: name)`."""
    topic = meeting.topic or meeting.saved_topic or ""
    return f"{topic} {_suffix(meeting)}".strip() if meeting.title else topic


def _suffix(meeting: Meeting) -> str:
    return f"(Meeting topic: {meeting.title})"


def topic(order: Order) -> Answer:
    """Go on to the next topic."""
    meeting = replace(order.note(ItemKind.TOPIC, order.text), topic=order.text)
    return meeting, set_topic(meeting, order.rules, channel_topic(meeting))


def next_topic(order: Order) -> Answer:
    """Go on to the first topic of the agenda that the meeting has not had."""
    if order.text:
        return order.meeting, order.hint(
            "#next takes no text: it goes on in the agenda. For another topic say #topic TEXT."
        )
    if not order.around.agenda:
        return order.meeting, order.say(
            "There is no agenda with topics to go by. #topic TEXT goes on to a topic."
        )
    left = topics_left(order.around.agenda, order.meeting.items)
    if not left:
        return order.meeting, order.say(
            "The agenda has no topic left. #endmeeting ends the meeting."
        )
    return topic(replace(order, text=left[0]))


def topics_left(agenda: Sequence[str], items: Sequence[Item]) -> Sequence[str]:
    """Return the topics of an agenda that were not noted yet; of one that stands there twice, one each."""
    had = Counter(_key(item.text) for item in items if item.kind is ItemKind.TOPIC)
    left = []
    for topic in agenda:
        if had[_key(topic)]:
            had[_key(topic)] -= 1
        else:
            left.append(topic)
    return left


def _key(topic: str) -> str:
    return " ".join(topic.casefold().split())


def meeting_topic(order: Order) -> Answer:
    """Set or take away what the meeting as a whole is about."""
    title = "" if order.text.lower() in _NO_TITLE else order.text
    meeting = replace(order.meeting, title=title)
    return meeting, set_topic(meeting, order.rules, channel_topic(meeting))


def topic_of(items: tuple[Item, ...]) -> str:
    """Return the topic that the last of the items stands under."""
    topics = (item.text for item in reversed(items) if item.kind is ItemKind.TOPIC)
    return next(topics, "")


def learn_saved_topic(meeting: Meeting, text: str) -> Meeting:
    """Learn from the first topic that was set in a meeting what the topic was before it.

    After a restart the log is all there is, and it may begin with `#startmeeting`: what stood before it is
    in front of the meeting's topic.
    """
    if meeting.saved_topic is not None or meeting.topic or not text.endswith(_suffix(meeting)):
        return meeting
    return replace(meeting, saved_topic=text.removesuffix(_suffix(meeting)).strip())
