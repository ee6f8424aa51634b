"""Files that people send with a form: the parts of a multipart body, each by its name."""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP

from starlette.requests import Request

from hub.errors import Invalid
from hub.language import gettext

_MOST_PARTS = 100


async def read_upload(request: Request) -> Mapping[str, bytes]:
    """Return the parts of a form with files; a file's name stands under its field's name and `.name`.

    Raises: Invalid for what can't be read.
    """
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n"
    body = await request.body()
    if len(body.split(b"Content-Disposition", _MOST_PARTS + 1)) > _MOST_PARTS + 1:
        raise Invalid("file", gettext("A form may have at most %(most)s parts.", most=_MOST_PARTS))
    message = BytesParser(policy=HTTP).parsebytes(head.encode("latin-1", "replace") + body)
    if not message.is_multipart():
        raise Invalid("file", gettext("Send the file with a form, as browsers do."))
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            found[name] = value
            found[f"{name}.name"] = (part.get_filename() or "").encode("utf-8", "replace")
    return found
