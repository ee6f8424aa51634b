"""Groups: sets of pads that are opened by a session, not by their address."""

from sqlmodel import col, delete, select, update

from hub.clock import micros
from pad.etherpad.arguments import Wrong
from pad.etherpad.call import API, Answer, Call, new_id, one_line
from pad.etherpad.tables import ApiPadRow, GroupRow
from pad.etherpad.whole import make_pad
from pad.moving import delete_pad
from pad.pads import find_pad
from pad.tables import PadRow


def create_group(call: Call) -> Answer:
    """Make a group: createGroup()."""
    return {"groupID": _made(call, None)}


def create_group_if_not_exists_for(call: Call) -> Answer:
    """Return the group that another program knows by a name: createGroupIfNotExistsFor(groupMapper)."""
    mapper = call.given.text("groupMapper")
    row = call.session.exec(select(GroupRow).where(GroupRow.mapper == mapper)).first()
    return {"groupID": row.id if row else _made(call, mapper)}


def _made(call: Call, mapper: str | None) -> str:
    id_ = new_id("g")
    call.session.add(GroupRow(id=id_, mapper=mapper, created_at=micros(call.now)))
    call.session.flush()
    return id_


def delete_group(call: Call) -> Answer:
    """Delete a group with its pads and sessions; its pads can be brought back: deleteGroup(groupID)."""
    group = wanted(call)
    for name in _names(call, group):
        found = find_pad(call.session, name)
        if found is not None:
            delete_pad(call.session, API, found, now=call.now)
    mine = update(ApiPadRow).where(col(ApiPadRow.group_id) == group).values(group_id=None)
    call.session.connection().execute(mine)
    call.session.connection().execute(delete(GroupRow).where(col(GroupRow.id) == group))
    call.session.expire_all()
    return None


def list_pads(call: Call) -> Answer:
    """Return the pads of a group: listPads(groupID)."""
    return {"padIDs": _names(call, wanted(call))}


def list_all_groups(call: Call) -> Answer:
    """Return all groups: listAllGroups()."""
    return {"groupIDs": list(call.session.exec(select(GroupRow.id).order_by(GroupRow.id)))}


def create_group_pad(call: Call) -> Answer:
    """Make a pad of a group: createGroupPad(groupID, padName, text, authorId)."""
    group = wanted(call)
    name = one_line(call.given.text("padName"))
    made = make_pad(call, f"{group}${name}", "padName", group=group)
    return {"padID": made.name}


def wanted(call: Call) -> str:
    """Return the id of the group that a call names.

    Raises: Wrong.
    """
    group = call.given.text("groupID")
    if call.session.get(GroupRow, group) is None:
        raise Wrong("groupID does not exist")
    return group


def _names(call: Call, group: str) -> list[str]:
    query = (
        select(PadRow.name)
        .join(ApiPadRow, col(ApiPadRow.pad_id) == col(PadRow.id))
        .where(ApiPadRow.group_id == group, col(PadRow.deleted_at).is_(None))
        .order_by(col(PadRow.id))
    )
    return list(call.session.exec(query))
