"""What pads are to people: what is exported of them, how their names leave, what goes on in pads now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text
from sqlmodel import Session, col, select, update

from hub.clock import from_micros
from hub.language import gettext
from hub.many import among, many
from hub.now import Item, Panel, Spot
from hub.people import Actor, Right, person_ref
from hub.personal import Erasure, Identity, Personal
from pad.etherpad.people import authors_ids, forget_author
from pad.names import GROUP, ROOT, address, ref
from pad.pads import Listed, list_pads
from pad.tables import LISTED, AuthorRow, PadRow
from pad.talk import said_by

if TYPE_CHECKING:
    from hub.app import App

_SHOWN = 6
_OWNED = select(PadRow.name).where(
    among(col(PadRow.owner), many("refs", Text)), col(PadRow.access).not_in((*LISTED, GROUP))
)
"""The pads of some names that not all may read: asked for with every request of somebody who is known."""


def what_goes_on(app: "App", session: Session, actor: Actor, now: datetime) -> Sequence[Panel]:
    """Return the pads that were written in last, for the hub's first page."""
    del app, now
    items = _items(list_pads(session, actor, limit=_SHOWN))
    return [Panel("pads", gettext("Pads"), items, Spot.SIDE, ROOT, gettext("All pads"))]


def personal_panels(
    app: "App", session: Session, actor: Actor, identity: Identity, now: datetime
) -> Sequence[Panel]:
    """Return the pads that somebody wrote in."""
    del app, now
    items = _items(list_pads(session, actor, writers=identity.refs, limit=_SHOWN))
    return [Panel("pads", gettext("Pads that they wrote in"), items, Spot.MAIN)]


def _items(listed: Sequence[Listed]) -> Sequence[Item]:
    return [Item(pad.title or pad.name, address(pad.name), pad.changed_at) for pad in listed]


def rights_on_pads(session: Session, identity: Identity) -> Iterable[Right]:
    """Return what owners may do with the pads that not all may read: search asks for no more than that."""
    names = session.exec(_OWNED, params={"refs": identity.refs})
    return [("maintain", ref(name)) for name in names]


def export_pads(session: Session, identity: Identity) -> Mapping[str, Any]:
    """Return in which pads somebody wrote, under which name, and which they began."""
    wrote = session.exec(
        select(PadRow.name, AuthorRow.name)
        .join(AuthorRow, col(AuthorRow.pad_id) == col(PadRow.id))
        .where(col(AuthorRow.key).in_(identity.refs))
        .order_by(col(PadRow.id))
    )
    began = session.exec(
        select(PadRow.name, PadRow.created_at)
        .where(col(PadRow.created_by).in_(identity.refs))
        .order_by(col(PadRow.id))
    )
    said = said_by(session, identity.refs)
    return {
        "said": [{"pad": ref(pad), "at": one.at, "text": one.text} for pad, one in said],
        "wrote": [{"pad": ref(pad), "name": name} for pad, name in wrote],
        "began": [{"pad": ref(pad), "at": from_micros(at)} for pad, at in began],
        "authors": list(authors_ids(session, identity.refs)),
    }


def erase_from_pads(session: Session, erasure: Erasure, position: int) -> int | None:
    """Put the tombstone where somebody's name stands beside what they wrote; the text itself stays."""
    del position  # a few statements do it all
    refs = erasure.identity.refs
    session.connection().execute(
        update(AuthorRow)
        .where(col(AuthorRow.key).in_(refs))
        .values(key=person_ref(erasure.tombstone), name=erasure.tombstone)
    )
    session.connection().execute(
        update(PadRow)
        .where(col(PadRow.created_by).in_(refs))
        .values(created_by=person_ref(erasure.tombstone))
    )
    for column in (col(PadRow.owner), col(PadRow.frozen_by)):
        gone = update(PadRow).where(column.in_(refs))
        session.connection().execute(gone.values({column: person_ref(erasure.tombstone)}))
    forget_author(session, refs)
    return None


PERSONAL = Personal(
    rights=rights_on_pads, panels=personal_panels, export=export_pads, erase=erase_from_pads
)
