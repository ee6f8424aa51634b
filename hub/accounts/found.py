"""What search knows of people: those who have a name on IRC, as anybody may know of them (see `knows`).

A person's name may change, or go for good. So an index knows them by `account:7`, which tells nothing and
outlives every name.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from hub.accounts.handles import ON_IRC, handles_of
from hub.accounts.people import ACTIVE, ROOT, account_ref
from hub.accounts.tables import PersonRow
from hub.clock import from_micros
from hub.documents import Document, Documents

_STEP = 200


def document(session: Session, ref: str) -> Document | None:
    """Return what may be known of an account now; None for who has none on IRC or is gone."""
    kind, _, number = ref.partition(":")
    if kind != "account" or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    row = session.get(PersonRow, int(number))
    return _document(session, row) if row is not None else None


def all_documents(session: Session) -> Iterator[Document]:
    """Yield everybody who can be found."""
    after = 0
    while True:
        query = select(PersonRow).where(col(PersonRow.id) > after, PersonRow.state == ACTIVE)
        rows = session.exec(query.order_by(col(PersonRow.id)).limit(_STEP)).all()
        for row in rows:
            found = _document(session, row)
            if found is not None:
                yield found
            after = row.id or 0
        if not rows:
            return
        session.expunge_all()


DOCUMENTS = Documents(document, all_documents)


def _document(session: Session, row: PersonRow) -> Document | None:
    names = [handle.shown for handle in handles_of(session, row.slug, *ON_IRC)]
    if row.state != ACTIVE or not names:
        return None
    return Document(
        account_ref(row),
        "person",
        row.name,
        " ".join(dict.fromkeys((row.slug, *names))),
        from_micros(row.changed_at),
        "",
        "",
        url=f"{ROOT}{row.slug}",
    )
