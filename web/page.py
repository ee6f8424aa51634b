"""Pages: templates, what every page shows, and answers that a browser may keep."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from jinja2 import BaseLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.app import App
from hub.language import ENGLISH, LANGUAGES, file_of, language, translations
from hub.module import NavItem
from hub.people import GUEST
from web.forms import csrf_field
from web.kinds import kind_label
from web.markdown import to_text
from web.sessions import visit
from web.static_files import StaticFiles
from web.theme import theme_of
from web.visitor import has_passes, visitor
from web.words import long_day, month, month_day, utc, weekday_utc, weekdays, words_block

VARY = "Cookie, Accept-Language"
"""What a page depends on besides its address."""

SEARCH = "/search"
"""Where a module that searches has its page; the words are in `q`."""

REVALIDATE = "no-cache"
"""Kept, but asked for again each time: what is not changed costs only a 304."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What pages are made with; one for each application, at `request.app.state.pages`."""

    environment: Environment
    static: StaticFiles
    version: str
    hub_name: str
    contact: str
    base_url: str
    nav: Sequence[NavItem]

    @property
    def search(self) -> str:
        """Where search is served, empty when no module serves it."""
        return SEARCH if any(item.url == SEARCH for item in self.nav) else ""


def make_pages(app: App, static: StaticFiles) -> Pages:
    """Gather the templates of the shell and of every module (`<package>/templates`)."""
    loaders: dict[str, BaseLoader] = {"web": PackageLoader("web")}
    for module in app.modules:
        try:
            loaders[module.name] = PackageLoader(module.name)
        except (ValueError, ModuleNotFoundError):  # the module has no templates of its own
            continue
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True
    )
    environment.filters |= _FILTERS
    environment.globals |= {
        "files_at": next((module.files_at for module in app.modules if module.files_at), ""),
        "kind_label": kind_label,
        "static": static.url,
        "weekdays": weekdays,
        "words_block": words_block,
    }
    return Pages(
        environment,
        static,
        _version(environment, static, app),
        app.config.hub.name,
        app.config.hub.contact,
        app.config.hub.base_url,
        [item for module in app.modules for item in module.nav],
    )


_FILTERS: Mapping[str, Callable[[Any], str]] = {
    "number": lambda value: f"{value:,}",
    "utc": utc,
    "weekday_utc": weekday_utc,
    "month": month,
    "month_day": month_day,
    "long_day": long_day,
    "in_words": to_text,
}
"""What templates say numbers, times and Markdown with."""


def pages_of(request: Request) -> Pages:
    """Return what the application's pages are made with."""
    pages = request.app.state.pages
    assert isinstance(pages, Pages)
    return pages


def render(request: Request, template: str, **context: Any) -> str:
    """Return a page's HTML; `context` goes to the template."""
    pages, known = pages_of(request), visit(request)
    return pages.environment.get_template(template).render(
        hub=pages.hub_name,
        contact=pages.contact,
        nav=pages.nav,
        search=pages.search,
        sought=request.query_params.get("q", "") if request.url.path == SEARCH else "",
        path=request.url.path,
        here=_raw_path(request) + _query(request),
        absolute=pages.base_url + _raw_path(request),
        theme=theme_of(request),
        language=language.get(),
        languages=LANGUAGES,
        visitor=visitor(request),
        me=known.person if known else None,
        unread=known.unread if known else 0,
        holds_passes=has_passes(request),
        csrf=partial(csrf_field, request),
        **context,
    )


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page."""
    html = render(request, template, **context)
    return HTMLResponse(html, status, headers={"Cache-Control": keeping(request), "Vary": VARY})


def base_url(request: Request) -> str:
    """Return the hub's public address without a slash at the end."""
    return pages_of(request).base_url or str(request.base_url).rstrip("/")


def etag(request: Request, *parts: object) -> str:
    """Return the tag of a page of `parts`, for this reader, in their language and theme, by this version.

    It is a weak tag: the same page may be sent compressed or not.
    """
    reader = (pages_of(request).version, language.get(), theme_of(request), *_who(request))
    told = "\0".join(map(repr, (*reader, *parts)))
    return f'W/"{hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=12).hexdigest()}"'


def keeping(request: Request) -> str:
    """Return how a page may be kept: what is shown to somebody known, by their own browser only."""
    return REVALIDATE if visitor(request) == GUEST else f"private, {REVALIDATE}"


def _who(request: Request) -> Sequence[object]:
    who, known = visitor(request), visit(request)
    if known is None:
        return (who.name, sorted(who.rights)) if who.rights else ()
    return (
        known.csrf,
        known.person.name,
        known.unread,
        who.role,
        sorted(who.rights),
        sorted(who.groups),
    )


def not_modified(request: Request, tag: str, headers: dict[str, str]) -> Response | None:
    """Answer 304 when the reader has that very page already, otherwise None.

    `headers` (the tag and how to keep the page) are filled in for whichever answer follows.
    Source: RFC 9110 13.1.2 (weak comparison).
    """
    headers["ETag"] = tag
    if visitor(request) == GUEST:
        headers.setdefault("Cache-Control", REVALIDATE)
    else:
        headers["Cache-Control"] = keeping(request)
    headers.setdefault("Vary", VARY)
    asked = request.headers.get("if-none-match", "")
    strong = tag.removeprefix("W/")
    known = [part.strip().removeprefix("W/") for part in asked.split(",")]
    return Response(status_code=304, headers=headers) if strong in known or asked == "*" else None


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("ascii", "replace")


def _query(request: Request) -> str:
    raw: bytes = request.scope["query_string"]
    return f"?{raw.decode('ascii', 'replace')}" if raw else ""


def _version(environment: Environment, static: StaticFiles, app: App) -> str:
    """Digest everything that shapes all pages, so that an upgrade ends what browsers keep."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(static.version.encode())
    digest.update(repr((app.config.hub, [module.nav for module in app.modules])).encode())
    for code in sorted({*LANGUAGES} - {ENGLISH}):
        digest.update(file_of(code).read_bytes())
    for name in sorted(environment.list_templates(extensions=["html"])):
        loader = environment.loader
        assert loader is not None
        digest.update(loader.get_source(environment, name)[0].encode())
        environment.get_template(name)  # compiled now rather than under the first reader's eyes
    return digest.hexdigest()


def _gettext(text: str) -> str:
    return translations(language.get()).gettext(text)


def _ngettext(one: str, many: str, number: int) -> str:
    return translations(language.get()).ngettext(one, many, number)
