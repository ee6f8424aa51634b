"""Walks a whole site by its links as one visitor, and remembers every answer.

The walk is bounded: of addresses that differ in names, numbers and dates only, a few are asked for.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

import httpx2 as httpx

from tests.attacks.markup import Markup, read_markup

_PATIENCE_S = 20
_STREAM_S = 0.2
"""How long to wait for the next word: of a page long, of a live stream, once it is open, hardly."""

_NAMED = re.compile(r"^/(people|p|project|story|stories|board|worklist|meetings/people)/[^/]+$")


@dataclass(frozen=True)
class Answer:
    """What somebody got at an address.

    source: the address that led there, empty where nothing did. is_asking: something was typed into its form.
    """

    address: str
    status: int
    headers: tuple[tuple[str, str], ...]
    text: str
    markup: Markup = field(compare=False, repr=False)
    source: str = ""
    is_asking: bool = False

    def header(self, name: str) -> str:
        """Return a header, empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def kind(self) -> str:
        """The media type."""
        return self.header("content-type").partition(";")[0]

    @cached_property
    def told(self) -> str:
        """All of it: the headers and the body, as they are and unquoted."""
        whole = "\n".join((*(f"{name}: {value}" for name, value in self.headers), self.text))
        return f"{whole}\n{unquote(whole)}".casefold()


@dataclass
class Crawler:
    """One visitor.

    aliases: the origins that are the site, too, as its public address is. most: so many addresses of one
    shape are asked for, and half as many of one with a query.
    """

    client: httpx.Client
    base: str
    aliases: Sequence[str] = ()
    most: int = 6
    answers: dict[str, Answer] = field(default_factory=dict)
    fragments: list[tuple[str, str]] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    _seen: Counter[tuple[object, ...]] = field(default_factory=Counter)

    def walk(self, *roots: str) -> None:
        """Ask for the roots, and go wherever the answers lead within the site."""
        waiting = deque((root, "", False) for root in roots)
        queued = {*roots}
        while waiting:
            address, source, is_asking = waiting.popleft()
            answer = replace(self.ask(address), source=source, is_asking=is_asking)
            self.answers[address] = answer
            for link, is_asking in self._ways(answer):
                if link not in queued and self._is_wanted(link):
                    queued.add(link)
                    waiting.append((link, address, is_asking))

    def ask(self, address: str) -> Answer:
        """Ask for an address and remember the answer."""
        self.answers[address] = self.look(address)
        return self.answers[address]

    def look(self, address: str, method: str = "GET", **sent: Any) -> Answer:
        """Ask for an address without remembering. Of a stream only the beginning is read."""
        url, patience = self.base + address, _PATIENCE_S
        with self.client.stream(method, url, timeout=patience, **sent) as response:
            text = _read(response)
        headers = tuple((name.lower(), value) for name, value in response.headers.items())
        kind = response.headers.get("content-type", "").partition(";")[0]
        markup = read_markup(kind, text) if text else Markup()
        return Answer(address, response.status_code, headers, text, markup)

    def lands(self, address: str) -> Answer | None:
        """Return what is shown at an address in the end, None where the walk did not go."""
        answer = self.answers.get(address)
        for _ in range(5):
            if answer is None or not answer.header("location"):
                return answer
            way = self._own(answer.address, answer.header("location"))
            answer = self.answers.get(way or "")
        return None

    def _ways(self, answer: Answer) -> Iterator[tuple[str, bool]]:
        """Yield where an answer leads within the site, and whether something has to be typed for it."""
        led = answer.header("location")
        if led and self._own(answer.address, led) is None:
            self.strays.append(f"{answer.address} -> {led}")
        for link in filter(None, (led, *answer.markup.links)):
            address, fragment = urldefrag(self._own(answer.address, link) or "")
            if fragment:
                self.fragments.append((answer.address, f"{address}#{fragment}"))
            if address:
                yield address, False
        for link in answer.markup.asking:
            asked = self._own(answer.address, link)
            if asked:
                yield asked, True

    def _own(self, at: str, link: str) -> str | None:
        """Return a link's address within the site, None when it leads elsewhere."""
        try:
            full = urljoin(self.base + at, link.strip())
            parts = urlsplit(full)
        except ValueError:
            return None
        if f"{parts.scheme}://{parts.netloc}" not in (self.base, *self.aliases):
            return None
        path = parts.path or "/"
        query = f"?{parts.query}" if parts.query else ""
        return f"{path}{query}" + (f"#{parts.fragment}" if parts.fragment else "")

    def _is_wanted(self, address: str) -> bool:
        shape = shape_of(address)
        self._seen[shape] += 1
        return self._seen[shape] <= (self.most // 2 if "?" in address else self.most)


def shape_of(address: str) -> tuple[object, ...]:
    """Return what addresses have in common that differ in names, numbers and dates only."""
    path, _, query = address.partition("?")
    if path.startswith("/static/"):
        return (path,)
    keys = tuple(sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)}))
    named = _NAMED.match(path)
    if named:
        return (named[1], keys)
    first, *_, last = path.split("/")[1:] if path.count("/") > 1 else (path[1:], path[1:])
    tail = re.split(r"\d(?=\D*$)", last)[-1] if re.search(r"\d", last) else last[last.find(".") :]
    return (first, path.count("/"), tail, keys)


def _read(response: httpx.Response) -> str:
    """Return what an answer says; of a stream what it says at once."""
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        response.read()
        return response.text
    told = b""
    response.request.extensions["timeout"]["read"] = _STREAM_S
    try:
        for chunk in response.iter_bytes():
            told += chunk
    except httpx.ReadTimeout:
        pass
    return told.decode()
