"""Log files to `hub.irc.Line` and back: every format that channel archives come in, pure text.

`detect` tells the format of a file's first lines, `Format.read` turns lines into `Line`s and says
what it passed over, `write` makes a line of ChannelLogger's format, the one we write ourselves.
"""

from archive.formats.channellogger import write
from archive.formats.clock import zone
from archive.formats.detection import FORMATS, SAMPLE, by_name, day_in_name, detect, fits
from archive.formats.format import MAX_LINE, Format, split
from archive.formats.outcome import NotUnderstood, Outcome, Skip, Skipped

__all__ = [
    "FORMATS",
    "MAX_LINE",
    "SAMPLE",
    "Format",
    "NotUnderstood",
    "Outcome",
    "Skip",
    "Skipped",
    "by_name",
    "day_in_name",
    "detect",
    "fits",
    "split",
    "write",
    "zone",
]
