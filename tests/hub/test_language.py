"""Every text has its translation, and a request is answered in its reader's language."""

import pytest
from babel.messages.checkers import python_format

from hub.language import ENGLISH, LANGUAGES, gettext, language, ngettext
from tests import catalogue

OTHERS = [code for code in LANGUAGES if code != ENGLISH]


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_misses_its_translation(code: str) -> None:
    """What is missing is told by `scripts/translate`."""
    assert [message.id for message in catalogue.untranslated(catalogue.update(code))] == []


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_has_what_the_program_says_and_no_more(code: str) -> None:
    """`scripts/translate` brings it up to date."""
    kept = {str(message.id) for message in catalogue.read(code)}
    assert kept == {str(message.id) for message in catalogue.update(code)}
    assert not any(message.fuzzy for message in catalogue.read(code) if message.id)


@pytest.mark.parametrize("code", OTHERS)
def test_each_translation_takes_the_values_of_its_text(code: str) -> None:
    """A name that the text does not give would break the page."""
    known = catalogue.read(code)
    for message in known:
        if message.id and message.python_format:
            python_format(known, message)


def test_a_text_is_said_in_the_language_that_is_set() -> None:
    """English in the code, the others in catalogues."""
    there_is_none = "There is no theme %(chosen)s. Choose system, light or dark."
    assert gettext(there_is_none, chosen="x").startswith("There is no theme x.")
    before = language.set("ko")
    try:
        said = gettext(there_is_none, chosen="x")
    finally:
        language.reset(before)
    assert "x" in said
    assert not said.startswith("There")


def test_a_number_stands_in_its_text_with_separators() -> None:
    """One thing and many of them differ in English."""
    assert ngettext("%(number)s line", "%(number)s lines", 1) == "1 line"
    assert ngettext("%(number)s line", "%(number)s lines", 12345) == "12,345 lines"
