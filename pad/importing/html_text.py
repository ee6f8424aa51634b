"""HTML as Markdown: headings, lists, emphasis, links and code stay, all other markup goes.

Read in one go from the front to the end, so that no page takes longer than its length: nothing is looked for
twice, and no tree is built.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9]{0,20})")
_ATTRIBUTE = re.compile(r"""([a-z]{1,12})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "iframe"})
_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "table", "tr", "blockquote",
    "ul", "ol", "li", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "form",
})  # fmt: skip
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "table"})
_MARKS = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~",
    "code": "`",
}  # fmt: skip
_LISTS = ("ul", "ol")
_DEEPEST = 16
_LONGEST_TAG = 10_000
_SCHEMES = ("http://", "https://", "mailto:", "irc://", "ircs://", "/", "#")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its name in small letters, whether it ends what it began, and what stands in it."""

    name: str
    is_end: bool
    inside: str

    def attribute(self, name: str) -> str:
        """Return an attribute, empty when there is none."""
        for match in _ATTRIBUTE.finditer(self.inside[:_LONGEST_TAG]):
            if match[1].lower() == name:
                return unescape(match[2] or match[3] or match[4] or "")
        return ""


def tokens(html: str) -> Iterator[str | Tag]:
    """Yield the texts and tags of HTML in their order; comments and declarations are left out."""
    at = 0
    while (start := html.find("<", at)) >= 0:
        if start > at:
            yield html[at:start]
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            if end < 0:
                return
            at = end + 3
            continue
        end = html.find(">", start)
        if end < 0:
            yield html[start:]
            return
        name = _NAME.match(html, start + 1)
        if name is not None:
            yield Tag(name[1].lower(), html[start + 1] == "/", html[name.end() : end])
        elif html[start + 1] not in "!?/":
            yield "<"
            end = start
        at = end + 1
    if at < len(html):
        yield html[at:]


def text_of_html(html: str) -> str:
    """Return what HTML says, as Markdown."""
    writing = _Writing()
    for token in tokens(html):
        if isinstance(token, Tag):
            writing.tag(token)
        else:
            writing.text(unescape(token))
    return writing.told()


@dataclass(slots=True)
class _Writing:
    """What is written so far; `lists` are those that are open: a number counts, None has bullets."""

    parts: list[str] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    silent: str = ""
    is_exact: bool = False
    at_start: bool = True
    is_empty: bool = True
    before: str = ""

    def text(self, told: str) -> None:
        """Write a text; blanks count once, but for those of code."""
        if self.silent:
            return
        if self.is_exact:
            self._put(told)
            return
        plain = _BLANKS.sub(" ", told)
        if self.at_start:
            plain = plain.lstrip(" ")
        if plain:
            self._put(plain)

    def tag(self, tag: Tag) -> None:
        """Write what a tag stands for."""
        if self.silent:
            if tag.is_end and tag.name == self.silent:
                self.silent = ""
            return
        if tag.name in _SILENT and not tag.is_end and not tag.inside.endswith("/"):
            self.silent = tag.name
        elif tag.name == "br":
            self._end_line(always=True)
        elif tag.name in _LISTS:
            self._list(tag)
        elif tag.name in _BLOCKS:
            self._block(tag)
        elif tag.name in _MARKS and not self.is_exact:
            self._mark(_MARKS[tag.name], tag)
        elif tag.name == "a":
            self._link(tag)
        elif tag.name in ("td", "th") and not self.at_start:
            self._put(" ")

    def told(self) -> str:
        """Return all of it, no more than one empty line between two."""
        found = re.sub(r"\n{3,}", "\n\n", "".join(self.parts).replace("\x00", ""))
        return found.strip("\n")

    def _put(self, told: str) -> None:
        if self.before:
            self.parts.append(self.before)
            self.before = ""
        self.parts.append(told)
        self.at_start = told.endswith("\n")
        self.is_empty = False

    def _end_line(self, *, always: bool = False) -> None:
        if always or not self.at_start:
            self.parts.append("\n")
            self.at_start = True
        self.before = ""

    def _list(self, tag: Tag) -> None:
        self._end_line()
        if tag.is_end:
            if self.lists:
                self.lists.pop()
            if not self.lists:
                self.parts.append("\n")
        elif len(self.lists) < _DEEPEST:
            self.lists.append(1 if tag.name == "ol" else None)

    def _block(self, tag: Tag) -> None:
        self._end_line()
        if tag.name == "pre" and tag.is_end:
            self.is_exact = False
            self._put("```\n")
            return
        if tag.name in _APART and not self.lists and not self.is_empty:
            self.parts.append("\n")
        if tag.name == "pre":
            self.is_exact = True
            self._put("```\n")
        elif tag.is_end:
            return
        elif tag.name == "li":
            self.before = self._bullet()
        elif tag.name[0] == "h" and tag.name[1:].isdecimal():
            self.before = "#" * int(tag.name[1:]) + " "
        elif tag.name == "blockquote":
            self.before = "> "

    def _bullet(self) -> str:
        indent = "  " * max(len(self.lists) - 1, 0)
        number = self.lists[-1] if self.lists else None
        if number is None:
            return f"{indent}- "
        self.lists[-1] = number + 1
        return f"{indent}{number}. "

    def _mark(self, mark: str, tag: Tag) -> None:
        if tag.is_end and self.parts and self.parts[-1] == mark:
            self.parts.pop()  # nothing stood between
        else:
            self._put(mark)

    def _link(self, tag: Tag) -> None:
        if not tag.is_end:
            address = tag.attribute("href").strip()
            fits = address.startswith(_SCHEMES) and not _BLANKS.search(address)
            if len(self.links) < _DEEPEST:
                self.links.append(address if fits else "")
                if fits:
                    self._put("[")
        elif self.links and (address := self.links.pop()):
            if self.parts[-1] == address and self.parts[-2:-1] == ["["]:
                self.parts[-2:] = [address]  # the address itself is its text
            else:
                self._put(f"]({address})")
