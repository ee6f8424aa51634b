"""What people may be called: their short names in addresses, their names on pages, their addresses."""

import re

from hub.errors import Invalid
from hub.irc import keepable_text
from hub.language import LANGUAGES, gettext

TOMBSTONE = "erased-"
"""How the slug of somebody begins who was erased; nobody can choose such a one."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])")
_RESERVED = frozenset({"guest", "operator", "bot", "sample", "madang", "me", "all", "anonymous"})
_EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,190}")
_LONGEST_NAME = 80


def right_slug(slug: str) -> str:
    """Return a slug as it is kept. Whether it is free is another question.

    Raises: Invalid.
    """
    kept = slug.strip().lower()
    if not _SLUG.fullmatch(kept):
        raise Invalid(
            "slug",
            gettext(
                "A name here is 2 to 32 of a-z, 0-9, . - and _, with a letter or digit first and"
                " last. Choose such a one; how you are called on pages is free."
            ),
        )
    if kept in _RESERVED or kept.startswith(TOMBSTONE):
        raise taken(kept)
    return kept


def taken(slug: str) -> Invalid:
    """Return the error for a slug that nobody else can have."""
    return Invalid("slug", gettext("The name %(slug)s is taken. Choose another.", slug=slug))


def right_name(name: str) -> str:
    """Return how somebody is called, as it is kept.

    Raises: Invalid.
    """
    kept = " ".join(keepable_text(name).split())
    if not kept or len(kept) > _LONGEST_NAME or not kept.isprintable():
        raise Invalid("name", gettext("A name for pages has 1 to 80 characters. Give such a one."))
    return kept


def right_email(email: str) -> str:
    """Return an address as it is kept; empty for none.

    Raises: Invalid.
    """
    kept = email.strip()
    if kept and not (_EMAIL.fullmatch(kept) and kept.isprintable()):
        raise Invalid("email", gettext("This is no e-mail address. Give one as ann@example.org."))
    return kept


def right_language(language: str) -> str:
    if language and language not in LANGUAGES:
        raise Invalid(
            "language", gettext("There is no such language here. Choose one of the list.")
        )
    return language
