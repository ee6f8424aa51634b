"""Reads an answer as a browser or a feed reader would: where it leads, its anchors, and what would run."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

_LEADING = frozenset(
    {"href", "src", "action", "formaction", "poster", "data", "cite", "background"}
)
_RUNNING = re.compile(r"[\s\x00-\x20]*(?:javascript|vbscript|data)[\s\x00-\x20]*:", re.IGNORECASE)
_FOREIGN = frozenset(
    {"iframe", "frame", "object", "embed", "applet", "base", "math", "marquee", "style", "template"}
)
"""Elements that no page of ours has: one of them came with what somebody wrote."""

_FIXED = frozenset({"hidden", "checkbox", "radio"})
_CSS = re.compile(r"""url\(\s*["']?([^"')]+)""")
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
_XML = re.compile(r"""\bhref=["']([^"']*)["']""")
_PLAIN = re.compile(r"\bhttps?://[^\s<>\"]+")


@dataclass
class Form:
    """A form that changes something. fields: as the page sends them, with the names of those to type into."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Markup:
    """What stands in an answer.

    asking: where forms that ask lead when something is typed into them. scripted: whatever would run, or
    could not have come from our templates.
    """

    links: list[str] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    scripted: list[str] = field(default_factory=list)


def read_markup(kind: str, text: str) -> Markup:
    """Read an answer of a media type."""
    if kind == "text/html":
        return _Page(text).found
    if kind == "application/json":
        return Markup(list(_addresses(json.loads(text))))
    if kind == "text/css":
        return Markup([found for found in _CSS.findall(text) if not found.startswith("data:")])
    if kind in ("text/javascript", "application/javascript"):
        return Markup(_IMPORT.findall(text))
    if "xml" in kind:
        return Markup([unescape(found) for found in _XML.findall(text)])
    if kind == "text/calendar":
        return Markup(_PLAIN.findall(text.replace("\r\n ", "")))
    return Markup()


def _addresses(told: Any) -> Iterator[str]:
    """Yield the addresses in JSON: what stands under a name that says so."""
    if isinstance(told, Mapping):
        for name, value in told.items():
            if isinstance(value, str) and ("url" in name or name == "href"):
                yield value
            yield from _addresses(value)
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for value in told:
            yield from _addresses(value)


class _Page(HTMLParser):
    """Gathers what a page holds. Forms that ask (GET) become the addresses that they would lead to."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Markup()
        self._form: Form | None = None
        self._asks = False
        self._is_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._check(tag, given)
        self._is_script = tag == "script" and given.get("type") != "application/json"
        self.found.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        if tag == "form":
            self._asks = given.get("method", "get").lower() == "get"
            self._form = Form(given.get("action", ""))
        elif tag in ("input", "select", "textarea", "button", "option"):
            self._take(tag, given)
        else:
            leading = (value for name, value in given.items() if name in ("href", "src"))
            self.found.links += [*leading, *_told(given)]

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False
        if tag != "form" or self._form is None:
            return
        form, self._form = self._form, None
        if self._asks:
            given = {name: value or _typed(name) for name, value in form.fields.items()}
            self.found.asking.append(f"{form.action}?{urlencode(given)}")
        else:
            self.found.forms.append(form)

    def _take(self, tag: str, given: Mapping[str, str]) -> None:
        """Note a field of the form that is open, or a button."""
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        form = self._form
        if form is None or not (name or tag == "option"):
            return
        if tag == "option":
            last = next(reversed(form.fields), "")
            form.fields[last] = form.fields.get(last) or value
        elif tag == "button" or kind in ("submit", "image"):
            form.buttons.append((name, value))
        else:
            form.fields[name] = value
            if tag == "textarea" or (tag == "input" and kind not in _FIXED):
                form.typed.add(name)

    def handle_data(self, data: str) -> None:
        if self._is_script and data.strip():
            self.found.scripted.append(f"a script: {data[:60]}")

    def _check(self, tag: str, given: Mapping[str, str]) -> None:
        wrong = [name for name in given if name.startswith("on") or name in ("style", "srcdoc")]
        wrong += [name for name in _LEADING & given.keys() if _RUNNING.match(given[name])]
        refreshes = tag == "meta" and given.get("http-equiv", "").lower() == "refresh"
        if wrong or tag in _FOREIGN or refreshes:
            self.found.scripted.append(f"<{tag} {' '.join(wrong)}>")


def _typed(name: str) -> str:
    """Return what somebody might type into a field."""
    return "2021-05-12T20:00" if name == "at" else "ann"


def _told(given: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses that scripts ask for: they stand in data attributes."""
    for name, value in given.items():
        if name == "data-live" or (name.startswith("data-") and re.match(r"/[^/]", value)):
            yield value
