"""How often may be tried what guesses or costs: by address (or network), and by the name."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.accounts.throttle import Throttle
from hub.language import gettext
from web.live import network_of


@dataclass(frozen=True, slots=True)
class Throttles:
    """One process's throttles. A password is tried ten times at once by one address or for one name, and
    then every half a minute; a code, or a new account, twenty times, and then every ten seconds; one's data,
    which takes a walk through the whole archive, three times, and then every ten minutes. Mails are asked for
    five times, and then every two minutes.
    """

    passwords: Throttle = field(default_factory=lambda: Throttle(10, 30.0))
    codes: Throttle = field(default_factory=lambda: Throttle(20, 10.0))
    exports: Throttle = field(default_factory=lambda: Throttle(3, 600.0))
    letters: Throttle = field(default_factory=lambda: Throttle(5, 120.0))


def try_password(request: Request, name: str, now: datetime) -> None:
    """Count a try of a password. Raises: HTTPException 429 when there were too many."""
    throttle = _throttles(request).passwords
    for key in (f"address {network_of(address_of(request))}", f"name {name.strip().lower()[:64]}"):
        _count(throttle, key, now)


def forget_tries(request: Request, name: str) -> None:
    """Forget the tries for a name whose password was right."""
    _throttles(request).passwords.forget(f"name {name.strip().lower()[:64]}")


def try_code(request: Request, now: datetime) -> None:
    """Count a try of a code or of joining. Raises: HTTPException 429 when there were too many."""
    _count(_throttles(request).codes, network_of(address_of(request)), now)


def try_letter(request: Request, now: datetime) -> None:
    """Count a wish for a mail by its address. Raises: HTTPException 429 when there were too many."""
    _count(_throttles(request).letters, f"address {network_of(address_of(request))}", now)


def try_own_letter(request: Request, slug: str, now: datetime) -> None:
    """Count a mail to an address that somebody gave as theirs. Raises: HTTPException 429 after too many."""
    _count(_throttles(request).letters, f"name {slug}", now)


def try_export(request: Request, slug: str, now: datetime) -> None:
    """Count a walk through all that is kept of somebody. Raises: HTTPException 429 after too many."""
    _count(_throttles(request).exports, slug, now)


def address_of(request: Request) -> str:
    """Return from which address a request comes; trusted proxies have told it already."""
    return request.client.host if request.client else ""


def _count(throttle: Throttle, key: str, now: datetime) -> None:
    wait_s = throttle.allow(key, now)
    if wait_s is not None:
        raise HTTPException(
            429,
            gettext(
                "Too many tries. Wait %(seconds)s seconds and try again.", seconds=math.ceil(wait_s)
            ),
            {"Retry-After": str(math.ceil(wait_s))},
        )


def _throttles(request: Request) -> Throttles:
    found = request.app.state.throttles
    assert isinstance(found, Throttles)
    return found
