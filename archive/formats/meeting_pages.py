"""A meeting's log as a web page: MeetBot's `.log.html` in its variants, hcoop's, and our own.

Every line has an anchor and its time in an element of the class `tm`; what stands behind it is the line as a
`.log.txt` has it. Source: the pages of OpenDev's, Fedora's and hcoop's bots.
"""

import re
from datetime import date

from archive.formats.bodies import read_body
from archive.formats.clock import Clock, tell_clock
from archive.formats.format import Format, Read
from archive.formats.outcome import Skip
from archive.formats.pages import text_of

_BACK = re.compile(r' <a href="[^"]*" title="in the minutes">[^<]*</a>(?=(?:</pre>)?\Z)')
_FRAME = re.compile(r"\s*(?:<|/\*|[\w#. ]+\{|.*[;}]\s*(?:/\*.*)?\Z|\Z)")
_DAY = re.compile(r'(?:.*<pre>)?<span class="day">(\d{4}-\d\d-\d\d)</span>')


def _read_line(markup: str) -> Read:
    return read_body(text_of(_BACK.sub("", markup)).lstrip(" "))


def _aside(text: str, clock: Clock) -> Read:
    if day := _DAY.match(text):
        clock.tell_day(date.fromisoformat(day[1]))
        return Skip.HEADER
    return Skip.MARKUP if _FRAME.match(text) else None


MEETBOT_PAGE = Format(
    name="meetbot-html",
    title="MeetBot's .log.html",
    stamp=re.compile(
        r'(?:.*<pre>)?(?:<a [^>]*>(?:</a>)?)?<(?:span|a) class="tm"[^>]{0,200}>'
        r"(\d\d:\d\d:\d\d) ?</(?:span|a)>(?:</a>)?(.*)",
        re.DOTALL,
    ),
    tell=tell_clock,
    body=_read_line,
    signs=re.compile(r'.*<(?:span|a) class="tm"[^>]{0,200}>\d\d:'),
    aside=_aside,
    guesses_midnight=True,
)
