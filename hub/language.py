"""The language of what is said now: texts in English in the code, their translations in hub/locale/*.po.

The shell sets the language for each request (web/languages.py); the bot, the command line and the logs
speak English. Values go into a text by name, so that a translation may put them in another order:
`gettext("%(nick)s has left.", nick=nick)`; a per cent sign is then written twice.
"""

import gettext as catalogues
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "English", "ko": "한국어"})
"""The languages that there are, by code, each as it calls itself."""

language: ContextVar[str] = ContextVar("language", default=ENGLISH)
"""The code of the language in which texts are said here."""


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say texts in a language meanwhile: for one who makes them for readers of several."""
    before = language.set(code)
    try:
        yield
    finally:
        language.reset(before)


def gettext(text: str, **values: object) -> str:
    """Return a text in the current language, with its values in it."""
    said = translations(language.get()).gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Return the text for that number of things; `%(number)s` in it is the number."""
    said = translations(language.get()).ngettext(one, many, number)
    return said % ({"number": f"{number:,}"} | values)


def mark(text: str) -> str:
    """Return the text as it is: it stands in a table, and `gettext` is given it later."""
    return text


@cache
def translations(code: str) -> catalogues.NullTranslations:
    """Return a language's texts, read once; English says what stands in the code."""
    if code == ENGLISH:
        return catalogues.NullTranslations()
    from babel.messages.mofile import write_mo  # the bot and most commands speak English only

    compiled = BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


def catalogue(code: str) -> "Catalog":
    """Read a language's catalogue: its texts with the files in which they stand."""
    from babel.messages.pofile import read_po

    with file_of(code).open("rb") as file:
        return read_po(file, locale=code)


def file_of(code: str) -> Traversable:
    """Return the file that has a language's catalogue; English has none."""
    return resources.files("hub") / "locale" / f"{code}.po"
