"""What pages need to speak a language: texts for the scripts, dates as people write them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from markupsafe import Markup

from hub.language import ENGLISH, catalogue, gettext, language, translations

_TRIED = range(1001)
"""The numbers among which one of each plural category is looked for."""


@cache
def words_block(code: str) -> Markup:
    """Return the texts of the scripts as a data block for the page; nothing for English.

    A data block is never run, so the content security policy has nothing against it. web/static/words.js
    reads it.
    Source: https://html.spec.whatwg.org/multipage/scripting.html#data-block
    """
    if code == ENGLISH:
        return Markup()
    told = json.dumps(script_texts(code), ensure_ascii=False, separators=(",", ":"))
    safe = told.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup('<script type="application/json" id="words">{}</script>').format(Markup(safe))  # noqa: S704


def script_texts(code: str) -> Mapping[str, str | Mapping[str, str]]:
    """Return the texts that stand in scripts: a translation, or one for each plural category of CLDR."""
    texts: dict[str, str | Mapping[str, str]] = {}
    for message in catalogue(code):
        if not any(name.endswith(".js") for name, _ in message.locations):
            continue
        if isinstance(message.id, tuple | list):
            texts[message.id[0]] = dict(_plurals(code, *message.id))
        elif message.id:
            texts[message.id] = translations(code).gettext(message.id)
    return texts


def _plurals(code: str, one: str, many: str) -> Iterator[tuple[str, str]]:
    """Yield each plural category with its text: the browser knows which number has which."""
    rule = Locale.parse(code).plural_form
    for category in sorted({"other", *rule.tags}):
        number = next((n for n in _TRIED if rule(n) == category), None)
        if number is not None:
            yield category, translations(code).ngettext(one, many, number)


def utc(at: datetime) -> str:
    """Return a moment to the minute, as all languages have it here: ISO 8601 with its zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def month(day: date) -> str:
    """Return the month's name: `May`."""
    return format_date(day, "LLLL", locale=language.get())


def month_day(day: date) -> str:
    """Return a day within its year: `May 12`."""
    return format_skeleton("MMMMd", day, locale=language.get())


def weekday(day: date) -> str:
    """Return the weekday's name, short: `Wed`."""
    return format_date(day, "ccc", locale=language.get())


def long_day(day: date) -> str:
    """Return a day with its weekday, for a heading: `Wednesday, 2021-05-12`, `2021년 5월 12일 (수)`."""
    code = language.get()
    if code == ENGLISH:
        return f"{format_date(day, 'EEEE', locale=code)}, {day:%Y-%m-%d}"
    return format_skeleton("yMMMEd", day, locale=code)


def weekday_utc(at: datetime) -> str:
    """Return a moment with its weekday: `Wed 2021-05-12 21:00 UTC`."""
    # Translators: a weekday and a moment, as in "Wed 2021-05-12 21:00 UTC"
    return gettext("%(weekday)s %(moment)s", weekday=weekday(at.astimezone(UTC)), moment=utc(at))


def weekdays() -> Sequence[tuple[str, str]]:
    """Return the weekdays from Monday on, short, and as short as a calendar has them."""
    monday, code = date(2021, 1, 4), language.get()
    days = [monday + timedelta(days=n) for n in range(7)]
    return [(weekday(day), format_date(day, "cccccc", locale=code)) for day in days]
