"""Passes: signed words that give somebody a right for some time, as a link that the bot tells them.

Who holds the link has the right, so it is told in private only. There is no list of passes; a new secret
(delete the setting `hub.pass_secret`) ends all of them.
"""

import secrets
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlmodel import Session

from hub.db import Database
from hub.people import Actor, Right
from hub.tables import SettingRow

DAYS = 30
"""How long a pass is good for."""

_SETTING = "hub.pass_secret"
_LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Passes:
    """Writes and reads passes."""

    secret: str

    def write(self, name: str, rights: frozenset[Right]) -> str:
        """Return a pass for somebody of that name; letters, digits, `-`, `_` and `.` only."""
        return self._paper().dumps([name, sorted(rights)])

    def read(self, text: str) -> Actor | None:
        """Return whom a pass makes its holder; None when it is none, or none any more."""
        if len(text) > _LONGEST:
            return None
        try:
            name, rights = self._paper().loads(text, max_age=DAYS * 86_400)
        except BadData:
            return None
        return Actor(name, rights=frozenset((verb, ref) for verb, ref in rights))

    def _paper(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="madang.pass")


def open_passes(db: Database) -> Passes:
    """Return the hub's passes; the first call makes its secret."""
    found = db.read(_secret)
    return Passes(found if found is not None else db.write(_make_secret))


def _secret(session: Session) -> str | None:
    row = session.get(SettingRow, _SETTING)
    return row.value if row else None


def _make_secret(session: Session) -> str:
    found = _secret(session)
    if found is None:
        found = secrets.token_urlsafe(32)
        session.add(SettingRow(name=_SETTING, value=found))
    return found
