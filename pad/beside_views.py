"""What stands beside a pad's text in its editor: who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.app import App
from pad.authorship import authorship
from pad.found import find_existing
from pad.names import ROOT


def routes(app: App) -> Sequence[Route]:
    """Return the routes."""
    views = BesideViews(app)
    return [Route(ROOT + "{name}/authors", views.authors)]


@dataclass(frozen=True, slots=True)
class BesideViews:
    """The endpoints of one hub."""

    app: App

    async def authors(self, request: Request) -> Response:
        """Send who wrote in a pad, and which letters are theirs, as JSON.

        Raises: NotFound when there is no such pad.
        """
        found = await find_existing(self.app, request)
        told = await self.app.read(partial(authorship, pad_id=found.id))
        return Response(
            told.as_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
        )
