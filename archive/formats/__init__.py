"""Log files to `hub.irc.Line` and back: every format that channel archives come in, pure text.

`detect` tells the format of a file's first lines, `Format.read` turns lines into `Line`s and says
what it passed over, `write` makes a line of ChannelLogger's format, the one we write ourselves.
"""

from archive.formats.channellogger import write
from archive.formats.clock import zone
from archive.formats.decoding import check_encoding, decode_lines
from archive.formats.detection import FORMATS, SAMPLE, by_name, detect
from archive.formats.format import MAX_LINE, Format, split
from archive.formats.naming import channel_in_name, day_in_name
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
    "channel_in_name",
    "check_encoding",
    "day_in_name",
    "decode_lines",
    "detect",
    "split",
    "write",
    "zone",
]
