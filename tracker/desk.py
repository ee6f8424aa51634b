"""What all pages of the tracker are made at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.app import App
from hub.people import Actor
from hub.refs import RefKind, signs_for
from tracker.page_words import (
    happened,
    importance_word,
    kind_word,
    review_word,
    stage_word,
    state_word,
)
from tracker.query import Query, parse_query
from tracker.states import Importance, Stage
from web.markdown import to_html
from web.page import etag, not_modified, render
from web.visitor import visitor


@dataclass(frozen=True, slots=True)
class Mention:
    """Something elsewhere in the hub that speaks of a story."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Desk:
    """One hub's stories, as their pages see them."""

    app: App
    kinds: Sequence[RefKind]

    def actor(self, request: Request) -> Actor:
        """Return who asks."""
        return visitor(request)

    def html(self, request: Request, template: str, **context: object) -> str:
        """Return a page's HTML."""
        return render(request, f"tracker/{template}", **WORDS, **context)

    def answer(
        self, request: Request, template: str, *told: object, status: int = 200, **context: object
    ) -> Response:
        """Answer with a page, or with 304 when the reader has one of the same `told` already."""
        headers: dict[str, str] = {}
        if status == 200:
            same = not_modified(request, etag(request, *told, context), headers)
            if same is not None:
                return same
        return HTMLResponse(self.html(request, template, **context), status, headers=headers)

    def prose(self, session: Session, actor: Actor) -> Callable[[str], str]:
        """Return what makes HTML of what people wrote; what it mentions becomes links."""
        signs = signs_for(self.kinds, session, actor)
        return lambda text: to_html(text, signs)

    def place_of(self, session: Session, actor: Actor, ref: str) -> Mention | None:
        """Return the page of what a story came out of, when its reader may know of it."""
        kind = next((k for k in self.kinds if k.kind == ref.partition(":")[0]), None)
        if kind is None or not kind.sees(session, actor, ref):
            return None
        label = kind.label(session, ref)
        return None if label is None else Mention(label, kind.url(ref))


def stories_url(query: Query | str, after: object = None) -> str:
    """Return the address of a list of stories."""
    told = {"q": str(query)} if str(query) else {}
    if after is not None:
        told["after"] = str(after)
    return f"/stories?{urlencode(told, quote_via=quote, safe=':')}" if told else "/stories"


def search_for(key: str, value: str) -> str:
    """Return the address of the stories of one term."""
    return stories_url(parse_query("").with_term(key, value))


def export_url(query: Query, form: str) -> str:
    """Return the address of what a query finds in another form: `atom`, `csv` or `json`."""
    return f"/stories.{form}?{urlencode({'q': str(query)})}"


def change_url(query: Query | str) -> str:
    """Return the address where many of what a query finds are changed at once."""
    return f"/stories/change?{urlencode({'q': str(query)})}"


def project_url(name: str) -> str:
    """Return the address of a project's page."""
    return f"/project/{quote(name)}"


def settings_url(name: str) -> str:
    """Return the address of a project's settings."""
    return f"/project-settings/{quote(name)}"


def group_url(name: str) -> str:
    """Return the address of a project group's page."""
    return f"/project-group/{quote(name)}"


def see_other(address: str) -> Response:
    """Lead on after a change."""
    return RedirectResponse(address, 303)


WORDS: Mapping[str, object] = {
    "state_word": state_word,
    "stage_word": stage_word,
    "importance_word": importance_word,
    "kind_word": kind_word,
    "review_word": review_word,
    "happened": happened,
    "stories_url": stories_url,
    "export_url": export_url,
    "change_url": change_url,
    "search_for": search_for,
    "project_url": project_url,
    "group_url": group_url,
    "settings_url": settings_url,
    "STAGES": tuple(Stage),
    "IMPORTANCES": tuple(Importance),
}
"""What the tracker's templates call."""
