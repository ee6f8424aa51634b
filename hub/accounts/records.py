"""Names in records: every column `actor` of every table, and whatever else says that it holds one.

A column of another name that holds actors' names says so by `info={"names": "actor"}`.
"""

import re
from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, or_, select

from hub.accounts.tables import AuditRow
from hub.irc import casefold
from hub.personal import Identity
from hub.tables import EventRow


def names_in_records(identity: Identity) -> frozenset[str]:
    """Return how records may have named somebody, folded as `folded` does it."""
    irc = (f"irc:{network}/{account}" for network, account in identity.accounts | identity.nicks)
    return frozenset(casefold(name) for name in (*identity.refs, *irc))


def rename_in_records(session: Session, names: Collection[str], tombstone: str) -> None:
    """Let a tombstone stand for an actor in all records, and events tell of the tombstone."""
    for column in _actor_columns():
        session.connection().execute(
            sa.update(column.table)
            .where(folded(column).in_(names))
            .values({column.name: tombstone})
        )
    refs = sa.update(EventRow).where(col(EventRow.ref).in_(names))
    session.connection().execute(refs.values(ref=tombstone))


def forget_in_audit(session: Session, refs: Collection[str], tombstone: str) -> None:
    """Keep the acts that were done to somebody, without name, words and address."""
    mentions = [col(AuditRow.detail).contains(ref, autoescape=True) for ref in refs]
    whole = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, refs))})(?![\w-]|\.\w)")
    query = select(AuditRow).where(
        or_(col(AuditRow.ref).in_(refs), AuditRow.actor == tombstone, *mentions)
    )
    for row in session.exec(query).all():
        if row.ref in refs:
            row.ref, row.detail, row.address = tombstone, "", ""
        if row.actor == tombstone:
            row.address = ""
        row.detail = whole.sub(tombstone, row.detail)
        session.add(row)
    session.flush()


def folded(column: "sa.ColumnElement[str]") -> "sa.ColumnElement[str]":
    """Return the SQL that folds a nick or account as IRC compares them (see hub.irc.casefold)."""
    told: sa.ColumnElement[str] = sa.func.lower(column)
    for upper, lower in (("[", "{"), ("]", "}"), ("\\", "|"), ("~", "^")):
        told = sa.func.replace(told, upper, lower)
    return told


def _actor_columns() -> "Iterator[sa.Column[str]]":
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if column.name == "actor" or column.info.get("names") == "actor":
                yield column
