"""Builds the web application out of what the modules bring."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from hub.app import App
from hub.errors import HubError
from web.access import Access
from web.accounts.oidc import make_providers
from web.accounts.routes import account_routes
from web.accounts.throttles import Throttles
from web.compression import Compression
from web.errors import Catch, answer_http_error, answer_hub_error
from web.headers import SafeHeaders
from web.home import home_routes
from web.identity import RequestIds
from web.languages import Languages, choose_language
from web.live import Streams
from web.ops import KINDS, ops_routes
from web.origin import OwnPages
from web.page import make_pages
from web.passing import leave, take_pass
from web.routing import Routes
from web.sessions import Sessions
from web.size import BodyLimit
from web.static_files import load_static
from web.theme import choose_theme

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def make_app(
    app: App,
    *,
    kinds: Mapping[str, tuple[str, str]] = KINDS,
    lifespan: Lifespan | None = None,
) -> Starlette:
    """Return the ASGI application that serves all modules' pages.

    `kinds` describes the figures at `/metrics`; `lifespan` is entered while it serves (the pulse must be
    running then, see hub/pulse.py). Before the server is told to stop, `app.state.streams.close()` ends
    the live pages, which would keep it waiting.
    """
    static = load_static()
    routes: list[BaseRoute] = [
        *ops_routes(app, kinds),
        Route("/static/{version}/{name:path}", static.answer),
        Route("/theme", choose_theme, methods=["POST"]),
        Route("/language", choose_language, methods=["POST"]),
        Route("/pass/{text}", take_pass, methods=["GET", "POST"]),
        Route("/leave", leave, methods=["POST"]),
        *account_routes(),
        *home_routes(app),
    ]
    for module in app.modules:
        routes += module.routes(app) if module.routes else []
    shell = Starlette(
        routes=[Routes(routes)],
        middleware=_middleware(app),
        exception_handlers={HTTPException: answer_http_error, HubError: answer_hub_error},
        lifespan=lifespan,
    )
    shell.router.redirect_slashes = False  # each page has one address, its module's views know it
    shell.state.app = app
    shell.state.pages = make_pages(app, static)
    shell.state.throttles = Throttles()
    shell.state.providers = make_providers(app.config.auth.oidc)
    shell.state.streams = Streams(app.config.limits, app.metrics)
    return shell


def _middleware(app: App) -> Sequence[Middleware]:
    """Return the layers around the router, the outermost first."""
    return [
        Middleware(RequestIds),
        Middleware(Access, metrics=app.metrics),
        Middleware(SafeHeaders, tls=app.config.hub.base_url.startswith("https:")),
        # Level 4 costs a third of level 9's time and gives away a few per cent of size.
        Middleware(Compression, minimum_size=1000, compresslevel=4),
        Middleware(Languages),
        Middleware(Sessions, hub=app),
        Middleware(Catch),
        Middleware(OwnPages),
        Middleware(BodyLimit),
    ]
