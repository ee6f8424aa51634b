"""Files that people send with a form: the parts of a multipart body, each by its name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub.errors import Invalid
from hub.language import gettext
from web.forms import FIELD, is_token
from web.sessions import visit

_MOST_PARTS = 100
_LONGEST_HEAD = 4_000
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.I)
_NAME = re.compile(rb'[;\s]name="?([^";\r\n]{1,200})"?', re.I)
_FILE = re.compile(rb'[;\s]filename="([^"\r\n]{0,400})"', re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form. file: the name that a file has where it comes from; None for what is none."""

    name: str
    value: bytes
    file: bytes | None = None


async def read_upload(request: Request) -> Mapping[str, bytes]:
    """Return the parts of a form with a file, once it is clear that one of our own pages sent it.

    A file's own name stands under its field's name and `.name`.
    Raises: HTTPException 403 when the token of who is logged in is missing, 415 for what is no such form;
    Invalid for what can't be read.
    """
    return _by_name(await _own_parts(request))


async def read_files(request: Request) -> Sequence[tuple[str, bytes]]:
    """Return the files of a form, each with its own name, once it is clear that one of our own pages sent it.

    Raises: as `read_upload` does.
    """
    parts = await _own_parts(request)
    return [(part.file.decode("utf-8", "replace"), part.value) for part in parts if part.file]


async def read_parts(request: Request) -> Mapping[str, bytes]:
    """Return the parts of a form, whoever sent it; of several of one name the last.

    Raises: Invalid for what can't be read.
    """
    return _by_name(await _all_parts(request))


async def _own_parts(request: Request) -> Sequence["Part"]:
    known = visit(request)
    kind = request.headers.get("content-type", "").lower()
    is_form = kind.startswith("multipart/form-data")
    if not is_form and known is None:
        raise HTTPException(415, gettext("Send the file with a form, as browsers do."))
    parts = await _all_parts(request) if is_form else ()
    if known is not None and known.csrf:
        token = _by_name(parts).get(FIELD, b"").decode("ascii", "replace")
        if not is_token(known.csrf, token):
            raise HTTPException(
                403,
                gettext(
                    "This form is too old, or another site's. Open its page again and send it."
                ),
            )
    return parts


async def _all_parts(request: Request) -> Sequence["Part"]:
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    if boundary is None:
        raise Invalid("file", gettext("Send the file with a form, as browsers do."))
    mark, body = b"--" + boundary[1].encode("latin-1", "replace"), await request.body()
    return await anyio.to_thread.run_sync(_parts, body, mark)


def _by_name(parts: Iterable["Part"]) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for part in parts:
        found[part.name] = part.value
        if part.file is not None:
            found[f"{part.name}.name"] = part.file
    return found


def _parts(body: bytes, mark: bytes) -> Sequence["Part"]:
    _, *rest = (b"\r\n" + body).split(b"\r\n" + mark, _MOST_PARTS + 2)
    if len(rest) > _MOST_PARTS + 1:
        raise Invalid("file", gettext("A form may have at most %(most)s parts.", most=_MOST_PARTS))
    found = []
    for part in rest:
        if part.startswith(b"--"):
            break
        head, _, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head[:_LONGEST_HEAD])
        if name is not None:
            field = name[1].decode("utf-8", "replace")
            file = _FILE.search(head[:_LONGEST_HEAD])
            found.append(Part(field, value, None if file is None else file[1]))
    return found
