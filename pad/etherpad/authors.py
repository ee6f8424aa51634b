"""Authors as programs know them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hub.clock import micros
from pad import log
from pad.etherpad.arguments import Wrong
from pad.etherpad.call import NOBODY, WRITERS, Answer, Call, new_id, one_line
from pad.etherpad.tables import ApiAuthorRow
from pad.log import Author
from pad.tables import AuthorRow, PadRow


def create_author(call: Call) -> Answer:
    """Make an author: createAuthor(name)."""
    return {"authorID": _made(call, None).id}


def create_author_if_not_exists_for(call: Call) -> Answer:
    """Return whom another program knows by a name: createAuthorIfNotExistsFor(authorMapper, name)."""
    mapper = call.given.text("authorMapper")
    row = call.session.exec(select(ApiAuthorRow).where(ApiAuthorRow.mapper == mapper)).first()
    name = one_line(call.given.maybe("name"))
    if row is None:
        row = _made(call, mapper)
    elif name and name != row.name:
        row.name = name
        call.session.add(row)
    return {"authorID": row.id}


def _made(call: Call, mapper: str | None) -> ApiAuthorRow:
    id_ = new_id("a")
    row = ApiAuthorRow(
        id=id_, key=WRITERS + id_, mapper=mapper, name=one_line(call.given.maybe("name")),
        created_at=micros(call.now),
    )  # fmt: skip
    call.session.add(row)
    call.session.flush()
    return row


def list_pads_of_author(call: Call) -> Answer:
    """Return in which pads an author wrote: listPadsOfAuthor(authorID)."""
    row = known(call, "authorID")
    names = call.session.exec(
        select(PadRow.name)
        .join(AuthorRow, col(AuthorRow.pad_id) == col(PadRow.id))
        .where(AuthorRow.key == row.key, col(PadRow.deleted_at).is_(None))
        .order_by(col(PadRow.id))
    )
    return {"padIDs": list(names)}


def get_author_name(call: Call) -> Answer:
    """Return an author's name, null for one that nobody knows: getAuthorName(authorID)."""
    row = call.session.get(ApiAuthorRow, call.given.text("authorID"))
    if row is None:
        return None
    if row.name:
        return row.name
    return call.session.exec(
        select(AuthorRow.name)
        .where(AuthorRow.key == row.key)
        .order_by(col(AuthorRow.pad_id).desc())
        .limit(1)
    ).first()


def list_authors_of_pad(call: Call) -> Answer:
    """Return who wrote in a pad: listAuthorsOfPad(padID)."""
    authors = log.authors_of(call.session, call.pad().id)
    return {"authorIDs": [id_for(call, a.key) for a in authors.values() if a.key != NOBODY.key]}


def pad_users(call: Call) -> Answer:
    """Return who is at a pad now: padUsers(padID)."""
    people = call.people(call.pad().id)
    time = micros(call.now) // 1000
    return {
        "padUsers": [
            {"colorId": a.colour, "name": a.name, "timestamp": time, "id": id_for(call, a.key)}
            for a in people
        ]
    }


def pad_users_count(call: Call) -> Answer:
    """Return how many are at a pad now: padUsersCount(padID)."""
    return {"padUsersCount": len(call.people(call.pad().id))}


def known(call: Call, name: str) -> ApiAuthorRow:
    """Return the author that a parameter names.

    Raises: Wrong.
    """
    row = call.session.get(ApiAuthorRow, call.given.text(name))
    if row is None:
        raise Wrong(f"{name} does not exist")
    return row


def writer(call: Call) -> Author:
    """Return as whom a call writes: the author that it names, else the API itself.

    Raises: Wrong for an author whom nobody knows.
    """
    if not call.given.maybe("authorId"):
        return NOBODY
    row = known(call, "authorId")
    return Author(row.key, row.name, 0)


def id_for(call: Call, key: str) -> str:
    """Return the id of whoever writes under a key; they get one when they are asked for first."""
    return _ids_for(call.session, [key], micros(call.now))[0]


def _ids_for(session: Session, keys: Sequence[str], at: int) -> Sequence[str]:
    rows = session.exec(select(ApiAuthorRow).where(col(ApiAuthorRow.key).in_(keys)))
    found = {row.key: row.id for row in rows}
    for key in keys:
        if key not in found:
            found[key] = key.removeprefix(WRITERS) if key.startswith(WRITERS) else new_id("a")
            session.add(ApiAuthorRow(id=found[key], key=key, created_at=at))
    session.flush()
    return [found[key] for key in keys]
