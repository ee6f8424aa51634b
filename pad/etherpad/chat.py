"""What people say beside pads, as programs read it and join in."""

from hub.clock import from_micros, micros
from hub.rows import CALENDAR
from pad import talk
from pad.etherpad.arguments import Wrong
from pad.etherpad.authors import id_for, known
from pad.etherpad.call import API, Answer, Call
from pad.log import Author


def append_chat_message(call: Call) -> Answer:
    """Say something beside a pad: appendChatMessage(padID, text, authorID, time)."""
    pad, text, row = call.pad(), call.given.text("text"), known(call, "authorID")
    time = call.given.number("time", 0) * 1000 or micros(call.now)
    if time > CALENDAR[1]:
        raise Wrong("time is not a number")
    author = Author(row.key, row.name, 0)
    talk.say(call.session, API, pad, text, author, now=from_micros(time))
    return None


def get_chat_history(call: Call) -> Answer:
    """Return messages, all or from one to another: getChatHistory(padID, start, end)."""
    pad = call.pad()
    head = max(talk.head(call.session, pad.id), 0)
    first, last = call.given.number("start", 0), call.given.number("end", head)
    if first > last:
        raise Wrong("start is higher than end")
    if last > head:
        raise Wrong("end is higher than the current chatHead")
    messages = []
    for said in talk.history(call.session, pad.id, first, last):
        id_ = id_for(call, said.author.key)
        messages.append(
            {
                "text": said.text, "authorId": id_, "userId": id_,
                "time": micros(said.at) // 1000, "userName": said.author.name or None,
            }
        )  # fmt: skip
    return {"messages": messages}


def get_chat_head(call: Call) -> Answer:
    """Return the last message's number, -1 when there is none: getChatHead(padID)."""
    return {"chatHead": talk.head(call.session, call.pad().id)}
