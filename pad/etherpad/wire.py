"""Etherpad's API on the wire: `/api/VERSION/FUNCTION`, its envelope and codes.

Parameters come in the query, or in the body as a form or JSON; the body wins. The key is `apikey` among them
(or `api_key`), or the whole of the header Authorization.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import HubError, Unavailable
from hub.language import ENGLISH, speaking
from pad.etherpad.arguments import Arguments
from pad.etherpad.call import Answer, Call
from pad.etherpad.functions import CURRENT, FUNCTIONS, VERSIONS, Function
from pad.etherpad.key import is_key
from pad.rooms import Rooms
from web.uploads import read_parts

_log = logging.getLogger(__name__)

OK, WRONG, BROKEN, NO_FUNCTION, NO_KEY = range(5)
"""The envelope's codes."""

_STATUS = {OK: 200, WRONG: 200, BROKEN: 500, NO_FUNCTION: 404, NO_KEY: 401}
_NOT_KEPT = {"Cache-Control": "no-store"}
_MOST_FIELDS = 1_000
_KEYS = ("apikey", "api_key")


def routes(app: App, rooms: Rooms) -> Sequence[Route]:
    """Return the API's routes."""
    wire = Wire(app, rooms)
    return [
        Route("/api", wire.version),
        Route("/api/", wire.version),
        Route("/api/{version}/{function}", wire.call, methods=["GET", "POST"]),
    ]


@dataclass(frozen=True, slots=True)
class Wire:
    """The endpoint of one hub."""

    app: App
    rooms: Rooms

    async def version(self, _request: Request) -> Response:
        """Tell which version is spoken."""
        return JSONResponse({"currentVersion": CURRENT}, headers=_NOT_KEPT)

    async def call(self, request: Request) -> Response:
        """Answer one call.

        Raises: HTTPException for what is not meant for this API.
        """
        version = request.path_params["version"]
        if not version[:1].isdigit():
            raise HTTPException(404)
        given = await _given(request)
        if given is None:
            return _told(WRONG, "the body can't be read: send a form or a JSON object")
        function = FUNCTIONS.get(request.path_params["function"])
        key = _key(request, given)
        try:
            if not await self.app.read(partial(self._is_key, key=key)):
                return _told(NO_KEY, "no or wrong API Key")
            if version not in VERSIONS:
                return _told(NO_FUNCTION, "no such api version")
            if function is None or not function.is_in(version):
                return _told(NO_FUNCTION, "no such function")
            return _told(OK, "ok", await self._run(function, given))
        except Unavailable as error:
            _log.error("a call of Etherpad's API failed: %s", error)
            return _told(BROKEN, "internal error")
        except HubError as error:
            return _told(WRONG, str(error))

    def _is_key(self, session: Session, key: str) -> bool:
        return is_key(session, self.app.config.pads.etherpad_apikey_file, key)

    async def _run(self, function: Function, given: Mapping[str, str]) -> Answer:
        now, pads = self.app.clock(), self.app.config.pads

        def run(session: Session) -> Answer:
            call = Call(
                session, Arguments(given), now, pads.access, pads.longest, self.rooms.authors_at
            )
            with speaking(ENGLISH):
                return function.run(call)

        return await (self.app.read(run) if function.only_reads else self.app.write(run))


async def _given(request: Request) -> dict[str, str] | None:
    """Return a call's parameters, None for a body that can't be read."""
    found = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return found | {
                name: _plain(value) for name, value in (await read_parts(request)).items()
            }
        body = await request.body()
        if kind == "application/json" and body.strip():
            return found | _of_json(json.loads(body))
        text = body.decode("ascii", "replace")
        return found | dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (ValueError, RecursionError, HubError):
        return None


def _of_json(told: Any) -> dict[str, str]:
    if not isinstance(told, dict):
        raise ValueError("no object")
    return {str(name): _text(value) for name, value in told.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return _plain(value if isinstance(value, str) else json.dumps(value))


def _plain(value: str | bytes) -> str:
    told = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return told.encode("utf-8", "replace").decode()


def _key(request: Request, given: Mapping[str, str]) -> str:
    for name in _KEYS:
        if name in given:
            return given[name]
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def _told(code: int, message: str, data: Answer = None) -> Response:
    told = {"code": code, "message": message, "data": data}
    return JSONResponse(told, _STATUS[code], headers=_NOT_KEPT)
