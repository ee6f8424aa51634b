"""`madang minutes`: the minutes of every meeting in a log file."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from hub.errors import NotFound, Unavailable
from hub.module import Menus
from hub.reading import Reading, ReadLog
from meetbot.machine import Replayed, replay
from meetbot.minutes import Minutes, minutes
from meetbot.render import FORMATS, render
from meetbot.render_json import as_object
from meetbot.rules import FILE_RULES


def add_minutes(menus: Menus, read_log: ReadLog) -> None:
    """Add the command."""
    parser = menus.commands.add_parser(
        "minutes", help="replay a meeting's log and write its minutes"
    )
    parser.add_argument("log", type=Path, metavar="LOG.txt", help="a log of any known format")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write files there (else: print)")
    parser.add_argument(
        "--format",
        type=_endings,
        metavar="F,F",
        help=f"of {','.join(FORMATS)}; all of them with --out, json without",
    )
    parser.add_argument(
        "--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="of times without a date"
    )
    parser.add_argument("--network", default="", metavar="N", help="named in the minutes")
    parser.add_argument("--channel", default="", metavar="'#c'", help="where the path tells none")
    parser.set_defaults(run=_running(read_log, parser))


def _endings(text: str) -> Sequence[str]:
    endings = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [ending for ending in endings if ending not in FORMATS]
    if unknown or not endings:
        given = ", ".join(unknown) or "nothing"
        raise argparse.ArgumentTypeError(f"{given}: is none of {', '.join(FORMATS)}")
    return endings


def _running(
    read_log: ReadLog, parser: argparse.ArgumentParser
) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        if args.out is None and args.format and len(args.format) > 1:
            parser.error(
                "several formats can't be printed at once: give --out DIR, or one --format"
            )
        reading = _read(read_log, args)
        replayed = replay(reading.lines, FILE_RULES)
        found = [minutes(meeting) for meeting in replayed.meetings]
        _warn(args.log, reading, replayed)
        if not found:
            raise NotFound(_nothing(args.log, reading, replayed))
        if args.out is None:
            sys.stdout.write(_printed(found, (args.format or ["json"])[0]))
        else:
            _write(found, args.out, args.format or tuple(FORMATS))
        return 0

    return run


def _read(read_log: ReadLog, args: argparse.Namespace) -> Reading:
    """Read the log; where nothing else tells the day, what a bot said at the start of a meeting does."""
    given = {"network": args.network, "channel": args.channel}
    reading = read_log(args.log, day=args.date, **given)
    if reading.lines or args.date or not (day := _day_said(reading.missed)):
        return reading
    return read_log(args.log, day=day, **given)


_STARTED = re.compile(r"Meeting started \w{3} (\w{3} +\d{1,2} [\d:]{8} \d{4}) UTC")


def _day_said(texts: Iterable[str]) -> date | None:
    for text in texts:
        if found := _STARTED.search(text):
            try:
                return datetime.strptime(found[1], "%b %d %H:%M:%S %Y").date()  # noqa: DTZ007
            except ValueError:
                continue
    return None


def _warn(log: Path, reading: Reading, replayed: Replayed) -> None:
    for text in reading.missed[:3]:
        if text.strip():
            print(f"{log}: not understood: {text[:100]}", file=sys.stderr)
    if replayed.meeting is not None and reading.lines:
        print(
            f"{log}: the meeting {replayed.meeting.series} has no #endmeeting in this log.",
            file=sys.stderr,
        )


def _nothing(log: Path, reading: Reading, replayed: Replayed) -> str:
    if not reading.lines:
        return (
            f"{log}: no line has a date and time. Give the day with --date YYYY-MM-DD."
            if reading.missed
            else f"{log}: there is nothing in this log."
        )
    if replayed.aborted:
        return f"{log}: its meeting was called off by #abortmeeting, so there are no minutes."
    return f"{log}: there is no #startmeeting in its {len(reading.lines)} lines, so no meeting."


def _printed(found: Sequence[Minutes], ending: str) -> str:
    """Return what is printed: one JSON object, an array for several meetings, or the texts."""
    if ending == "json" and len(found) > 1:
        return json.dumps([as_object(each) for each in found], ensure_ascii=False, indent=2) + "\n"
    return "\n".join(render(each, ending) for each in found)


def _write(found: Sequence[Minutes], folder: Path, endings: Sequence[str]) -> None:
    """Write the files; their names tell the meeting, so one that is there is replaced.

    Raises: Unavailable.
    """
    named: set[str] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in found:
            # a second meeting of one name in one minute must not replace the first
            own = each.beside(named) if each.stem in named else each
            named.add(own.stem)
            for ending in endings:
                path = folder / f"{own.stem}.{ending}"
                path.write_text(render(own, ending), encoding="utf-8")
                print(path)
    except OSError as error:
        raise Unavailable(
            f"{error.filename or folder} can't be written: {error.strerror}."
            " Give a folder that can be with --out."
        )
