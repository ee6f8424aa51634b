"""Markdown to HTML: the one way in which what people wrote in it becomes a part of a page.

mistune parses it; what it finds is dressed here: mentions of things become links to them, pictures become
links (a page loads nothing from elsewhere), raw HTML stays text. All that comes out goes through nh3 with the
one allow-list of the hub, whatever the parser or we got wrong.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import mistune
import nh3
from markupsafe import Markup, escape

from hub.language import gettext
from hub.refs import Sign, Signs, no_signs

LONGEST = 100_000
"""So many characters are read as Markdown; a longer text is shown as it was written."""

_BLOCKS = "blockquote br div h2 h3 h4 h5 h6 hr input li ol p pre table tbody td th thead tr ul"
TAGS = frozenset({"a", "code", "del", "em", "strong", *_BLOCKS.split()})
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "title"}),
    "code": frozenset({"class"}),
    "div": frozenset({"class", "tabindex"}),
    "input": frozenset({"type", "checked", "disabled", "aria-label"}),
    "li": frozenset({"class"}),
    "ol": frozenset({"start"}),
    "pre": frozenset({"tabindex"}),
    "td": frozenset({"class"}),
    "th": frozenset({"class"}),
}
SCHEMES = frozenset({"http", "https", "mailto", "irc", "ircs"})
_HARMFUL = "#harmful-link"  # mistune's word for it
REL = "noopener nofollow ugc"
_CLASS = re.compile(r"language-[a-z0-9+#.-]{1,30}|wide|task|left|center|right")
_VALUES: Mapping[tuple[str, str], re.Pattern[str]] = {
    ("input", "type"): re.compile("checkbox"),
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("pre", "tabindex"): re.compile("0"),
    ("div", "tabindex"): re.compile("0"),
}

Token = dict[str, Any]
"""What mistune calls a token: its type, and `raw` text or `children`, and `attrs`."""


def to_html(text: str, signs: Signs = no_signs) -> Markup:
    """Return a text in Markdown as HTML that is safe in any page.

    Headings begin at the second level, as each page has its own first. signs: finds what the text mentions
    (hub/refs.py: signs_for); code and links are not looked into. The time it takes grows as the text does.
    """
    if len(text) > LONGEST:
        return Markup('<pre tabindex="0">{}</pre>').format(text)
    html = _reader()(text.replace("\0", "\ufffd"), signs)
    return Markup(_clean(html))  # noqa: S704 - nothing but the allow-list is left


def to_text(text: str) -> str:
    """Return the words of a text in Markdown in one line, for lists, titles and feeds."""
    tokens = _parser()(text[:LONGEST].replace("\0", "\ufffd"))
    assert isinstance(tokens, list)
    return " ".join("".join(_words(tokens)).split())


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_value,
        url_schemes=set(SCHEMES),
        link_rel=REL,
        strip_comments=True,
    )


def _value(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, None for one that is not ours."""
    right = _CLASS if name == "class" else _VALUES.get((tag, name))
    return value if right is None or right.fullmatch(value) else None


@cache
def _parser() -> mistune.Markdown:
    return mistune.create_markdown(renderer=None, plugins=_PLUGINS)


_PLUGINS = ["strikethrough", "table", "task_lists", "url"]


@cache
def _reader() -> Callable[[str, Signs], str]:
    """Return what parses and renders; it keeps nothing of a text, so threads may share it."""
    renderer = _Renderer(escape=True)
    markdown = mistune.create_markdown(renderer=renderer, plugins=_PLUGINS)
    for kind, render in _RENDERERS.items():
        renderer.register(kind, render)

    def read(text: str, signs: Signs) -> str:
        state = markdown.block.state_cls()
        state.env["signs"] = signs
        html, _ = markdown.parse(text, state)
        assert isinstance(html, str)
        return html

    return read


class _Renderer(mistune.HTMLRenderer):
    """Dresses what was found before it becomes HTML."""

    def __call__(self, tokens: Iterable[Token], state: mistune.BlockState) -> str:
        signs: Signs = state.env["signs"]
        found = list(tokens)
        _step_down(found, 0)
        return self.render_tokens(list(_dressed(found, signs)), state)

    def heading(self, text: str, level: int, **_attrs: Any) -> str:
        """Render a heading, a level below."""
        level = min(level + 1, 6)
        return f"<h{level}>{text}</h{level}>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        """Render code with its language as a class; nothing colours it."""
        name = (info or "").strip().partition(" ")[0].lower()
        kind = f' class="language-{escape(name)}"' if name else ""
        return f'<pre tabindex="0"><code{kind}>{escape(code)}</code></pre>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Render a link; of one that could do harm only its words."""
        return text if self.sanitize_url(url) == _HARMFUL else super().link(text, url, title)


def _dressed(tokens: Iterable[Token], signs: Signs, *, in_link: bool = False) -> Iterator[Token]:
    """Yield tokens with the mentions in their texts as links, and pictures as links."""
    for token in _joined(tokens):
        kind = token["type"]
        if kind == "text" and not in_link:
            yield from _signed(token["raw"], signs)
        elif kind == "link" and _is_bare(token):
            yield _titled(token, signs)
        elif kind in ("link", "image"):
            inside = list(_dressed(token["children"], signs, in_link=True))
            if in_link:  # a link in a link, or a picture that is one: its words only
                yield from inside
            else:
                yield token | {"type": "link", "children": inside}
        elif "children" in token:
            inside = list(_dressed(token["children"], signs, in_link=in_link))
            yield token | {"children": inside}
        else:
            yield token


def _joined(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens, neighbouring texts as one: `@ann_b` comes in two pieces."""
    pieces: list[str] = []
    for token in tokens:
        if token["type"] == "text":
            pieces.append(token["raw"])
            continue
        if pieces:
            yield {"type": "text", "raw": "".join(pieces)}
            pieces = []
        yield token
    if pieces:
        yield {"type": "text", "raw": "".join(pieces)}


def _signed(text: str, signs: Signs) -> Iterator[Token]:
    end = 0
    for sign in signs(text):
        if sign.start > end:
            yield {"type": "text", "raw": text[end : sign.start]}
        yield from _standing(_link(sign, text[sign.start : sign.end]), sign)
        end = sign.end
    if end < len(text):
        yield {"type": "text", "raw": text[end:]}


def _link(sign: Sign, words: str) -> Token:
    if words.startswith("[[") and words.endswith(
        "]]"
    ):  # the brackets only say that it is a mention
        words = words[2:-2].strip()
    attrs = {"url": sign.url, "title": sign.title}
    return {"type": "link", "children": [{"type": "text", "raw": words}], "attrs": attrs}


def _standing(link: Token, sign: Sign) -> Iterator[Token]:
    """Yield a link, struck through for what is done, and how far it is where that is known."""
    if sign.standing is None:
        yield link
        return
    yield {"type": "strikethrough", "children": [link]} if sign.standing.is_done else link
    yield {"type": "text", "raw": " "}
    yield {"type": "emphasis", "children": [{"type": "text", "raw": sign.standing.words}]}


def _is_bare(token: Token) -> bool:
    """Tell whether a link is an address that stands in the text as it is."""
    children = token["children"]
    if len(children) != 1 or children[0]["type"] != "text":
        return False
    address = token["attrs"]["url"]
    return address in (children[0]["raw"], mistune.escape_url(children[0]["raw"]))


def _titled(token: Token, signs: Signs) -> Token:
    """Return an address of the hub's own as a link that says what is there."""
    address = token["children"][0]["raw"]
    found = [sign for sign in signs(address) if (sign.start, sign.end) == (0, len(address))]
    return _link(found[0], found[0].title) if found else token


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if "raw" in token:
            yield token["raw"]
        elif "children" in token:
            yield from _words(token["children"])
        if token["type"] not in _INLINE:
            yield " "


_INLINE = frozenset(
    {"text", "emphasis", "strong", "strikethrough", "link", "image", "codespan", "inline_html"}
)


def _table(_renderer: object, text: str) -> str:
    return f'<div class="wide" tabindex="0"><table>\n{text}</table></div>\n'


def _step_down(tokens: Sequence[Token], above: int) -> int:
    """Let headings go down by single steps from the page's own, and return the last one's level.

    Who begins with `##` means the same; a screen reader would look for what was left out.
    """
    for token in tokens:
        if token["type"] == "heading":
            above = token["attrs"]["level"] = min(token["attrs"]["level"], above + 1)
        else:
            above = _step_down(token.get("children") or (), above)
    return above


def _cell(_renderer: object, text: str, align: str | None = None, head: bool = False) -> str:
    tag = "th" if head else "td"
    return f"<{tag}{f' class={chr(34)}{align}{chr(34)}' if align else ''}>{text}</{tag}>\n"


def _task(_renderer: object, text: str, checked: bool = False) -> str:
    label = gettext("done") if checked else gettext("to be done")
    box = f'<input type="checkbox" aria-label="{escape(label)}" disabled{" checked" * checked}> '
    inside = text.replace("<p>", f"<p>{box}", 1) if text.startswith("<p>") else box + text
    return f'<li class="task">{inside}</li>\n'


_RENDERERS: Mapping[str, Callable[..., str]] = {
    "table": _table,
    "table_cell": _cell,
    "task_list_item": _task,
}
