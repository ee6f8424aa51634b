"""What people send with a form; those who are logged in send a token with it that only our pages know."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.errors import Invalid
from hub.irc import plain
from hub.language import gettext
from web.sessions import visit

FIELD = "csrf"
_MOST_FIELDS = 20_000
_URLENCODED = "application/x-www-form-urlencoded"


class Form(Mapping[str, str]):
    """A form's fields. Of several of one name the last counts; `all` has each of them."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._last = dict(pairs)

    def __getitem__(self, name: str) -> str:
        return self._last[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def all(self, name: str) -> Sequence[str]:
        """Return all that was sent under a name."""
        return [value for known, value in self._pairs if known == name]

    def line(self, name: str) -> str:
        """Return a field as one line without control characters, empty when it was not sent."""
        return one_line(self._last.get(name, ""))


async def read_form(request: Request) -> Form:
    """Return what was sent, once it is clear that one of our own pages sent it.

    Raises: HTTPException 403 when the token of who is logged in is missing, 415 for what is no form of
    plain fields; Invalid for a form that is too large.
    """
    kind = request.headers.get("content-type", _URLENCODED).partition(";")[0].strip().lower()
    if kind != _URLENCODED:
        raise HTTPException(
            415, gettext("Send the form as %(kind)s, as browsers do.", kind=_URLENCODED)
        )
    body = (await request.body()).decode("ascii", "replace")
    try:
        pairs = parse_qsl(
            body, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Invalid(
            "form", gettext("A form may have at most %(most)s fields.", most=_MOST_FIELDS)
        ) from None
    form = Form(pairs)
    known = visit(request)
    if known is not None and known.csrf and not is_token(known.csrf, form.get(FIELD, "")):
        raise HTTPException(
            403,
            gettext("This form is too old, or another site's. Open its page again and send it."),
        )
    return form


def one_line(text: str) -> str:
    """Return what somebody wrote as one line without control characters."""
    return " ".join(plain(" ".join(text.split())).split())


def csrf_field(request: Request) -> Markup:
    """Return the hidden field that forms carry; nothing for guests, who have nothing to lose."""
    known = visit(request)
    if known is None or not known.csrf:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token(known.csrf))


def token(key: str) -> str:
    """Return a token of a session. Each is another, so that compression tells nothing of it (BREACH)."""
    mask = secrets.token_bytes(32)
    return base64.urlsafe_b64encode(mask + _masked(key, mask)).decode()


def is_token(key: str, given: str) -> bool:
    """Tell whether that is a token of the session."""
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except ValueError:
        return False
    return len(raw) == 64 and hmac.compare_digest(raw[32:], _masked(key, raw[:32]))


def _masked(key: str, mask: bytes) -> bytes:
    digest = hashlib.sha256(f"csrf:{key}".encode()).digest()
    return bytes(a ^ b for a, b in zip(digest, mask, strict=True))
