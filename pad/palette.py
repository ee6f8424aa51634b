"""The colours of authors: places in a palette that style sheets draw, for light and dark alike."""

COLOURS = 12
