"""Logging a program in: who may be sent a code and where, and what the code and its token are worth.

The token is one of the person's own (`hub/accounts/tokens.py`): it stands among them, and revoking it ends
the login. A code, and what renews a token, is good once; one that comes again was stolen, and ends the login.

Source: RFC 6749, RFC 7636 (S256), RFC 8252 7.3; StoryBoard 1.1.0 for shapes and lives.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from sqlmodel import Session, col, delete, select

from hub.accounts.digests import kept, new_secret
from hub.accounts.people import Person, key_of, require_row
from hub.accounts.tables import TokenRow
from hub.accounts.tokens import create_token, renew_token
from hub.accounts.visits import actor_of, find_owner
from hub.clock import micros
from tracker.storyboard.login_tables import ProgramLoginRow

CODE_LIFE = timedelta(minutes=5)
TOKEN_LIFE = timedelta(hours=1)
RENEWAL_LIFE = timedelta(days=7)
SCOPES = ("read", "write")
"""What a program may that was let in so: what an administrator does takes a token made for it."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONGEST = 2_000


class LoginError(Exception):
    """What is wrong with what a program sent: `error` as OAuth calls it, and a sentence."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(description or error)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program asks of somebody. challenge: of PKCE, empty without."""

    client: str
    redirect: str
    state: str = ""
    challenge: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """What a program is given."""

    user_id: int
    access: str
    renews: str


def is_allowed(redirect: str, allowed: Sequence[str]) -> bool:
    """Tell whether a code may be sent there: an address that is listed, or one below it.

    An address of this machine is good with any port: a program takes one that is free.
    """
    if len(redirect) > _LONGEST or not redirect.isprintable() or "\\" in redirect:
        return False
    try:
        return any(_is_below(urlsplit(redirect), urlsplit(each)) for each in allowed)
    except ValueError:
        return False


def _is_below(given: SplitResult, known: SplitResult) -> bool:
    if given.scheme != known.scheme or given.hostname != known.hostname or not given.hostname:
        return False
    if given.username is not None or given.password is not None or given.fragment:
        return False
    if given.port != known.port and given.hostname not in _LOOPBACK:
        return False
    parts = given.path.split("/")
    root = known.path.rstrip("/")
    is_within = (given.path or "/").rstrip("/") == root or given.path.startswith(f"{root}/")
    return is_within and not {"..", "."} & set(parts) and "%" not in given.path


def read_wish(asked: Mapping[str, str], allowed: Sequence[str]) -> Wish:
    """Return what a program asks for once it is known where its answer may go.

    Raises: LoginError for an address that nothing may be sent to.
    """
    redirect = asked.get("redirect_uri", "")
    if not redirect:
        raise LoginError("invalid_request", "You did not provide a redirect_uri.")
    if not is_allowed(redirect, allowed):
        raise LoginError(
            "invalid_request",
            "This redirect_uri is not in the list of this hub. Its operator can add it:"
            " [storyboard] redirects in madang.toml.",
        )
    return Wish(
        asked.get("client_id", ""), redirect, asked.get("state", "")[:_LONGEST],
        asked.get("code_challenge", "")[:128],
    )  # fmt: skip


def check_wish(asked: Mapping[str, str], wish: Wish) -> None:
    """Make sure that the rest of what is asked can be given. Raises: LoginError."""
    kind = asked.get("response_type")
    if not kind:
        raise LoginError("unsupported_response_type", "You did not provide a response_type.")
    if kind != "code":
        raise LoginError("unsupported_response_type", "response_type must be 'code'")
    if not wish.client:
        raise LoginError("invalid_client", "You did not provide a client_id.")
    if wish.client != urlsplit(wish.redirect).hostname:
        raise LoginError("unauthorized_client", "You did not provide a valid client_id.")
    if not asked.get("scope"):
        raise LoginError("invalid_scope", "You did not provide a scope.")
    if asked.get("scope") != "user":
        raise LoginError("invalid_scope", "scope must be 'user'")
    if wish.challenge and asked.get("code_challenge_method") != "S256":
        raise LoginError("invalid_request", "code_challenge_method must be 'S256'")


def give_code(session: Session, person: Person, wish: Wish, *, now: datetime) -> str:
    """Let a program in and return the code that it gets a token for."""
    _sweep(session, now)
    owner, code = require_row(session, person.slug), new_secret()
    row = ProgramLoginRow(
        person_id=key_of(owner),
        client=wish.client,
        redirect=wish.redirect,
        challenge=wish.challenge,
        code=kept(code),
        expires_at=micros(now + CODE_LIFE),
    )
    session.add(row)
    session.flush()
    return code


def use_code(session: Session, given: Mapping[str, str], *, now: datetime) -> Issued | None:
    """Give a token for a code; None when it is good for nothing. A login whose code comes again ends."""
    found = select(ProgramLoginRow).where(ProgramLoginRow.code == kept(given.get("code", "")))
    row = session.exec(found.with_for_update()).first()
    if row is None:
        return None
    person = find_owner(session, row.person_id)
    is_good = row.token_id is None and micros(now) < row.expires_at and _is_same(row, given)
    if person is None or not is_good:
        _end(session, row)
        return None
    actor, name = actor_of(session, person), f"{row.client} (StoryBoard)"
    info, access = create_token(session, actor, person.slug, name, SCOPES, now + TOKEN_LIFE, now)
    row.token_id = info.id
    return _renewable(session, row, access, now)


def renew(session: Session, secret: str, *, now: datetime) -> Issued | None:
    """Give a new token for what renews one; None when that is good for nothing, as after it was used."""
    digest = kept(secret)
    is_it = (col(ProgramLoginRow.renews) == digest) | (col(ProgramLoginRow.spent) == digest)
    row = session.exec(select(ProgramLoginRow).where(is_it).with_for_update()).first()
    if row is None or row.token_id is None:
        return None
    is_good = row.renews == digest and micros(now) < row.expires_at
    if not is_good or find_owner(session, row.person_id) is None:
        _end(session, row)
        return None
    row.spent = digest
    access = renew_token(session, row.token_id, now + TOKEN_LIFE)
    return _renewable(session, row, access, now)


def _renewable(session: Session, row: ProgramLoginRow, access: str, now: datetime) -> Issued:
    renews = new_secret()
    row.renews, row.expires_at = kept(renews), micros(now + RENEWAL_LIFE)
    session.add(row)
    session.flush()
    return Issued(row.person_id, access, renews)


def _is_same(row: ProgramLoginRow, given: Mapping[str, str]) -> bool:
    """Tell whether who brings a code is who it was made for, as far as that is told."""
    if given.get("redirect_uri", row.redirect) != row.redirect:
        return False
    if given.get("client_id", row.client) != row.client:
        return False
    if not row.challenge:
        return True
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(made, row.challenge.encode())


def _end(session: Session, row: ProgramLoginRow) -> None:
    token = session.get(TokenRow, row.token_id) if row.token_id is not None else None
    session.delete(row)
    session.flush()
    if token is not None:
        session.delete(token)
        session.flush()


def _sweep(session: Session, now: datetime) -> None:
    """Forget the logins that are over, and their tokens."""
    is_over = col(ProgramLoginRow.expires_at) <= micros(now)
    tokens = select(ProgramLoginRow.token_id).where(is_over)
    ended = [token for token in session.exec(tokens) if token is not None]
    session.connection().execute(delete(ProgramLoginRow).where(is_over))
    session.connection().execute(delete(TokenRow).where(col(TokenRow.id).in_(ended)))
