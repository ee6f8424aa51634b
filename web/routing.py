"""Finds a route by the first part of a path: a page costs the same however many routes there are."""

from collections.abc import Iterable, Mapping, Sequence

from starlette.routing import BaseRoute, Match, Mount, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

_PATHED = (Route, WebSocketRoute, Mount)


class Routes(BaseRoute):
    """Many routes as one: only those are asked whose path begins as the request's does, in their order."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.routes = list(routes)
        firsts = [(route, _first_part(route)) for route in self.routes]
        self._others = [route for route, first in firsts if first is None]
        self._by_part: Mapping[str, Sequence[BaseRoute]] = {
            part: [route for route, first in firsts if first in (part, None)]
            for part in {first for _, first in firsts if first is not None}
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return how well the best of them matches; `route` is then that one."""
        partly: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._by_part.get(_part(scope.get("path", "")), self._others):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, "route": route}
            if match is Match.PARTIAL and partly[0] is Match.NONE:
                partly = match, {**found, "route": route}
        return partly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the route that was found."""
        await scope["route"].handle(scope, receive, send)


def _first_part(route: BaseRoute) -> str | None:
    """Return the first part of a route's path; None when it is no fixed one."""
    if isinstance(route, Mount) and not route.path:
        return None
    part = _part(route.path) if isinstance(route, _PATHED) else "{"
    return None if "{" in part else part


def _part(path: str) -> str:
    return path.lstrip("/").partition("/")[0]
