"""Texts of the program and their translations: `scripts/translate` brings hub/locale/*.po up to date.

A text that is new comes in without its translation, for a person to write; one that the program has no
more goes. The tests ask the same functions whether anything is missing.
"""

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from hub.language import ENGLISH, LANGUAGES

ROOT = Path(__file__).parents[1]
FOLDERS = ("hub", "archive", "meetbot", "pad", "tracker", "search", "web")
_METHODS = [
    ("**/vendor/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/static/**.js", "javascript"),
]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
_KEYWORDS = {
    "gettext": None,
    "ngettext": (1, 2),
    "_": None,
    "mark": None,
    "tr": None,
    "trn": (1, 2),
    "count": (2, 3),
}


def texts() -> Catalog:
    """Return every text that the program says to readers, with the files in which it stands."""
    found = Catalog(charset="utf-8")
    for folder in (name for name in FOLDERS if (ROOT / name).is_dir()):
        rows = extract_from_dir(
            ROOT / folder,
            method_map=_METHODS,
            options_map=_OPTIONS,
            keywords=_KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for name, _line, text, comments, context in rows:
            # Without line numbers: they would change the file with every edit elsewhere.
            found.add(
                text, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context
            )
    return found


def path_of(code: str) -> Path:
    """Return where a language's translations stand."""
    return ROOT / "hub" / "locale" / f"{code}.po"


def read(code: str) -> Catalog:
    """Return a language's translations."""
    if not path_of(code).exists():
        return Catalog(locale=code, charset="utf-8", fuzzy=False)
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code)


def update(code: str) -> Catalog:
    """Return a language's translations for the texts that there are now, unsure ones left out."""
    catalogue = read(code)
    catalogue.update(texts(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def write(path: Path, catalogue: Catalog) -> None:
    """Write a language's translations, sorted, so that two people's changes merge."""
    out = BytesIO()
    # No header: its dates would be where two people's changes collide.
    write_po(out, catalogue, width=100, sort_output=True, omit_header=True, include_lineno=False)
    path.write_bytes(out.getvalue())


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """Yield each text that has no translation."""
    for message in catalogue:
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(said):
            yield message


def main(_arguments: Sequence[str]) -> int:
    """Bring every language up to date and name what is still to be translated."""
    missing = 0
    for code in (code for code in LANGUAGES if code != ENGLISH):
        catalogue = update(code)
        write(path_of(code), catalogue)
        left = list(untranslated(catalogue))
        missing += len(left)
        print(f"{code}: {len(catalogue)} texts, {len(left)} without a translation")
        for message in left[:20]:
            print(f"  {message.id!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
