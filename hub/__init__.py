"""The kernel: what every part of Madang stands on. It knows no module, no web page and no bot."""

__version__ = "0.1.0"
