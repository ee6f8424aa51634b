"""A meeting's log as list items: each with its anchor, the way to its item, and its place in the archive.

Written without a template, for a long meeting has many lines. Every word that somebody said is escaped.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from urllib.parse import quote

from hub.irc import Kind, plain
from hub.language import gettext
from meetbot.colours import nick_class
from meetbot.page_words import kind_word
from meetbot.render_html import linked
from meetbot.shown import Shown
from meetbot.state import Item


def log_items(shown: Shown, place_of: Callable[[str], str]) -> str:
    """Return all lines. place_of: the address of a ref, empty for none."""
    return "\n".join(_items(shown, place_of))


def _items(shown: Shown, place_of: Callable[[str], str]) -> Iterator[str]:
    noted, day = shown.item_at(), shown.brief.started_at.date()
    page = escape(quote(f"{shown.minutes.stem}.html"))
    cells: dict[str, str] = {}
    for number, logged in enumerate(shown.log, 1):
        line = logged.line
        if line.at.date() != day:
            day = line.at.date()
            yield f'<li class="daybreak"><span>{day}</span></li>'
        if line.nick not in cells:
            cells[line.nick] = f'<bdi class="{nick_class(line.nick)}">{escape(line.nick)}</bdi>'
        time = f'<time datetime="{line.at.isoformat()}">{line.at:%H:%M:%S}</time>'
        yield (
            f'<li id="l-{number}"{_classes(line.kind, number, noted)}>'
            f'<a href="#l-{number}">{time}</a> {cells[line.nick]} <span dir="auto">'
            f"{linked(plain(line.text))}{_back(page, noted.get(number))}"
            f"{_there(number, place_of(logged.ref))}</span></li>"
        )


def _classes(kind: Kind, number: int, noted: Mapping[int, tuple[int, Item]]) -> str:
    names = [] if kind is Kind.SAY else [kind.value]
    if number in noted:
        names += ["noted", f"is-{noted[number][1].kind.value}"]
    return f' class="{" ".join(names)}"' if names else ""


def _back(page: str, noted: tuple[int, Item] | None) -> str:
    if noted is None:
        return ""
    number, item = noted
    return f' <a class="back" href="{page}#i-{number}">↩ {kind_word(item.kind)}</a>'


def _there(number: int, place: str) -> str:
    if not place:
        return ""
    title = escape(gettext("In the channel's archive"))
    label = escape(gettext("Line %(number)s in the channel's archive", number=number))
    return f' <a class="there" href="{escape(place)}" title="{title}" aria-label="{label}">↗</a>'
