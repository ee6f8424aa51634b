"""Secrets that are told once: how they are made, and what is kept of them."""

import hashlib
import secrets

LONGEST = 200
"""No secret of the hub is longer; what is longer need not be looked up."""


def new_secret(prefix: str = "") -> str:
    """Return 32 random bytes as letters, digits, `-` and `_`."""
    return prefix + secrets.token_urlsafe(32)


def kept(secret: str) -> str:
    """Return what is kept of a secret. It has too much chance in it to need salt or a slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
