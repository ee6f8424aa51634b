"""Sessions of groups: who opens a group's pads in a browser, by the cookie that another site's login set.

The cookie `sessionID` holds one id or several, with commas between.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from hub.clock import micros
from hub.people import Actor
from pad.etherpad.arguments import Wrong
from pad.etherpad.authors import known
from pad.etherpad.call import Answer, Call, new_id
from pad.etherpad.groups import wanted
from pad.etherpad.tables import ApiAuthorRow, ApiSessionRow
from pad.log import Author
from pad.names import group_of, ref

COOKIE = "sessionID"
_MOST = 16
_SECOND = 1_000_000


def create_session(call: Call) -> Answer:
    """Let an author into a group until a time: createSession(groupID, authorID, validUntil)."""
    group, author = wanted(call), known(call, "authorID").id
    until = call.given.number("validUntil")
    if until <= micros(call.now) // _SECOND:
        raise Wrong("validUntil is in the past")
    id_ = new_id("s")
    call.session.add(ApiSessionRow(id=id_, group_id=group, author_id=author, valid_until=until))
    call.session.flush()
    return {"sessionID": id_}


def delete_session(call: Call) -> Answer:
    """End a session: deleteSession(sessionID)."""
    call.session.delete(_wanted(call))
    call.session.flush()
    return None


def get_session_info(call: Call) -> Answer:
    """Tell whose a session is: getSessionInfo(sessionID)."""
    return _info(_wanted(call))


def list_sessions_of_group(call: Call) -> Answer:
    """Return a group's sessions: listSessionsOfGroup(groupID)."""
    return _listed(call, ApiSessionRow.group_id == wanted(call))


def list_sessions_of_author(call: Call) -> Answer:
    """Return an author's sessions: listSessionsOfAuthor(authorID)."""
    return _listed(call, ApiSessionRow.author_id == known(call, "authorID").id)


def _listed(call: Call, whose: bool) -> Answer:
    rows = call.session.exec(select(ApiSessionRow).where(whose).order_by(ApiSessionRow.id))
    return {row.id: _info(row) for row in rows}


def _wanted(call: Call) -> ApiSessionRow:
    row = call.session.get(ApiSessionRow, call.given.text("sessionID"))
    if row is None:
        raise Wrong("sessionID does not exist")
    return row


def _info(row: ApiSessionRow) -> Answer:
    return {"groupID": row.group_id, "authorID": row.author_id, "validUntil": row.valid_until}


def guest_of(
    session: Session, actor: Actor, cookie: str, name: str, *, now: datetime
) -> tuple[Actor, Author | None]:
    """Return an actor with what a session cookie gives them at a pad, and as whom they write there.

    Nothing changes for a pad of no group, or without a session of its group that is still good.
    """
    group = group_of(name)
    if not group or not cookie:
        return actor, None
    ids = [id_.strip().strip('"') for id_ in cookie.replace("%2C", ",").split(",")][:_MOST]
    found = session.exec(
        select(ApiAuthorRow)
        .join(ApiSessionRow, col(ApiSessionRow.author_id) == col(ApiAuthorRow.id))
        .where(col(ApiSessionRow.id).in_(ids), ApiSessionRow.group_id == group)
        .where(ApiSessionRow.valid_until > micros(now) // _SECOND)
        .limit(1)
    ).first()
    if found is None:
        return actor, None
    rights = actor.rights | {("read", ref(name)), ("write", ref(name))}
    return replace(actor, rights=rights), Author(found.key, found.name, 0)
