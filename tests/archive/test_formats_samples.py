"""A small log of every client's format, as that client writes it, and what it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.formats import Outcome, Skip, Skipped
from hub.irc import Kind, Line


def says(when: str, kind: str, nick: str, text: str = "") -> Line:
    at = datetime.fromisoformat(when).replace(tzinfo=UTC)
    return Line("oftc", "#yard", at, Kind(kind), nick, text)


@dataclass(frozen=True)
class Sample:
    """A small log: its file's name, its text, and what it tells."""

    format: str
    name: str
    text: str
    told: Sequence[Outcome]


CHANNELLOGGER = Sample(
    "channellogger",
    "#yard.2026-11-22.log",
    """\
2026-11-22T09:08:07  *** ann <ann!~a@host.example> has joined #yard
2026-11-22T09:08:09  <ann> 안녕하세요, 여러분
2026-11-22T09:08:09  * bob waves
2026-11-22T09:08:10  *** ann sets mode: +o bob
""",
    [
        says("2026-11-22T09:08:07", "join", "ann"),
        says("2026-11-22T09:08:09", "say", "ann", "안녕하세요, 여러분"),
        says("2026-11-22T09:08:09", "action", "bob", "waves"),
        says("2026-11-22T09:08:10", "mode", "ann", "+o bob"),
    ],
)

OLD_SUPYBOT = Sample(
    "supybot",
    "#yard.log",
    """\
02-Feb-2004 09:08:07  <ann> first stone of the yard
02-Feb-2004 09:08:09  *** ann has quit IRC
""",
    [
        says("2004-02-02T09:08:07", "say", "ann", "first stone of the yard"),
        says("2004-02-02T09:08:09", "quit", "ann"),
    ],
)

IRSSI = Sample(
    "irssi",
    "#yard.log",
    """\
--- Log opened Sun Nov 22 09:00:00 2026
09:00 -!- Irssi: #yard: Total of 3 nicks [1 ops, 0 halfops, 0 voices, 2 normal]
09:01 -!- ann [~ann@host.example] has joined #yard
09:02 < ann> 모두 모였나요?
09:02 <@bob> ann: <yes>  all of us
09:03  * ann sits down
09:03 -bob:#yard- the minutes are up
09:04 -!- mode/#yard [+o ann] by bob
09:04 -!- ServerMode/#yard [+v cho] by irc.example.net
09:05 -!- ann is now known as ann_
09:05 -!- bob changed the topic of #yard to: Harvest [2026]
09:05 -!- Topic unset by bob on #yard
09:06 -!- eve was kicked from #yard by bob [be nice [please]]
09:06 -!- cho [c@host.example] has left #yard [see you]
23:59 -!- dan [d@host.example] has quit [Ping timeout: 240 seconds]
--- Day changed Mon Nov 23 2026
00:00 -!- Netsplit a.example.net <-> b.example.net quits: eve, cho
00:01 < ann_> past midnight
--- Log closed Mon Nov 23 00:02:00 2026
""",
    [
        Skipped(1, Skip.HEADER),
        Skipped(2, Skip.SERVER),
        says("2026-11-22T09:01", "join", "ann"),
        says("2026-11-22T09:02", "say", "ann", "모두 모였나요?"),
        says("2026-11-22T09:02", "say", "bob", "ann: <yes>  all of us"),
        says("2026-11-22T09:03", "action", "ann", "sits down"),
        says("2026-11-22T09:03", "notice", "bob", "the minutes are up"),
        says("2026-11-22T09:04", "mode", "bob", "+o ann"),
        says("2026-11-22T09:04", "mode", "irc.example.net", "+v cho"),
        says("2026-11-22T09:05", "nick", "ann", "ann_"),
        says("2026-11-22T09:05", "topic", "bob", "Harvest [2026]"),
        says("2026-11-22T09:05", "topic", "bob", ""),
        says("2026-11-22T09:06", "kick", "bob", "eve be nice [please]"),
        says("2026-11-22T09:06", "part", "cho", "see you"),
        says("2026-11-22T23:59", "quit", "dan", "Ping timeout: 240 seconds"),
        Skipped(16, Skip.HEADER),
        Skipped(17, Skip.NETSPLIT),
        says("2026-11-23T00:01", "say", "ann_", "past midnight"),
        Skipped(19, Skip.HEADER),
    ],
)

WEECHAT = Sample(
    "weechat",
    "irc.oftc.#yard.weechatlog",
    "2026-11-22 09:01:00\t-->\tann (~ann@host.example) has joined #yard\n"
    '2026-11-22 09:01:01\t--\tTopic for #yard is "Harvest"\n'
    "2026-11-22 09:01:02\tann\t모두 모였나요?\n"
    "2026-11-22 09:01:03\t@bob\tyes\tall\n"
    "2026-11-22 09:01:04\t *\tann sits down\n"
    "2026-11-22 09:01:05\t--\tMode #yard [+o ann] by bob\n"
    "2026-11-22 09:01:06\t--\tann is now known as ann_\n"
    '2026-11-22 09:01:07\t--\tbob has changed topic for #yard from "Harvest" to "Rest "now""\n'
    "2026-11-22 09:01:08\t<--\tbob has kicked eve (be nice)\n"
    "2026-11-22 09:01:09\t<--\tcho (c@host.example) has left #yard (see you)\n"
    "2026-11-22 09:01:10\t<--\tdan (d@host.example) has quit (Quit: bye)\n"
    "2026-11-22 09:01:11\t-->\tcho [cho_kr] (Cho Lee) (c@host.example) has joined #yard\n"
    "2026-11-22 09:01:12\t--\tNotice(bob) -> #yard: the minutes are up\n"
    '2026-11-22 09:01:13\t--\tbob has unset topic for #yard (old topic: "Rest")\n'
    "2026-11-22 09:01:14\t--\tNotice(ChanServ): psst\n"
    "2026-11-22T09:01:15.123456Z\tann_\tmicroseconds came later\n",
    [
        says("2026-11-22T09:01:00", "join", "ann"),
        Skipped(2, Skip.STATE),
        says("2026-11-22T09:01:02", "say", "ann", "모두 모였나요?"),
        says("2026-11-22T09:01:03", "say", "bob", "yes\tall"),
        says("2026-11-22T09:01:04", "action", "ann", "sits down"),
        says("2026-11-22T09:01:05", "mode", "bob", "+o ann"),
        says("2026-11-22T09:01:06", "nick", "ann", "ann_"),
        says("2026-11-22T09:01:07", "topic", "bob", 'Rest "now"'),
        says("2026-11-22T09:01:08", "kick", "bob", "eve be nice"),
        says("2026-11-22T09:01:09", "part", "cho", "see you"),
        says("2026-11-22T09:01:10", "quit", "dan", "Quit: bye"),
        says("2026-11-22T09:01:11", "join", "cho"),
        says("2026-11-22T09:01:12", "notice", "bob", "the minutes are up"),
        says("2026-11-22T09:01:13", "topic", "bob", ""),
        Skipped(15, Skip.SERVER),
        says("2026-11-22T09:01:15", "say", "ann_", "microseconds came later"),
    ],
)

XCHAT = Sample(
    "xchat",
    "OFTC-#yard.log",
    "**** BEGIN LOGGING AT Mon Dec 31 23:50:00 2025\n"
    "\n"
    "Dec 31 23:50:01 *\tNow talking on #yard\n"
    "Dec 31 23:50:02 *\tann (~ann@host.example) has joined\n"
    "Dec 31 23:50:03 -->\tbob (b@host.example) has joined #yard\n"
    "Dec 31 23:50:04 <ann>\t새해 복 많이 받으세요\n"
    "Dec 31 23:50:05 *\tann has left the building\n"
    "Dec 31 23:50:06 *\tbob gives channel operator status to ann\n"
    "Dec 31 23:50:07 ---\tann has changed the topic to: New year\n"
    "Dec 31 23:50:08 *\tann is now known as ann_\n"
    "Dec 31 23:50:09 *\tann_ has kicked eve from #yard (be nice)\n"
    "Dec 31 23:50:10 <--\tcho (c@host.example) has left #yard (see you)\n"
    "Dec 31 23:50:11 *\tdan has quit (Ping timeout)\n"
    "Dec 31 23:50:12 -bob-\tthe minutes are up\n"
    "Jan 01 00:00:00 <bob>\t2026!\n"
    "**** ENDING LOGGING AT Thu Jan  1 00:10:00 2026\n",
    [
        Skipped(1, Skip.HEADER),
        Skipped(2, Skip.EMPTY),
        Skipped(3, Skip.SERVER),
        says("2025-12-31T23:50:02", "join", "ann"),
        says("2025-12-31T23:50:03", "join", "bob"),
        says("2025-12-31T23:50:04", "say", "ann", "새해 복 많이 받으세요"),
        says("2025-12-31T23:50:05", "action", "ann", "has left the building"),
        says("2025-12-31T23:50:06", "mode", "bob", "+o ann"),
        says("2025-12-31T23:50:07", "topic", "ann", "New year"),
        says("2025-12-31T23:50:08", "nick", "ann", "ann_"),
        says("2025-12-31T23:50:09", "kick", "ann_", "eve be nice"),
        says("2025-12-31T23:50:10", "part", "cho", "see you"),
        says("2025-12-31T23:50:11", "quit", "dan", "Ping timeout"),
        says("2025-12-31T23:50:12", "notice", "bob", "the minutes are up"),
        says("2026-01-01T00:00:00", "say", "bob", "2026!"),
        Skipped(16, Skip.HEADER),
    ],
)

MIRC = Sample(
    "mirc",
    "#yard.log",
    """\
Session Start: Sun Nov 22 23:58:00 2026
Session Ident: #yard
[23:58] * Now talking in #yard
\x0303[23:58] * Joins: ann (~ann@host.example)\x03
[23:58] * bob (b@host.example) has joined #yard
[23:58] <@ann> 다들 안녕!
[23:58] * ann is now known for her tea
[23:58] * ann is now known as ann_
[23:59] * bob sets mode: +o ann_
[23:59] * bob changes topic to 'Harvest'
[23:59] * eve was kicked by bob (be nice)
[23:59] * Parts: cho (c@host.example) (see you)
[23:59] * dan (d@host.example) Quit (Ping timeout)
[00:01] <ann_> past midnight
Session Close: Mon Nov 23 00:02:00 2026
""",
    [
        Skipped(1, Skip.HEADER),
        Skipped(2, Skip.HEADER),
        Skipped(3, Skip.SERVER),
        says("2026-11-22T23:58", "join", "ann"),
        says("2026-11-22T23:58", "join", "bob"),
        says("2026-11-22T23:58", "say", "ann", "다들 안녕!"),
        says("2026-11-22T23:58", "action", "ann", "is now known for her tea"),
        says("2026-11-22T23:58", "nick", "ann", "ann_"),
        says("2026-11-22T23:59", "mode", "bob", "+o ann_"),
        says("2026-11-22T23:59", "topic", "bob", "Harvest"),
        says("2026-11-22T23:59", "kick", "bob", "eve be nice"),
        says("2026-11-22T23:59", "part", "cho", "see you"),
        says("2026-11-22T23:59", "quit", "dan", "Ping timeout"),
        says("2026-11-23T00:01", "say", "ann_", "past midnight"),
        Skipped(15, Skip.HEADER),
    ],
)

ZNC = Sample(
    "znc",
    "ann_oftc_#yard_20261122.log",
    """\
[09:08:07] *** Joins: ann (~ann@host.example)
[09:08:08] <ann> 마당에 모여요
[09:08:09] * ann sits down
[09:08:10] *** ann is now known as ann_
[09:08:11] *** bob sets mode: +o ann_
[09:08:12] *** bob changes topic to 'Harvest'
[09:08:13] *** eve was kicked by bob (be nice)
[09:08:14] *** Parts: cho (c@host.example) (see you)
[09:08:15] *** Parts: cho (c@host.example) ()
[09:08:16] *** Quits: dan (d@host.example) (Ping timeout: 240 seconds)
[09:08:17] -bob- the minutes are up
""",
    [
        says("2026-11-22T09:08:07", "join", "ann"),
        says("2026-11-22T09:08:08", "say", "ann", "마당에 모여요"),
        says("2026-11-22T09:08:09", "action", "ann", "sits down"),
        says("2026-11-22T09:08:10", "nick", "ann", "ann_"),
        says("2026-11-22T09:08:11", "mode", "bob", "+o ann_"),
        says("2026-11-22T09:08:12", "topic", "bob", "Harvest"),
        says("2026-11-22T09:08:13", "kick", "bob", "eve be nice"),
        says("2026-11-22T09:08:14", "part", "cho", "see you"),
        says("2026-11-22T09:08:15", "part", "cho", ""),
        says("2026-11-22T09:08:16", "quit", "dan", "Ping timeout: 240 seconds"),
        says("2026-11-22T09:08:17", "notice", "bob", "the minutes are up"),
    ],
)

ENERGYMECH = Sample(
    "energymech",
    "#yard.log.20261122",
    """\
[09:08:07] *** Joins: ann (~ann@host.example)
[09:08:08] <ann> 마당에 모여요
[09:08:09] *** Quits: dan (Ping timeout: 240 seconds)
[09:08:10] *** Parts: cho (c@host.example)
[09:08:11] *** eve was kicked by bob (be nice)
""",
    [
        says("2026-11-22T09:08:07", "join", "ann"),
        says("2026-11-22T09:08:08", "say", "ann", "마당에 모여요"),
        says("2026-11-22T09:08:09", "quit", "dan", "Ping timeout: 240 seconds"),
        says("2026-11-22T09:08:10", "part", "cho", ""),
        says("2026-11-22T09:08:11", "kick", "bob", "eve be nice"),
    ],
)

DIRCPROXY = Sample(
    "dircproxy",
    "yard-20260115.log",
    """\
[15 Jan 08:42] <ann!~ann@host.example> 좋은 아침
[15 Jan 08:43] *** bob (b@host.example) has joined #yard
[16 Jan 00:01] <bob!b@host.example> morning
""",
    [
        says("2026-01-15T08:42", "say", "ann", "좋은 아침"),
        says("2026-01-15T08:43", "join", "bob"),
        says("2026-01-16T00:01", "say", "bob", "morning"),
    ],
)

DIRCPROXY_MARKED = Sample(
    "dircproxy-marked",
    "yard-20260115.log",
    """\
[15 Jan 08:42] <ann!~ann@host.example> +좋은 아침
[15 Jan 08:43] <bob!b@host.example> -1 from me
[15 Jan 08:44] <bob!b@host.example> ++1 from cho
""",
    [
        says("2026-01-15T08:42", "say", "ann", "좋은 아침"),
        says("2026-01-15T08:43", "say", "bob", "1 from me"),
        says("2026-01-15T08:44", "say", "bob", "+1 from cho"),
    ],
)

II = Sample(
    "ii",
    "irc.oftc.net/#yard/out",
    """\
1795338487 -!- ann(~ann@host.example) has joined #yard
1795338488 <ann> 오늘은 여기까지
1795338489 <ann> \x01ACTION stands up\x01
1795338490 -!- ann changed nick to "ann_"
1795338491 -!- bob changed mode/#yard -> +o ann_
1795338492 -!- bob changed topic to "Harvest"
1795338493 -!- bob kicked eve ("be nice")
1795338494 -!- cho(c@host.example) has left #yard
1795338495 -!- dan(d@host.example) has quit "Ping timeout"
""",
    [
        says("2026-11-22T09:08:07", "join", "ann"),
        says("2026-11-22T09:08:08", "say", "ann", "오늘은 여기까지"),
        says("2026-11-22T09:08:09", "action", "ann", "stands up"),
        says("2026-11-22T09:08:10", "nick", "ann", "ann_"),
        says("2026-11-22T09:08:11", "mode", "bob", "+o ann_"),
        says("2026-11-22T09:08:12", "topic", "bob", "Harvest"),
        says("2026-11-22T09:08:13", "kick", "bob", "eve be nice"),
        says("2026-11-22T09:08:14", "part", "cho", ""),
        says("2026-11-22T09:08:15", "quit", "dan", "Ping timeout"),
    ],
)

PLAIN = Sample(
    "plain",
    "yard-2026-11-22.txt",
    """\
=== ann [~ann@host.example]  has joined #yard
[23:58] <ann> 한 줄
[23:58]  * bob nods
=== bob nods again
=== bob_ is now known as bob
=== mode/#yard [+o ann]  by bob
=== ..[topic/#yard:bob] : Harvest
=== ann [~ann@host.example]  has left #yard ["Leaving"]
[23:59] <cho>
[00:01] <cho > past midnight
(00:02) <cho> other brackets
00:03:04 <cho> none
[2026-11-24 10:00:00] <cho> and a date
""",
    [
        says("2026-11-22T23:58", "join", "ann"),
        says("2026-11-22T23:58", "say", "ann", "한 줄"),
        says("2026-11-22T23:58", "action", "bob", "nods"),
        says("2026-11-22T23:58", "action", "bob", "nods again"),
        says("2026-11-22T23:58", "nick", "bob_", "bob"),
        says("2026-11-22T23:58", "mode", "bob", "+o ann"),
        says("2026-11-22T23:58", "topic", "bob", "Harvest"),
        says("2026-11-22T23:58", "part", "ann", "Leaving"),
        says("2026-11-22T23:59", "say", "cho", ""),
        says("2026-11-23T00:01", "say", "cho", "past midnight"),
        says("2026-11-23T00:02", "say", "cho", "other brackets"),
        says("2026-11-23T00:03:04", "say", "cho", "none"),
        says("2026-11-24T10:00:00", "say", "cho", "and a date"),
    ],
)

CHANNEL_FIRST = Sample(
    "channel-first",
    "yard.0.txt",
    "yard 2026-11-22 === ann [~ann@host.example]  has joined #yard \n"
    "yard 2026-11-22 [11:29] <ann> 한 줄 \n"
    "yard 2026-11-22 [11:30:15] <bob>\t two  \n"
    "yard 2026-11-22 [11:31]  * bob nods \n"
    "yard 2026-11-22 [11:32] *bob \tnods again  \n"
    "yard 2026-11-22 === bob is now known as bob_ \n",
    [
        says("2026-11-22T11:29", "join", "ann"),
        says("2026-11-22T11:29", "say", "ann", "한 줄"),
        says("2026-11-22T11:30:15", "say", "bob", "two"),
        says("2026-11-22T11:31", "action", "bob", "nods"),
        says("2026-11-22T11:32", "action", "bob", "nods again"),
        says("2026-11-22T11:32", "nick", "bob", "bob_"),
    ],
)

MEETBOT = Sample(
    "meetbot",
    "yard.2026-11-22-23.59.log.txt",
    """\
23:59:30 <ann> #startmeeting yard
23:59:31 * bob waves
00:00:02 <ann> #topic 새해 계획
""",
    [
        says("2026-11-22T23:59:30", "say", "ann", "#startmeeting yard"),
        says("2026-11-22T23:59:31", "action", "bob", "waves"),
        says("2026-11-23T00:00:02", "say", "ann", "#topic 새해 계획"),
    ],
)

SAMPLES = [
    *(CHANNELLOGGER, OLD_SUPYBOT, IRSSI, WEECHAT, XCHAT, MIRC, ZNC),
    *(ENERGYMECH, DIRCPROXY, DIRCPROXY_MARKED, II, PLAIN, CHANNEL_FIRST, MEETBOT),
]
