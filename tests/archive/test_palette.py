"""Colours that can be read: computed from the style sheets as they are shipped."""

import re
from pathlib import Path

import pytest

from archive.palette import MIRC, NICK_COLOURS, contrast, nick_class, stylesheet

STATIC = Path(__file__).parents[2] / "web" / "static"
SHEET = (STATIC / "colours.css").read_text("utf-8")
TOKENS = (STATIC / "madang.css").read_text("utf-8")
PAIR = r"light-dark\((#[0-9a-f]{6}), ?(#[0-9a-f]{6})\)"
AA = 4.5  # WCAG 2.2, 1.4.3


def token(name: str) -> tuple[str, str]:
    """Return a token's values for light and for dark pages."""
    found = re.search(rf"--{name}: {PAIR}", TOKENS)
    assert found, name
    return found[1], found[2]


def test_the_shipped_style_sheet_is_the_computed_one() -> None:
    """`python -m archive.palette > web/static/colours.css` writes it."""
    assert stylesheet() == SHEET


def test_every_colour_of_a_text_reads_well_on_every_background_of_its_theme() -> None:
    """Nicks and mIRC colours, on the page, on a line under the pointer, on a highlighted line."""
    rules = re.findall(rf"\.([nf]\d+){{color:{PAIR}}}", SHEET)
    assert len(rules) == NICK_COLOURS + len(MIRC)
    for background in ("paper", "raised", "mark"):
        light_page, dark_page = token(background)
        for name, light, dark in rules:
            assert contrast(light, light_page) >= AA, (name, background)
            assert contrast(dark, dark_page) >= AA, (name, background)


def test_text_on_every_mirc_background_reads_well() -> None:
    """Black or white, whichever is better."""
    rules = re.findall(r"\.b\d+{background:(#[0-9a-f]{6});color:(#[0-9a-f]{6})}", SHEET)
    assert len(rules) == len(MIRC)
    assert all(contrast(back, ink) >= AA for back, ink in rules)


@pytest.mark.parametrize("ink", ["ink", "quiet", "accent", "warn"])
@pytest.mark.parametrize("background", ["paper", "raised", "mark"])
def test_the_tokens_read_well_on_each_other(ink: str, background: str) -> None:
    """In both themes."""
    for over, under in zip(token(ink), token(background), strict=True):
        assert contrast(over, under) >= AA


def test_the_style_sheet_stays_small() -> None:
    """Thirty thousand bytes at most, uncompressed."""
    assert len(TOKENS.encode()) < 30_000


def test_a_nick_keeps_its_colour_for_ever() -> None:
    """A change of the hash would repaint the archive."""
    assert [nick_class(nick) for nick in ("ann", "bob", "마당")] == ["n3", "n8", "n17"]


def test_contrast_is_wcags() -> None:
    """Its known ends."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
