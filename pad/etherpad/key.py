"""The key of Etherpad's API: who has it may all that the API can. Without one the API is off."""

import hmac
import secrets
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, delete, select

from hub.clock import micros
from hub.errors import Unavailable
from hub.people import Actor
from pad.etherpad.call import digest
from pad.etherpad.tables import KeyRow

_LONGEST = 1_000


def make_key(session: Session, actor: Actor, *, now: datetime) -> str:
    """Make a new key and return it, once; one that was made before is good no more."""
    drop_key(session)
    key = secrets.token_hex(32)
    session.add(KeyRow(digest=digest(key), created_at=micros(now), created_by=actor.name))
    session.flush()
    return key


def drop_key(session: Session) -> None:
    """Let the key that was made be good no more."""
    session.connection().execute(delete(KeyRow))
    session.expire_all()


def is_key(session: Session, file: str, given: str) -> bool:
    """Tell whether that is the key: the one that was made, or the one in the file (Etherpad's APIKEY.txt).

    Raises: Unavailable when the file can't be read.
    """
    told = digest(given)
    good = False
    for known in session.exec(select(KeyRow.digest)):
        good |= hmac.compare_digest(known, told)
    kept = _in_file(file)
    if kept:
        good |= hmac.compare_digest(digest(kept), told)
    return good and bool(given)


def _in_file(file: str) -> str:
    if not file:
        return ""
    try:
        with Path(file).open(encoding="utf-8") as opened:
            return opened.read(_LONGEST).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(
            f"The key of Etherpad's API can't be read from {file}: {error}."
            " Check [pads] etherpad_apikey_file."
        ) from error
