"""The lineage of the hub's data: another one after each restore.

What is derived from the data and kept outside of the database (the search index) notes the lineage that it
was made from, and is made again when it is another one: cursors that it holds would mean nothing.
"""

import secrets

from sqlmodel import Session

from hub.tables import SettingRow

_NAME = "hub.lineage"


def lineage(session: Session) -> str:
    """Return the lineage, empty before there is one."""
    row = session.get(SettingRow, _NAME)
    return row.value if row else ""


def begin_lineage(session: Session, *, anew: bool = False) -> str:
    """Return the lineage; make one when there is none, or when the data is `anew` another."""
    row = session.get(SettingRow, _NAME) or SettingRow(name=_NAME, value="")
    if anew or not row.value:
        row.value = secrets.token_hex(8)
        session.add(row)
        session.flush()
    return row.value
