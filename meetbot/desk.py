"""What all pages of meetings are made at: the hub, the past of its channels, the live pages."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request

from hub.app import App
from hub.irc import casefold, plain
from hub.people import Actor
from hub.reading import ChannelPast
from hub.refs import RefKind
from meetbot.live_minutes import LiveMinutes
from meetbot.places import person_url
from meetbot.render_html import linked
from meetbot.wording import clock, ended, label, moment, result
from web.page import pages_of, render
from web.visitor import visitor

_NICK_COLOURS = 24


@dataclass(frozen=True, slots=True)
class Desk:
    """One hub's meetings, as their pages see them."""

    app: App
    past: ChannelPast
    live: LiveMinutes
    kinds: Mapping[str, RefKind]

    def place_of(self, ref: str) -> str:
        """Return the address of what a ref names, empty when nobody can tell."""
        kind = self.kinds.get(ref.partition(":")[0])
        if not ref or kind is None:
            return ""
        try:
            return kind.url(ref)
        except ValueError:
            return ""

    def actor(self, request: Request) -> Actor:
        """Return who asks."""
        return visitor(request)

    def html(self, request: Request, template: str, **context: object) -> str:
        """Return a page's HTML."""
        return render(request, f"meetbot/{template}", place_of=self.place_of, **WORDS, **context)

    def fragment(self, request: Request, template: str) -> Callable[..., str]:
        """Return what renders a part of a page that is the same for all readers."""
        found = pages_of(request).environment.get_template(f"meetbot/{template}")
        return lambda **context: found.render(**WORDS, **context)


def said(text: str) -> Markup:
    """Return what somebody said as HTML, its addresses as links."""
    return Markup(linked(text))  # noqa: S704 - linked escapes


def nick_class(nick: str) -> str:
    """Return the colour class of a nick: the one that it has in the archive (see colours.css)."""
    folded = casefold(nick).encode("utf-8", "replace")
    return f"n{zlib.crc32(folded) % _NICK_COLOURS}"


WORDS: Mapping[str, Callable[..., object]] = {
    "said": said,
    "nick_class": nick_class,
    "person_url": person_url,
    "label": label,
    "clock": clock,
    "instant": moment,
    "plain": plain,
    "result": result,
    "ended": ended,
}
"""What templates of meetings call."""
