"""The program in a language of tests: every text of the catalogues stands between marks, all else does not.

A copy of the program has its Korean catalogue written anew, with each English text in brackets that nobody
types. What a page then says without them was never translated.
"""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog

from tests import catalogue

CODE = "ko"
"""The language whose place the marked texts take."""

_BEGIN, _END = "⟦", "⟧"
_MARKED = re.compile(rf"{_BEGIN}[^{_BEGIN}{_END}]*{_END}")
_WORD = re.compile(r"[A-Za-z]+")
"""What our texts are made of; dates come in the letters of the language."""

_TOLD = frozenset({"aria-label", "title", "placeholder", "alt", "abbr"})
_META = frozenset({"description", "og:title", "og:description"})
_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
_PEOPLES = frozenset({"bdi", "code", "kbd", "pre", "time", "textarea", "script", "style"})
"""Elements that hold what people wrote, or what is the same in all languages."""

_SAID = frozenset({"", "same", "action", "notice"})
"""Classes of a log's lines that hold nothing but what somebody said."""


def marked_copy(folder: Path) -> Path:
    """Copy the program below a folder, with marked English in the place of Korean."""
    for name in {*catalogue.FOLDERS, "bot"}:
        if (catalogue.ROOT / name).is_dir():
            leave = shutil.ignore_patterns("__pycache__")
            shutil.copytree(catalogue.ROOT / name, folder / name, ignore=leave)
    catalogue.write(folder / "hub" / "locale" / f"{CODE}.po", marked(catalogue.texts()))
    return folder


def marked(texts: Catalog) -> Catalog:
    """Return a catalogue that says each text in English, between marks."""
    texts.locale = CODE
    for message in texts:
        if isinstance(message.id, tuple | list):
            message.string = (f"{_BEGIN}{message.id[1]}{_END}",)
        elif message.id:
            message.string = f"{_BEGIN}{message.id}{_END}"
    return texts


def unmarked(html: str) -> list[str]:
    """Return what a page says that is neither translated nor some person's."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.found


def links(html: str) -> list[str]:
    """Return the addresses to which a page leads within the hub."""
    page = _Page()
    page.feed(html)
    return page.links


class _Page(HTMLParser):
    """Walks a page; `found` is what stands outside of marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.links: list[str] = []
        self._depth = 0
        self._open: list[tuple[str, bool]] = []
        self._is_log = False
        self._peoples: list[str] = []
        self._attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        if not (tag == "a" and self._is_peoples):  # in what people wrote, the name of a thing
            self._attributes += [given[name] for name in _TOLD & given.keys()]
        if tag == "input":
            self._peoples.append(given.get("value", ""))
        if tag == "meta" and {given.get("name"), given.get("property")} & _META:
            self._attributes.append(given["content"])
        if tag not in _VOID:
            is_said = tag == "li" and self._is_log and given.get("class", "") in _SAID
            self._open.append((tag, self._is_peoples or is_said or _is_peoples(tag, given)))
            self._is_log = self._is_log or "log" in given.get("class", "").split()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        self._is_log = self._is_log and any(name == "ol" for name, _ in self._open)

    def handle_data(self, data: str) -> None:
        if self._is_peoples:
            self._peoples.append(data)
        elif any(tag == "title" for tag, _ in self._open):
            self._attributes.append(data)
        else:
            self.found += self._outside(data)

    def close(self) -> None:
        """Judge the attributes and the title, where no element tells what people wrote."""
        super().close()
        known = " ".join(self._peoples)
        for told in self._attributes:
            while (inner := _MARKED.sub("", told)) != told:
                told = inner
            words = _WORD.findall(told)
            self.found += [told] * any(word not in known for word in words)

    @property
    def _is_peoples(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _outside(self, data: str) -> Iterator[str]:
        for part in re.split(rf"([{_BEGIN}{_END}])", data):
            if part in (_BEGIN, _END):
                self._depth += 1 if part == _BEGIN else -1
            elif self._depth == 0 and _WORD.search(part):
                yield part.strip()


def _is_peoples(tag: str, given: dict[str, str]) -> bool:
    return (
        tag in _PEOPLES
        or given.get("dir") == "auto"
        or given.get("translate") == "no"
        or (tag != "html" and "lang" in given)
    )
