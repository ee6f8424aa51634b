"""One browser's attempt to log in elsewhere: what must come back to us, and to that browser only.

It is kept in a signed cookie while the person is at the provider. The cookie binds the answer to the browser
that asked: a link with somebody else's answer (login CSRF) does not fit it.
"""

import hashlib
import hmac
import secrets
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

LIFE = timedelta(minutes=10)
"""How long somebody may take at the provider, and to say yes to a binding."""

_PLAIN, _SECURE = "oidc", "__Host-oidc"
_LONGEST = 3500


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was asked. `binds`: the slug of who was logged in already, empty for a login.

    state, nonce, verifier: as OpenID Connect and PKCE name them. until: seconds since 1970.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    way: str
    invite: str
    binds: str
    until: int

    def is_answered_by(self, state: str) -> bool:
        """Tell whether an answer with that state is the answer to this attempt."""
        return hmac.compare_digest(self.state.encode(), state.encode())


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person who is logged in has logged in elsewhere too; they still have to say yes to it."""

    slug: str
    provider: str
    subject: str
    way: str
    until: int


def new_attempt(provider: str, way: str, invite: str, binds: str, now: datetime) -> Attempt:
    """Return a new attempt with secrets of its own."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Attempt(provider, state, nonce, verifier, way, invite, binds, _until(now))


def new_proof(slug: str, provider: str, subject: str, way: str, now: datetime) -> Proof:
    """Return the proof of a login elsewhere."""
    return Proof(slug, provider, subject, way, _until(now))


def write_proof(key: str, proof: Proof) -> str:
    """Return the proof as signed words for a form."""
    return str(_paper(key, "proof").dumps(astuple(proof)))


def read_proof(key: str, text: str, now: datetime) -> Proof | None:
    """Return a proof that we wrote; None when it is none, or too old."""
    found = _load(key, "proof", text)
    proof = Proof(*found) if found else None
    return proof if proof is not None and proof.until > now.timestamp() else None


def keep_attempt(request: Request, answer: Response, key: str, attempt: Attempt) -> None:
    """Have the browser keep an attempt while the person is away."""
    answer.set_cookie(
        _name(request), _paper(key, "attempt").dumps(astuple(attempt)), path="/", httponly=True,
        max_age=int(LIFE.total_seconds()), samesite="lax", secure=_is_tls(request),
    )  # fmt: skip


def read_attempt(request: Request, key: str, now: datetime) -> Attempt | None:
    """Return the browser's attempt; None when it made none, or is too late."""
    found = _load(key, "attempt", request.cookies.get(_name(request), ""))
    attempt = Attempt(*found) if found else None
    return attempt if attempt is not None and attempt.until > now.timestamp() else None


def drop_attempt(request: Request, answer: Response) -> None:
    """Have the browser forget its attempt: whatever came of it, it is over."""
    answer.delete_cookie(_name(request), path="/", secure=_is_tls(request), httponly=True)


def _load(key: str, kind: str, text: str) -> list[Any] | None:
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = _paper(key, kind).loads(text)
    except BadData:
        return None
    return found if isinstance(found, list) else None


def _paper(key: str, kind: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        key, salt=f"madang.oidc.{kind}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _until(now: datetime) -> int:
    return int((now + LIFE).timestamp())


def _name(request: Request) -> str:
    return _SECURE if _is_tls(request) else _PLAIN


def _is_tls(request: Request) -> bool:
    return request.url.scheme == "https"
