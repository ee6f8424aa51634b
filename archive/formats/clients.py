"""The formats of IRC clients, bouncers and bots, each by its time and its headers.

Source: the programs' default settings; irclog2html's README for dircproxy, ii and old supybot.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from archive.formats import channellogger
from archive.formats.bodies import (
    bare_nick,
    heard_notice,
    read_action,
    read_body,
    read_starred_body,
)
from archive.formats.clock import (
    Clock,
    month_number,
    tell_clock,
    tell_day_first,
    tell_day_month_year,
    tell_iso,
    tell_iso_or_clock,
    tell_month_first,
    tell_unix,
)
from archive.formats.events import read_event
from archive.formats.format import Format, Read, no_aside
from archive.formats.outcome import Event, Skip
from hub.irc import Kind

_CLOCK = r"\d\d?:\d\d(?::\d\d)?"

CHANNELLOGGER = Format(
    name="channellogger",
    title="ChannelLogger (supybot, Limnoria, Madang)",
    stamp=channellogger.STAMP,
    tell=tell_iso,
    body=channellogger.read_body,
    signs=re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d {1,2}(?:<|\* |\*\*\* |-)"),
)

OLD_SUPYBOT = Format(
    name="supybot",
    title="supybot before 2005 (02-Feb-2004)",
    stamp=re.compile(r"(\d\d-\w+-\d{4} \d\d:\d\d:\d\d) +(.*)", re.DOTALL),
    tell=tell_day_month_year,
    body=channellogger.read_body,
    signs=re.compile(r"\d\d-\w+-\d{4} "),
)

_LONG_DATE = re.compile(
    r".*?(?P<month>\w+) +(?P<day>\d\d?)(?: +\d\d:\d\d:\d\d)?(?: +[A-Z]+)? +(?P<year>\d{4}) *"
)


def _tell_long_date(text: str, clock: Clock) -> Skip | None:
    """Take `Mon Oct 17 10:53:26 2005` or `Mon Oct 17 2005` at a header's end."""
    found = _LONG_DATE.fullmatch(text) if len(text) < 200 else None
    if found is None:
        return None
    clock.tell_day(date(int(found["year"]), month_number(found["month"]), int(found["day"])))
    return Skip.HEADER


def _headed_by(*openings: str) -> Callable[[str, Clock], Read]:
    """Return how lines without a time are read where headers that open so tell the day."""

    def aside(text: str, clock: Clock) -> Read:
        return (_tell_long_date if text.startswith(openings) else no_aside)(text, clock)

    return aside


IRSSI = Format(
    name="irssi",
    title="irssi",
    stamp=re.compile(rf"({_CLOCK}) +(.*)", re.DOTALL),
    tell=tell_clock,
    body=read_body,
    signs=re.compile(rf"--- (?:Log|Day) |{_CLOCK} (?:-!- |<[ @+%&~][^>]+> | \* |-[^ ]+:[#&+!])"),
    aside=_headed_by("--- Log opened ", "--- Day changed ", "--- Log closed "),
    guesses_midnight=True,
)

_WEECHAT_NOTICE = re.compile(r"Notice\((?P<nick>[^)]*)\)(?: -> [^ ]+)?: (?P<text>.*)", re.DOTALL)


def _read_weechat(body: str) -> Read:
    prefix, tab, text = body.partition("\t")
    if not tab:
        return None
    prefix = prefix.strip(" ")
    if prefix in ("-->", "<--", "--", "=!="):
        return _read_weechat_event(text)
    if prefix == "*":
        return read_action(text, starred=False)
    if not prefix:
        return Skip.SERVER
    return Event(Kind.SAY, bare_nick(prefix), text)


def _read_weechat_event(text: str) -> Read:
    notice = _WEECHAT_NOTICE.fullmatch(text)
    if notice:
        return heard_notice(notice["nick"], notice["text"])
    return read_event(text)


WEECHAT = Format(
    name="weechat",
    title="weechat",
    stamp=re.compile(
        r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)\t(.*)", re.DOTALL
    ),
    tell=lambda stamp, clock: tell_iso(stamp, clock).replace(microsecond=0),
    body=_read_weechat,
    signs=re.compile(r"\d{4}-\d\d-\d\d[ T][^\t]*\t[^\t]*\t"),
)


XCHAT = Format(
    name="xchat",
    title="xchat and hexchat",
    stamp=re.compile(r"(\w+ +\d\d? \d\d:\d\d:\d\d) +(.*)", re.DOTALL),
    tell=tell_month_first,
    body=read_starred_body,
    signs=re.compile(r"\*{4} (?:BEGIN|ENDING) LOGGING AT |\w+ +\d\d? \d\d:\d\d:\d\d "),
    aside=_headed_by("**** BEGIN LOGGING AT ", "**** ENDING LOGGING AT "),
)


_read_session = _headed_by("Session Start: ", "Session Time: ", "Session Close: ")


def _aside_mirc(text: str, clock: Clock) -> Read:
    return Skip.HEADER if text.startswith("Session Ident: ") else _read_session(text, clock)


MIRC = Format(
    name="mirc",
    title="mIRC",
    # the log may keep the colour in which a line was shown
    stamp=re.compile(rf"(?:\x03\d{{0,2}})?\[({_CLOCK})\] +(.*?)(?:\x03)?", re.DOTALL),
    tell=tell_clock,
    body=read_starred_body,
    signs=re.compile(
        rf"Session (?:Start|Time|Close|Ident): |(?:\x03\d{{0,2}})?\[{_CLOCK}\] \* "
        r"(?:Joins|Parts|Quits|Now|Topic|Set by"
        r"|[^ ]+ (?:\(.*\) (?:has|Quit)|sets mode|is now known|changes topic|was kicked))"
    ),
    aside=_aside_mirc,
    guesses_midnight=True,
)

_ZNC_STAMP = re.compile(r"\[(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\] +(.*)", re.DOTALL)

ZNC = Format(
    name="znc",
    title="znc's log module (one file a day)",
    stamp=_ZNC_STAMP,
    tell=tell_clock,
    body=read_body,
    guesses_midnight=True,
    signs=re.compile(
        r"\[\d\d:\d\d:\d\d(?:\.\d+)?\] (?:<|\*\*\* "
        r"(?:[^ ]+ (?:sets|is|was|changes)|Joins: |(?:Quits|Parts): [^ ]+ \([^ ]+\) \())"
    ),
)

ENERGYMECH = Format(
    name="energymech",
    title="energymech",
    stamp=_ZNC_STAMP,
    tell=tell_clock,
    body=read_body,
    signs=re.compile(
        r"\[\d\d:\d\d(?::\d\d)?\] (?:(?<=:\d\d:\d\d\] )<|\*\*\* "
        r"(?:[^ ]+ (?:sets|is|was|changes)|Joins: |(?:Quits|Parts): [^ ]+ \([^)]*\)$))"
    ),
    guesses_midnight=True,
)

_DIRCPROXY_STAMP = re.compile(r"\[(\d\d? \w+ \d\d:\d\d(?::\d\d)?)\] *(.*)", re.DOTALL)


def _read_marked_body(body: str) -> Read:
    """Read over the + or - with which a server told whether the speaker was identified."""
    got = read_body(body)
    if isinstance(got, Event) and got.kind in (Kind.SAY, Kind.ACTION) and got.text[:1] in "+-":
        return got._replace(text=got.text[1:])
    return got


DIRCPROXY = Format(
    name="dircproxy",
    title="dircproxy",
    stamp=_DIRCPROXY_STAMP,
    tell=tell_day_first,
    body=read_body,
    signs=re.compile(r"\[\d\d? \w+ \d\d:\d\d\] *<[^>]*> [^+-]"),
)

DIRCPROXY_MARKED = Format(
    name="dircproxy-marked",
    title="dircproxy, + or - before every text (identify-msg)",
    stamp=_DIRCPROXY_STAMP,
    tell=tell_day_first,
    body=_read_marked_body,
    signs=re.compile(r"\[\d\d? \w+ \d\d:\d\d\] *<[^>]*> [+-]"),
)


def _read_ii(body: str) -> Read:
    got = read_body(body)
    if isinstance(got, Event) and got.text.startswith("\x01ACTION "):
        return Event(Kind.ACTION, got.nick, got.text[8:].removesuffix("\x01"))
    return got


II = Format(
    name="ii",
    title="ii (seconds since 1970)",
    stamp=re.compile(r"(\d{9,11}) (.*)", re.DOTALL),
    tell=tell_unix,
    body=_read_ii,
    signs=re.compile(r"\d{9,11} (?:<|-!-)"),
)

MEETBOT = Format(
    name="meetbot",
    title="MeetBot's .log.txt",
    stamp=re.compile(r"(\d\d:\d\d:\d\d) (.*)", re.DOTALL),
    tell=tell_clock,
    body=read_body,
    signs=re.compile(r"\d\d:\d\d:\d\d (?:<[^ @+]+> |\* )"),
    guesses_midnight=True,
)


_read_any_header = _headed_by("--- Log ", "--- Day ", "**** ")


def _aside_plain(text: str, clock: Clock) -> Read:
    """Read `=== ann has joined`, and `=== ann waves` from the time when actions wore the same."""
    if text.startswith("=== "):
        event = read_event(text[4:].rstrip(" "), strict=True)
        return event if event is not None else read_action(text[4:], starred=False)
    return _read_any_header(text, clock)


PLAIN = Format(
    name="plain",
    title="[HH:MM] <nick> text, a date before the clock or not",
    stamp=re.compile(rf"[\[(]?((?:\d{{4}}-\d\d-\d\d[ T])?{_CLOCK})[\])]? +(.*)", re.DOTALL),
    tell=tell_iso_or_clock,
    body=read_body,
    signs=re.compile(rf"[\[(](?:\d{{4}}-\d\d-\d\d[ T])?{_CLOCK}[\])] +(?:<|\* |-)|{_CLOCK} <|=== "),
    aside=_aside_plain,
    guesses_midnight=True,
)


_GLUED_STAR = re.compile(r"\*([^ *\t]+)[ \t]+(.*)", re.DOTALL)


def _read_trimmed(body: str) -> Read:
    """Read over the blanks that such collections have at every line's end."""
    body = body.rstrip(" \t")
    glued = _GLUED_STAR.fullmatch(body)
    return Event(Kind.ACTION, bare_nick(glued[1]), glued[2]) if glued else read_body(body)


_WITHOUT_CLOCK = re.compile(r"[#&]*[\w.+-]+ \d{4}-\d\d-\d\d (=== .*)", re.DOTALL)


def _aside_channel_first(text: str, clock: Clock) -> Read:
    without_clock = _WITHOUT_CLOCK.fullmatch(text)
    return _aside_plain(without_clock[1] if without_clock else text, clock)


def _tell_before_brackets(stamp: str, clock: Clock) -> datetime:
    return tell_iso(stamp.rstrip("]").replace(" [", " "), clock)


CHANNEL_FIRST = Format(
    name="channel-first",
    title="channel YYYY-MM-DD [HH:MM] <nick> text",
    stamp=re.compile(r"[#&]*[\w.+-]+ (\d{4}-\d\d-\d\d \[\d\d:\d\d(?::\d\d)?\]) +(.*)", re.DOTALL),
    tell=_tell_before_brackets,
    body=_read_trimmed,
    signs=re.compile(r"[^ ]+ \d{4}-\d\d-\d\d (?:\[|===)"),
    aside=_aside_channel_first,
)
