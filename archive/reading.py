"""A log file's lines for other parts of the hub: the archive's side of `hub.reading`."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from archive.formats import NotUnderstood
from archive.importer import ImportOptions, find_files, read_file
from hub.errors import Invalid
from hub.irc import Line
from hub.reading import Reading

_KEPT = 1000
_UNTOLD = "-"
"""Stands for the channel while a file is read whose path tells none."""


def read_log(
    path: Path, *, network: str = "", channel: str = "", day: date | None = None
) -> Reading:
    """Read a log file of any format. Raises: NotFound, Invalid, Unavailable."""
    if path.is_dir():
        raise Invalid("path", f"{path} is a folder. Give the log's file.")
    (file,) = find_files([path])
    told = channel or file.channel
    options = ImportOptions(network, told or _UNTOLD, day=day)
    lines: list[Line] = []
    missed: list[str] = []
    try:
        for outcome in read_file(file, options):
            if isinstance(outcome, Line):
                lines.append(outcome if told else replace(outcome, channel=""))
            elif isinstance(outcome, NotUnderstood) and len(missed) < _KEPT:
                missed.append(outcome.text)
    except Invalid as error:
        raise Invalid(error.field, f"{path}: {error}") from error
    return Reading(lines, missed)
