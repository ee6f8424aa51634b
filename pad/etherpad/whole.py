"""Pads as a whole: made, deleted, copied, moved, opened and closed to all."""

import hmac
import secrets
from dataclasses import replace

from sqlmodel import col, delete, func, select, update

from hub.clock import micros
from hub.errors import Invalid
from hub.people import GUEST
from pad import log, pads
from pad.etherpad.arguments import Wrong
from pad.etherpad.authors import writer
from pad.etherpad.call import API, Answer, Call, digest
from pad.etherpad.tables import ApiPadRow, ApiSessionRow, GroupRow
from pad.moving import delete_pad, make_room, rename_pad
from pad.names import GROUP, READING, clean, group_of
from pad.pads import Pad, may_pad
from pad.tables import CHOICES, LISTED, FormerNameRow, PadRow


def create_pad(call: Call) -> Answer:
    """Make a pad: createPad(padID, text, authorId)."""
    name = call.given.text("padID")
    if "$" in name:
        raise Wrong("createPad can't create group pads")
    made = make_pad(call, name, "padID")
    token = secrets.token_urlsafe(24)
    call.session.merge(ApiPadRow(pad_id=made.id, deletion=digest(token)))
    call.session.flush()
    return {"deletionToken": token}


def make_pad(call: Call, name: str, said: str, *, group: str | None = None) -> Pad:
    """Make a pad with the text and author of a call; `said` is the parameter that gave its name.

    Raises: Wrong.
    """
    author, text = writer(call), call.given.maybe("text")
    wanted = _free_name(call, name, said)
    access = GROUP if group else call.access
    made = pads.begin_pad(call.session, API, wanted, access=access, now=call.now)
    if group:
        call.session.merge(ApiPadRow(pad_id=made.id, group_id=group))
        call.session.flush()
    # Etherpad's pads end with a line's end always; one that says nothing is kept, too.
    call.write(made, text if text.endswith("\n") else text + "\n", author)
    return made


def _free_name(call: Call, name: str, said: str) -> str:
    try:
        wanted = clean(name)
    except Invalid:
        raise Wrong(f"malformed {said}: Remove special characters") from None
    found = pads.find_pad(call.session, wanted)
    if found is not None and found.name == wanted:
        raise Wrong(f"{said} does already exist")
    _make_room(call, wanted)
    return wanted


def _make_room(call: Call, name: str) -> None:
    """Let a name be free: no former one leads from it, and what was deleted waits under another."""
    former = delete(FormerNameRow).where(col(FormerNameRow.name) == name)
    call.session.connection().execute(former)
    make_room(call.session, name)


def delete_pad_(call: Call) -> Answer:
    """Delete a pad; for 30 days it can be brought back: deletePad(padID, deletionToken)."""
    pad = call.pad()
    given = call.given.maybe("deletionToken")
    if given:
        row = call.session.get(ApiPadRow, pad.id)
        if row is None or not hmac.compare_digest(row.deletion, digest(given)):
            raise Wrong("invalid deletionToken")
    delete_pad(call.session, API, pad, now=call.now)
    return None


def copy_pad(call: Call) -> Answer:
    """Copy a pad with all its history: copyPad(sourceID, destinationID, force)."""
    source, (to, group) = call.pad("sourceID"), _destination(call)
    made = _begun(call, to, group, source)
    log.copy_history(call.session, source.id, made.id)
    seq = log.head_of(call.session, made.id)
    pads.save_text(call.session, API, made, seq, pads.text_of(call.session, source), now=call.now)
    return {"padID": to}


def copy_pad_without_history(call: Call) -> Answer:
    """Copy what stands in a pad: copyPadWithoutHistory(sourceID, destinationID, force, authorId)."""
    author, source, (to, group) = writer(call), call.pad("sourceID"), _destination(call)
    text = pads.text_of(call.session, source)
    call.write(_begun(call, to, group, source), text, author)
    return {"padID": to}


def move_pad(call: Call) -> Answer:
    """Give a pad another name: movePad(sourceID, destinationID, force). The former address leads there."""
    source, (to, group) = call.pad("sourceID"), _destination(call)
    rename_pad(call.session, API, source, to, now=call.now)
    row = call.session.get(ApiPadRow, source.id) or ApiPadRow(pad_id=source.id)
    was, row.group_id = row.group_id, group
    call.session.add(row)
    call.session.flush()
    if was != group:
        moved = replace(source, name=to)
        _set_access(call, moved, GROUP if group else call.access)
    return {"padID": to}


def _begun(call: Call, name: str, group: str | None, source: Pad) -> Pad:
    """Begin a copy, of which no more may know than of its source."""
    is_narrow = source.access in CHOICES and source.access not in LISTED
    kept = source.access if is_narrow else call.access
    access = GROUP if group else kept
    made = pads.begin_pad(call.session, API, name, access=access, now=call.now)
    call.session.merge(ApiPadRow(pad_id=made.id, group_id=group))
    call.session.flush()
    return made


def _destination(call: Call) -> tuple[str, str | None]:
    """Return the name that a pad is to have, and its group; what stood there goes when a call forces it.

    Raises: Wrong.
    """
    told = call.given.text("destinationID")
    try:
        name = clean(told)
    except Invalid:
        raise Wrong("destinationID did not match requirements") from None
    group = group_of(name) or None
    if group is not None and call.session.get(GroupRow, group) is None:
        raise Wrong("destinationID: the group does not exist")
    found = pads.find_pad(call.session, name)
    if found is not None and found.name == name:
        if name == call.given.maybe("sourceID"):
            raise Wrong("destinationID is the same as sourceID")
        if not call.given.flag("force"):
            raise Wrong("destinationID already exists")
        delete_pad(call.session, API, found, now=call.now)
    _make_room(call, name)
    return name, group


def get_read_only_id(call: Call) -> Answer:
    """Return the name at which a pad is only read: getReadOnlyID(padID)."""
    return {"readOnlyID": READING + call.pad().reading}


def get_pad_id(call: Call) -> Answer:
    """Return the pad that is read under a name: getPadID(roID)."""
    name = call.given.text("roID")
    found = pads.find_pad(call.session, name) if name.startswith(READING) else None
    if found is None:
        raise Wrong("padID does not exist")
    return {"padID": found.name}


def set_public_status(call: Call) -> Answer:
    """Open a group's pad to all who have its address, or close it: setPublicStatus(padID, publicStatus)."""
    pad = _group_pad(call)
    if not call.given.maybe("publicStatus"):
        raise Wrong("publicStatus is not a boolean")
    _set_access(call, pad, "open" if call.given.flag("publicStatus") else GROUP)
    return None


def get_public_status(call: Call) -> Answer:
    """Tell whether a group's pad is open to all: getPublicStatus(padID)."""
    return {"publicStatus": may_pad(GUEST, "read", _group_pad(call))}


def _group_pad(call: Call) -> Pad:
    pad = call.pad()
    if not group_of(pad.name):
        raise Wrong("You can only get/set the publicStatus of pads that belong to a group")
    return pad


def _set_access(call: Call, pad: Pad, access: str) -> None:
    changed = update(PadRow).where(col(PadRow.id) == pad.id).values(access=access)
    call.session.connection().execute(changed)
    call.session.expire_all()
    pads.tell_saved(call.session, API, pad, now=call.now)


def list_all_pads(call: Call) -> Answer:
    """Return all pads' names: listAllPads()."""
    query = select(PadRow.name).where(col(PadRow.deleted_at).is_(None)).order_by(col(PadRow.name))
    return {"padIDs": list(call.session.exec(query))}


def get_last_edited(call: Call) -> Answer:
    """Return when a pad was written in last, in milliseconds: getLastEdited(padID)."""
    return {"lastEdited": micros(call.pad().changed_at) // 1000}


def get_stats(call: Call) -> Answer:
    """Return how many pads and sessions there are: getStats()."""
    total = call.session.exec(
        select(func.count()).select_from(PadRow).where(col(PadRow.deleted_at).is_(None))
    ).one()
    sessions = call.session.exec(select(func.count()).select_from(ApiSessionRow)).one()
    active = sum(1 for id_ in call.session.exec(select(PadRow.id)) if id_ and call.people(id_))
    return {"totalPads": total, "totalSessions": sessions, "totalActivePads": active}


def check_token(call: Call) -> Answer:
    """Answer that the key is good: checkToken()."""
    del call
    return None
