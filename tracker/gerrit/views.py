"""The addresses to which Gerrit and Zuul send what happens. Whoever sends knows the secret."""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.language import gettext
from tracker.gerrit.announcing import announcing
from tracker.gerrit.reviews import take_events
from tracker.gerrit.stream import read_json
from tracker.gerrit.zuul import take_results

_SIGNED = "X-Hub-Signature-256"

Take = Callable[[Session, Sequence[Mapping[str, Any]]], int]


def hook_routes(app: App) -> Sequence[Route]:
    """Return the routes for what other systems tell."""

    async def gerrit(request: Request) -> Response:
        def take(session: Session, told: Sequence[Mapping[str, Any]]) -> int:
            return take_events(session, told, announcing(app.config), now=app.clock())

        return await _taken(app, request, app.config.hooks.gerrit_secret_env, take)

    async def zuul(request: Request) -> Response:
        def take(session: Session, told: Sequence[Mapping[str, Any]]) -> int:
            return take_results(session, told, now=app.clock())

        return await _taken(app, request, app.config.hooks.zuul_secret_env, take)

    return [
        Route("/hooks/gerrit", gerrit, methods=["POST"]),
        Route("/hooks/zuul", zuul, methods=["POST"]),
    ]


async def _taken(app: App, request: Request, variable: str, take: Take) -> Response:
    """Take a delivery in and tell how much of it was new; it is on disk when that is answered."""
    body = await request.body()
    if not knows_secret(request.headers, body, os.environ.get(variable, "") if variable else ""):
        raise HTTPException(403, gettext("This address is for who knows its secret."))
    told = read_json(body)
    new = await app.write(lambda session: take(session, told))
    return JSONResponse({"taken": new}, headers={"Cache-Control": "no-store"})


def knows_secret(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Tell whether who sends knows the secret: as a bearer token, or by the body's HMAC-SHA256.

    Without a secret nobody does. Headers are bytes that were read as Latin-1.
    """
    if not secret:
        return False
    scheme, _, given = headers.get("authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode("latin-1"), secret.encode()
    )
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    signed = headers.get(_SIGNED.lower(), "").encode("latin-1")
    return is_bearer or hmac.compare_digest(signed, f"sha256={digest}".encode())
