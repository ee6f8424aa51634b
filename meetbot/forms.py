"""What people send with a form."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from hub.errors import Invalid
from hub.irc import plain
from hub.language import gettext

_MOST_FIELDS = 20_000


async def read_form(request: Request) -> Mapping[str, str]:
    """Return a form's fields; of several of one name the last. Raises: Invalid for one that is too large."""
    body = (await request.body()).decode("ascii", "replace")
    try:
        pairs = parse_qsl(
            body, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Invalid(
            "form", gettext("A form may have at most %(most)s fields.", most=_MOST_FIELDS)
        ) from None
    return dict(pairs)


def one_line(text: str) -> str:
    """Return what somebody wrote as one line without control characters."""
    return " ".join(plain(" ".join(text.split())).split())
