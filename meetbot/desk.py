"""What all pages of meetings are made at: the hub, the past of its channels, the live pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request

from hub.agenda import AgendaPads
from hub.app import App
from hub.filing import FileWish
from hub.people import Actor, may
from hub.reading import ChannelPast
from hub.refs import RefKind
from meetbot.channel_rules import is_unlisted
from meetbot.colours import nick_class
from meetbot.live_minutes import LiveMinutes
from meetbot.page_words import (
    change_word,
    kind_word,
    label_word,
    outcome_words,
    reason_words,
    result_words,
)
from meetbot.places import person_url
from meetbot.queries import Brief
from meetbot.render_html import linked
from meetbot.timetable import Timetable
from meetbot.wording import clock, moment
from web.page import pages_of, render
from web.visitor import visitor


@dataclass(frozen=True, slots=True)
class Desk:
    """One hub's meetings, as their pages see them."""

    app: App
    past: ChannelPast
    live: LiveMinutes
    kinds: Mapping[str, RefKind]
    timetable: Timetable
    file: FileWish | None = None
    pads: AgendaPads | None = None

    def place_of(self, ref: str) -> str:
        """Return the address of what a ref names, empty when nobody can tell."""
        kind = self.kinds.get(ref.partition(":")[0])
        if not ref or kind is None:
            return ""
        try:
            return kind.url(ref)
        except ValueError:
            return ""

    def is_unlisted(self, meeting: Brief) -> bool:
        """Tell whether search engines are asked to leave a meeting out, as they are its channel."""
        return is_unlisted(self.app.config, meeting.network, meeting.channel)

    def actor(self, request: Request) -> Actor:
        """Return who asks."""
        return visitor(request)

    def html(self, request: Request, template: str, **context: object) -> str:
        """Return a page's HTML."""
        may_file = self.file is not None and may(self.actor(request), "write", "stories:all")
        return render(
            request,
            f"meetbot/{template}",
            place_of=self.place_of,
            may_file=may_file,
            **WORDS,
            **context,
        )

    def fragment(self, request: Request, template: str) -> Callable[..., str]:
        """Return what renders a part of a page that is the same for all readers."""
        found = pages_of(request).environment.get_template(f"meetbot/{template}")
        return lambda **context: found.render(**WORDS, **context)


def said(text: str) -> Markup:
    """Return what somebody said as HTML, its addresses as links."""
    return Markup(linked(text))  # noqa: S704 - linked escapes


WORDS: Mapping[str, Callable[..., object]] = {
    "said": said,
    "nick_class": nick_class,
    "person_url": person_url,
    "kind_word": kind_word,
    "label_word": label_word,
    "change_word": change_word,
    "result_words": result_words,
    "reason_words": reason_words,
    "outcome_words": outcome_words,
    "clock": clock,
    "instant": moment,
}
"""What templates of meetings call."""
