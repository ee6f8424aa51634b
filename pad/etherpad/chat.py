"""The chat that programs leave at pads and read there."""

from sqlmodel import col, func, select

from hub.clock import micros
from hub.rows import CALENDAR
from pad.etherpad.arguments import Wrong
from pad.etherpad.authors import known
from pad.etherpad.call import Answer, Call
from pad.etherpad.tables import ApiAuthorRow, MessageRow
from pad.pads import Pad

_LONGEST = 10_000


def append_chat_message(call: Call) -> Answer:
    """Leave a message: appendChatMessage(padID, text, authorID, time)."""
    pad, text = call.pad(), call.given.text("text").replace("\x00", "")[:_LONGEST]
    author = known(call, "authorID").id
    time = call.given.number("time", 0) * 1000 or micros(call.now)
    if not CALENDAR[0] <= time <= CALENDAR[1]:
        raise Wrong("time is not a number")
    number = _head(call, pad) + 1
    call.session.add(MessageRow(pad_id=pad.id, number=number, text=text, author=author, at=time))
    call.session.flush()
    return None


def get_chat_history(call: Call) -> Answer:
    """Return messages, all or from one to another: getChatHistory(padID, start, end)."""
    pad = call.pad()
    head = _head(call, pad)
    first, last = call.given.number("start", 0), call.given.number("end", max(head, 0))
    if first > last:
        raise Wrong("start is higher than end")
    if last > max(head, 0):
        raise Wrong("end is higher than the current chatHead")
    query = (
        select(MessageRow, ApiAuthorRow.name)
        .join(ApiAuthorRow, col(ApiAuthorRow.id) == col(MessageRow.author), isouter=True)
        .where(MessageRow.pad_id == pad.id, col(MessageRow.number).between(first, last))
        .order_by(col(MessageRow.number))
    )
    return {
        "messages": [
            {
                "text": row.text, "authorId": row.author, "userId": row.author,
                "time": row.at // 1000, "userName": name or None,
            }
            for row, name in call.session.exec(query)
        ]
    }  # fmt: skip


def get_chat_head(call: Call) -> Answer:
    """Return the last message's number, -1 when there is none: getChatHead(padID)."""
    return {"chatHead": _head(call, call.pad())}


def _head(call: Call, pad: Pad) -> int:
    query = select(func.max(MessageRow.number)).where(MessageRow.pad_id == pad.id)
    found = call.session.exec(query).one()
    return -1 if found is None else found
