"""Meetings' logs that are pages: MeetBot's in its variants, hcoop's, and our own."""

from datetime import UTC, date, datetime

import pytest

from archive.formats import NotUnderstood, by_name, detect, split
from hub.irc import Kind, Line

DAY = date(2026, 11, 22)
HEAD = """\
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">
<html><head><title>#yard log</title>
<style type="text/css">
/* For the .log.html */
pre { /*line-height: 125%;*/
      white-space: pre-wrap; }
body .tm  { color: #007020 }                      /* time */
</style>
</head>

<body>
"""
OPENDEV = """\
<pre><a name="l-1"></a><span class="tm">23:59:30</span><span class="nk"> &lt;ann&gt;</span> \
<span class="cmd">#startmeeting </span><span class="cmdline">a &lt;b&gt; c</span>
<a name="l-2"></a><span class="tm">23:59:31 </span><span class="nka">* bob</span> \
<span class="ac">waves &amp; goes</span>
<a name="l-3"></a><span class="tm">00:00:02</span><span class="nk"> &lt;ann&gt;</span> \
<span class="hi">bob:</span> 안녕</pre>
</body></html>
"""
LINKED = OPENDEV.replace('<a name="l-1"></a><span class="tm">23:59:30</span>', (
    '<a href="#l-1" name="l-1"><span class="tm">23:59:30</span></a>'
))  # fmt: skip
HCOOP = OPENDEV.replace("<pre>", "<pre>\n").replace(
    '</span><span class="nk"> &lt;', '</span> <span class="nk">&lt;'
)
OURS = """\
<h1>#yard: a, log of 2026-11-22</h1>
<pre><span class="day">2026-11-22</span>
<a class="tm" id="l-1" href="#l-1">23:59:30</a><span class="nk"> &lt;ann&gt;</span> \
<span class="cmd">#startmeeting</span> <span class="cmdline">a &lt;b&gt; c</span> \
<a href="yard.html#i-1" title="in the minutes">↩</a>
<a class="tm" id="l-2" href="#l-2">23:59:31</a><span class="nka"> * bob</span> \
<span class="ac">waves &amp; goes</span>
<span class="day">2026-11-23</span>
<a class="tm" id="l-3" href="#l-3">00:00:02</a><span class="nk"> &lt;ann&gt;</span> bob: 안녕</pre>
"""


def told(at: str, kind: Kind, nick: str, text: str) -> Line:
    return Line("oftc", "#yard", datetime.fromisoformat(at).replace(tzinfo=UTC), kind, nick, text)


@pytest.mark.parametrize(
    ("page", "day"), [(OPENDEV, DAY), (LINKED, DAY), (HCOOP, DAY), (OURS, DAY), (OURS, None)]
)
def test_a_page_reads_as_the_log_it_was_made_of(page: str, day: date | None) -> None:
    lines = split(HEAD + page)
    known = detect(lines, "yard.2026-11-22-23.59.log.html")
    assert known is by_name("meetbot-html")
    outcomes = list(known.read(lines, network="oftc", channel="#yard", day=day))
    assert not [outcome for outcome in outcomes if isinstance(outcome, NotUnderstood)]
    assert [outcome for outcome in outcomes if isinstance(outcome, Line)] == [
        told("2026-11-22T23:59:30", Kind.SAY, "ann", "#startmeeting a <b> c"),
        told("2026-11-22T23:59:31", Kind.ACTION, "bob", "waves & goes"),
        told("2026-11-23T00:00:02", Kind.SAY, "ann", "bob: 안녕"),
    ]
