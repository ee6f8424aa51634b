"""The archive's pages: where each address leads. The pages themselves stand in the `*_view` files.

What an address names is read from its raw, still quoted path: Starlette's own parameters would unquote
first, and `%2F` in a channel's name would become a border.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from archive.addresses import ROOT, Addresses, Place
from archive.channel_views import show_channel, show_channels
from archive.day_views import latest, show_day, show_text
from archive.desk import Desk
from archive.feed_view import show_feed
from archive.live import Live
from archive.live_view import show_live
from archive.shelves import configured
from archive.since_view import show_since
from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from hub.people import GUEST, may

_LONGEST = 4096
"""An address that leads elsewhere may have so many characters; a channel's name has 200 at most."""

View = Callable[[Desk, Request, Place], Awaitable[Response]]

_VIEWS: Mapping[str, View] = {
    "list": show_channels,
    "channel": show_channel,
    "day": show_day,
    "text": show_text,
    "latest": latest,
    "feed": show_feed,
    "live": show_live,
    "since": show_since,
}


def routes(app: App) -> Sequence[Route]:
    """Return the archive's routes: everything below /irclogs/, and robots.txt."""
    addresses = Addresses(app.main_network)
    views = Views(Desk(app, addresses, Live(app, addresses)))
    return [
        Route("/robots.txt", views.robots),
        Route("/irclogs", views.anything),
        Route("/irclogs/{rest:path}", views.anything),
    ]


@dataclass(frozen=True, slots=True)
class Views:
    """The endpoints of one hub."""

    desk: Desk

    async def anything(self, request: Request) -> Response:
        """Answer whatever stands below /irclogs/, or show the way to where it stands.

        Raises: NotFound when it names nothing.
        """
        raw = request.scope["raw_path"].decode("ascii", "replace")
        place = self.desk.addresses.parse(raw if raw.startswith(ROOT) else ROOT)
        if place is None:
            raise NotFound(
                gettext("There is nothing at this address. Start from the list of channels.")
            )
        canonical = self.desk.address(place)
        if raw != canonical:
            query = f"?{request.url.query}" if request.url.query else ""
            if len(raw) + len(query) > _LONGEST:
                raise NotFound(
                    gettext("Nothing has so long an address. Start from the list of channels.")
                )
            return RedirectResponse(canonical + query, 301)
        if not may(GUEST, "read", f"channel:{place.network}/{place.slug}"):
            raise NotFound(
                gettext("There is nothing at this address. Start from the list of channels.")
            )
        answer = await _VIEWS[place.page](self.desk, request, place)
        wanted = configured(self.desk.app.config, place.network, place.slug)
        if wanted is not None and wanted.noindex:
            answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    async def robots(self, _request: Request) -> Response:
        """Tell crawlers what to leave out; of a channel that is not logged not even the name.

        Source: RFC 9309.
        """
        config, addresses = self.desk.app.config, self.desk.addresses
        hidden = [
            addresses.channel(network.name, channel.name)
            for network in config.network
            for channel in network.channel
            if channel.noindex and channel.log
        ]
        lines = [
            "User-agent: *",
            "Disallow: /live",
            "Disallow: /irclogs/*/live",
            "Disallow: /irclogs/*/since",
        ]
        lines += [f"Disallow: {address}" for address in hidden]
        return PlainTextResponse("\n".join(lines) + "\n")
