"""Logs that are web pages already: irclog2html's, and the fragments that PircBot loggers wrote.

Only pages that keep the time of every line can be read: irclog2html's xhtml and xhtmltable styles
do, its table and tt styles have no times at all and are reported.
Source: irclog2html's styles; the pages of irclogs.duraspace.org.
"""

import html
import re

from archive.formats import channellogger
from archive.formats.bodies import heard_notice, read_action, read_body
from archive.formats.clock import Clock, tell_clock, tell_iso_or_clock
from archive.formats.events import read_event
from archive.formats.format import Format, Read
from archive.formats.outcome import Event, Skip
from hub.irc import Kind

_TAG = re.compile(r"<[^<>]*>")
_NO_TEXT = str.maketrans({"\n": " ", "\r": " ", "\0": None})


def text_of(markup: str) -> str:
    """Return what a reader sees: no tags, entities resolved, on one line."""
    bare = _TAG.sub("", markup)
    if "&" not in bare:
        return bare
    return html.unescape(bare.replace("&nbsp;", " ")).translate(_NO_TEXT)


_ROW = re.compile(
    r'<th class="nick"[^>]*>(?P<nick>[^<]*)</th><td class="text"[^>]*>(?P<text>.*?)</td>'
    r'|<td class="(?P<row>\w+)"[^>]*>(?P<what>.*?)</td>'
    r'|(?:<a [^>]*class="time"[^>]*>[^<]*</a> )?'
    r'<span class="nick"[^>]*>&lt;(?P<said_by>[^<]*)&gt;</span> '
    r'<span class="text">(?P<said>.*)</span></p>'
    r'|(?:<a [^>]*class="time"[^>]*>[^<]*</a> )?(?P<other>.*)</p>',
    re.DOTALL,
)


def _read_row(markup: str) -> Read:
    row = _ROW.match(markup)
    if row is None:
        return None
    if row["nick"] is not None:
        return Event(Kind.SAY, text_of(row["nick"]), text_of(row["text"]))
    if row["said_by"] is not None:
        return Event(Kind.SAY, text_of(row["said_by"]), text_of(row["said"]))
    body = text_of(row["what"] if row["what"] is not None else row["other"])
    return channellogger.read_body(body) or read_body(body)


_FRAME = re.compile(r"\s*(?:<(?!tr><t[dh] |font )|- find it at |[\w#.]+ *\{|.*[;}]\s*$)|\s*\Z")


def _aside_page(text: str, _clock: Clock) -> Read:
    return Skip.MARKUP if _FRAME.match(text) else None


IRCLOG2HTML = Format(
    name="irclog2html",
    title="irclog2html's pages (xhtml, xhtmltable)",
    stamp=re.compile(
        r'<(?:tr|p) id="t((?:\d{4}-\d\d-\d\dT)?\d\d:\d\d(?::\d\d)?)(?:-\d+)?"[^>]*>(.*)', re.DOTALL
    ),
    tell=tell_iso_or_clock,
    body=_read_row,
    signs=re.compile(r'<(?:tr|p) id="t[\dT:-]+"'),
    aside=_aside_page,
    guesses_midnight=True,
)

_SPAN = re.compile(r'<span class="irc-(?P<colour>\w+)">(?P<text>.*)</span>(?:<br ?/?>)?', re.DOTALL)
_SAID = re.compile(r"<([^ ]*)> (.*)|<([^ ]*)>", re.DOTALL)
_HEARD = re.compile(r"-([^ ]*)- (.*)", re.DOTALL)


def _read_span(markup: str) -> Read:
    """Read a fragment by its colour, which tells events from actions."""
    span = _SPAN.fullmatch(markup)
    if span is None:
        return read_body(markup)
    text = text_of(span["text"])
    if span["colour"] == "red":
        return Skip.CTCP
    if text.startswith("<- *"):
        return Skip.PRIVATE
    if said := _SAID.fullmatch(text):
        return Event(Kind.SAY, said[1] or said[3] or "", said[2] or "")
    if text.startswith("* "):
        return _read_star(span["colour"], text[2:])
    heard = _HEARD.fullmatch(text)
    return heard_notice(heard[1], heard[2]) if heard else None


def _read_star(colour: str, text: str) -> Read:
    is_action = colour == "brick"
    return read_action(text, starred=False) if is_action else read_event(text)


def _aside_fragment(text: str, _clock: Clock) -> Read:
    """Read over what people put around notes that they inserted by hand."""
    return Skip.MARKUP if text.startswith(("<pre>", "</pre>")) or not text.strip() else None


PIRCBOT = Format(
    name="pircbot",
    title="PircBot's HTML fragments",
    stamp=re.compile(r'(?:<span class="irc-date">)?\[(\d\d?:\d\d)\](?:</span>)? (.*)', re.DOTALL),
    tell=tell_clock,
    body=_read_span,
    signs=re.compile(r'<span class="irc-date">'),
    aside=_aside_fragment,
)
