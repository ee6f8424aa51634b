"""Passwords: what a good one is, and how it is kept and checked (argon2id).

A check takes the same time whether there is such a person or not, so that it tells no names. It is slow on
purpose and holds half a hundred milliseconds of a core: ask for it in a read, and let few in at a time
(hub/accounts/throttle.py).
"""

import unicodedata
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from hub.accounts.audit import record
from hub.accounts.people import (
    ACTIVE,
    Person,
    end_all,
    find_row,
    need,
    person_by_handle,
    person_of,
    require_row,
)
from hub.accounts.tables import PersonRow
from hub.clock import micros
from hub.errors import Invalid
from hub.language import gettext
from hub.people import Actor, person_ref

SHORTEST, LONGEST = 10, 1_000

_COMMON_TEXT = """
    password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123 mypassword
    mypassword1 newpassword newpassword1 changeme123 changemenow letmein123 letmein1234 welcome123
    welcome1234 iloveyou12 iloveyou123 qwertyuiop qwertyuiop1 qwertyuiop123 qwerty1234 qwerty12345
    qwerty123456 qwertzuiop azertyuiop asdfghjkl1 asdfghjkl123 zxcvbnm123 1q2w3e4r5t 1q2w3e4r5t6y
    1qaz2wsx3edc qazwsxedc1 qazwsxedcrfv zaq12wsxcde3 abcdefghij abcdefghijk abcdefghijkl abcd123456
    abc1234567 a123456789 aa12345678 1234567890 12345678910 0123456789 0987654321 9876543210
    1234512345 1231231234 123123123123 1122334455 1010101010 11223344556 123456789a 123456789q
    123qweasdzxc 123qweasd123 administrator administrator1 adminadmin admin12345 admin123456
    rootrootroot superuser1 supersecret secretsecret trustno1trustno1 baseballbaseball football123
    basketball basketball1 liverpool1 manchester manchester1 chelsea123 barcelona1 realmadrid
    princess123 sunshine123 sunshine12 michael123 jennifer12 jordan2323 superman123 batman12345
    dragon12345 monkey12345 shadow12345 master12345 computer123 internet123 minecraft1 pokemon123
    starwars123 whatever123 correcthorsebatterystaple madangmadang madang1234 madang12345
    dkssudgktpdy tkfkdgody1 rlaalstn12 qlalfqjsgh qlalfqjsgh1 dlwldms123
"""
"""The last ones are Korean words typed on Latin keys."""

_COMMON = frozenset(_COMMON_TEXT.split())


def set_password(
    session: Session, actor: Actor, slug: str, password: str, *, now: datetime, keep: str = ""
) -> None:
    """Give somebody a password. Their sessions end, and the codes that were made for them.

    keep: not used for anything but the record: from which address.

    Raises: NotFound, Refused, Invalid for a password that is easily guessed.
    """
    row = require_row(session, slug)
    need(actor, "secure", row)
    check_rules(password, row.slug, row.name, row.email)
    row.password = _hasher().hash(_typed(password))
    row.changed_at = micros(now)
    session.add(row)
    end_all(session, row)
    record(session, actor, "password", person_ref(row.slug), now=now, address=keep)


def check_password(session: Session, name: str, password: str, now: datetime) -> Person | None:
    """Return who has that name, or verified e-mail address, and password; None for every other case.

    It writes nothing: see `renew_hash`.
    """
    del now
    row = named(session, name)
    right = bool(row is not None and row.password)
    told = row.password if row is not None and row.password else _decoy()
    if len(password) > LONGEST:
        password, right = "", False
    try:
        _hasher().verify(told, _typed(password))
    except (VerificationError, InvalidHashError):
        return None
    if not right or row is None or row.state != ACTIVE:
        return None
    return person_of(row)


def renew_hash(session: Session, slug: str, password: str) -> None:
    """Keep a password that was just checked by today's parameters, when it is kept by older ones."""
    row = find_row(session, slug)
    if row is not None and row.password and _hasher().check_needs_rehash(row.password):
        row.password = _hasher().hash(_typed(password))
        session.add(row)


def has_password(session: Session, slug: str) -> bool:
    """Tell whether somebody can log in with a password."""
    row = find_row(session, slug)
    return row is not None and bool(row.password)


def check_rules(password: str, *known: str) -> None:
    """Make sure that a password is not easily guessed. `known`: name, address, and so on.

    Raises: Invalid.
    """
    typed = _typed(password)
    if not SHORTEST <= len(typed) <= LONGEST:
        raise Invalid(
            "password",
            gettext("A password has 10 to 1,000 characters. Four words in a row make a good one."),
        )
    folded = typed.casefold().strip()
    names = {
        part for text in known for part in (text.casefold(), text.partition("@")[0].casefold())
    }
    if folded in _COMMON or len(set(folded)) < 4 or _is_a_name(folded, names):
        raise Invalid(
            "password",
            gettext(
                "This password is among the first to be guessed. Four words in a row are better."
            ),
        )


def _is_a_name(folded: str, names: set[str]) -> bool:
    """Whether it is a name, or one with digits and marks around it."""
    bare = folded.strip("0123456789!?.-_#*@ ")
    return any(name and name in (folded, bare) for name in names)


def _typed(password: str) -> str:
    """Return a password as it is compared, however the keyboard composed it. Source: RFC 8265 4.2.1."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace").decode()


def named(session: Session, name: str) -> PersonRow | None:
    """Return the row of who has that name or verified e-mail address; None for nobody."""
    told = name.strip()[:256]
    if "\0" in told:
        return None
    if "@" not in told:
        return find_row(session, told)
    person = person_by_handle(session, "email", "", told.casefold())
    return find_row(session, person.slug) if person else None


@cache
def _hasher() -> PasswordHasher:
    """Return what hashes: more than the least OWASP asks for, not more than many at once can bear."""
    return PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


@cache
def _decoy() -> str:
    """Return the hash that is checked for who does not exist."""
    return _hasher().hash("nobody has this password")
