"""The words in which IRC clients log who came, went or changed something.

irssi, weechat, xchat, mIRC, znc, energymech, ii and the loggers of old say the same things in
different words. One grammar reads them all: `ann [~a@host] has joined #yard`,
`Joins: ann (~a@host)`, `mode/#yard [+o ann] by op`, `op gives voice to ann`. Hostmasks are read
over.
Source: the clients' default text themes.
"""

import re
from collections.abc import Callable

from archive.formats.outcome import Event, Skip
from hub.irc import Kind

Found = re.Match[str]
Read = Event | Skip | None

_WRAPPED = re.compile(r"[(\[](.*)[)\]]", re.DOTALL)
_MASK = re.compile(r"[^ ]*@[^ ]*")
_CHANNEL = re.compile(r"(?:from )?[#&+!][^ ]*|\Z")


def unwrap(reason: str) -> str:
    """Return a reason without the brackets and quotes that clients put around it."""
    reason = reason.strip(" ")
    if wrapped := _WRAPPED.fullmatch(reason):
        reason = wrapped[1]
    return unquote(reason)


def unquote(text: str) -> str:
    """Return a text without the quotes around it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


# who, and behind it what tells more of him: ann, ann(~a@host), ann [~a@host], ann [acc] (Ann) (a@b)
_SUBJECT = re.compile(
    r"(?P<nick>[^ ]{1,200}?)(?:\([^ ()]{0,200}@[^ ]{0,200}\))?"
    r"(?P<mask>(?: \([^()]{0,300}\)| \[[^\[\]]{0,300}\]| <[^<>]{0,300}>){0,4})"
    r" +(?P<rest>[^ ].*)",
    re.DOTALL,
)


def _joined(nick: str, _rest: str) -> Event:
    return Event(Kind.JOIN, nick)


def _left(nick: str, rest: str) -> Event:
    rest = rest.lstrip(" ")
    channel = _CHANNEL.match(rest)
    return Event(Kind.PART, nick, unwrap(rest[channel.end() :] if channel else rest))


def _quit(nick: str, rest: str) -> Event:
    return Event(Kind.QUIT, nick, unwrap(rest))


def _renamed(nick: str, rest: str) -> Event:
    return Event(Kind.NICK, nick, unquote(rest.strip(" ")))


def _topic(nick: str, rest: str) -> Event:
    return Event(Kind.TOPIC, nick, unquote(rest.removeprefix(" ")))


_FROM_TO = re.compile(r'[^ ]+ (?:from ".*?" )?to (?P<new>".*")', re.DOTALL)


def _topic_of(nick: str, rest: str) -> Event:
    """Read ` #yard to: new`, ` #yard from "old" to "new"`, ` #yard to "new"`."""
    _, _, tail = rest.removeprefix(" ").partition(" ")
    if tail.startswith("to: "):
        return Event(Kind.TOPIC, nick, tail[4:])
    found = _FROM_TO.fullmatch(rest.removeprefix(" "))
    return Event(Kind.TOPIC, nick, unquote(found["new"]) if found else "")


def _mode(nick: str, rest: str) -> Event:
    modes = re.sub(r" on [#&+!][^ ]*$", "", rest.strip(" "))
    return Event(Kind.MODE, nick, modes)


def _mode_in(nick: str, rest: str) -> Event:
    """Read ii's ` mode/#yard -> +o ann`."""
    return Event(Kind.MODE, nick, rest.partition(" -> ")[2])


def _kicked_by(victim: str, rest: str) -> Event:
    """Read ` op (reason)` and ` op [reason]`."""
    by, _, reason = rest.strip(" ").partition(" ")
    return _kick(by, victim, unwrap(reason))


def _kicks(nick: str, rest: str) -> Event:
    """Read ` bob from #yard (reason)`, ` bob (reason)` and ` bob ("reason")`."""
    victim, _, tail = rest.strip(" ").partition(" ")
    channel = _CHANNEL.match(tail)
    return _kick(nick, victim, unwrap(tail[channel.end() :] if channel else tail))


def _kick(by: str, victim: str, reason: str) -> Event:
    return Event(Kind.KICK, by, f"{victim} {reason}" if reason else victim)


def _gives(letters: str) -> "Callable[[str, str], Event]":
    return lambda nick, rest: Event(Kind.MODE, nick, f"{letters} {rest.strip(' ')}".strip())


def _skips(why: Skip) -> "Callable[[str, str], Skip]":
    return lambda _nick, _rest: why


_VERBS: dict[str, Callable[[str, str], Event | Skip]] = {
    "has joined": _joined,
    "joined": _joined,
    "has left": _left,
    "left irc:": _quit,
    "left": _left,
    "has quit IRC": _quit,
    "has quit": _quit,
    "Quit": _quit,
    "is now known as": _renamed,
    "are now known as": _renamed,
    "has changed nick to": _renamed,
    "changed nick to": _renamed,
    "changes topic to": _topic,
    "changed topic to": _topic,
    "has changed the topic to:": _topic,
    "has changed topic to:": _topic,
    "changed the topic of": _topic_of,
    "has changed topic for": _topic_of,
    "has set topic for": _topic_of,
    "has unset topic for": lambda nick, _rest: Event(Kind.TOPIC, nick),
    "sets mode:": _mode,
    "sets mode": _mode,
    "changed mode/": _mode_in,
    "has kicked": _kicks,
    "kicked": _kicks,
    "gives channel operator status to": _gives("+o"),
    "removes channel operator status from": _gives("-o"),
    "gives channel half-operator status to": _gives("+h"),
    "removes channel half-operator status from": _gives("-h"),
    "gives voice to": _gives("+v"),
    "removes voice from": _gives("-v"),
    "sets ban on": _gives("+b"),
    "removes ban on": _gives("-b"),
    "sets exempt on": _gives("+e"),
    "removes exempt on": _gives("-e"),
    "sets invite exempt on": _gives("+I"),
    "removes invite exempt on": _gives("-I"),
    "sets channel keyword to": _gives("+k"),
    "removes channel keyword": _gives("-k"),
    "sets channel limit to": _gives("+l"),
    "removes user limit": _gives("-l"),
    "is now away": _skips(Skip.AWAY),
    "is away": _skips(Skip.AWAY),
    "is back": _skips(Skip.AWAY),
    "is no longer away": _skips(Skip.AWAY),
    "invited": _skips(Skip.INVITE),
    "has invited": _skips(Skip.INVITE),
    "invites": _skips(Skip.INVITE),
}
_VERB = re.compile("|".join(re.escape(verb) for verb in sorted(_VERBS, key=len, reverse=True)))
_KICKED_BY = re.compile(r"was kicked (?:from [^ ]+ |off [^ ]+ )?by")
_BARE = frozenset({"joined", "left", "Quit", "kicked", "invited", "invites", "is away"})
"""Everyday words: where actions look like events they count only with a hostmask."""


def _read_subject(text: str, *, strict: bool) -> Read:
    subject = _SUBJECT.match(text)
    if subject is None:
        return None
    nick, mask, rest = subject["nick"], subject["mask"], subject["rest"]
    if verb := _KICKED_BY.match(rest):
        return _kicked_by(nick, rest[verb.end() :])
    verb = _VERB.match(rest)
    if verb is None or (strict and not _is_sure(verb[0], bool(mask), rest[verb.end() :])):
        return None
    return _VERBS[verb[0]](nick, rest[verb.end() :])


_SURE_WITHOUT_MASK = re.compile(
    r"(?:is|are) now known as|changes topic|has changed the? ?topic|sets mode|"
    r"(?:gives|removes) (?:channel|voice)|(?:sets|removes) (?:ban|exempt|invite|channel|user)|"
    r"has kicked"
)


def _is_sure(verb: str, has_mask: bool, rest: str) -> bool:
    """Tell an event from an action such as `* ann has left the building`."""
    if has_mask:
        return True
    if verb == "has quit":
        return rest.startswith(" (") and rest.endswith(")")
    if verb.endswith("now known as"):
        return len(rest.split()) == 1
    return verb not in _BARE and bool(_SURE_WITHOUT_MASK.match(verb))


_CAME = re.compile(
    r"(?P<verb>Joins|Parts|Quits): (?P<nick>[^ ]+)(?P<rest>(?: [(\[].*[)\]])?) *", re.DOTALL
)


def _read_came(found: Found) -> Event:
    """Read `Joins: ann (~a@host)`, `Quits: ann (~a@host) (reason)`, `Quits: ann (reason)`."""
    first, middle, last = found["rest"].strip(" ").partition(") (")
    reason = f"({last}" if middle else "" if _MASK.fullmatch(unwrap(first)) else first
    kinds = {"Joins": Kind.JOIN, "Parts": Kind.PART, "Quits": Kind.QUIT}
    text = "" if found["verb"] == "Joins" else unwrap(reason)
    return Event(kinds[found["verb"]], found["nick"], text)


def _nick_of(mask: str) -> str:
    return mask.partition("!")[0].strip(" ")


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[Found], Event | Skip]], ...] = (
    (_CAME, _read_came),
    (
        re.compile(
            r"(?:[Ss]erver[Mm]ode/|mode/|Mode )[^ ]+ \[(?P<modes>.*)\] +by (?P<nick>[^ ]+) *"
        ),
        lambda found: Event(Kind.MODE, found["nick"], found["modes"].strip(" ")),
    ),
    (
        re.compile(r'[Mm]ode change "(?P<modes>[^"]*)".* by (?P<nick>[^ ]+)'),
        lambda found: Event(Kind.MODE, _nick_of(found["nick"]), found["modes"]),
    ),
    (
        re.compile(r"[^ ]+: mode change '(?P<modes>.*)' by (?P<nick>[^ ]+)"),
        lambda found: Event(Kind.MODE, _nick_of(found["nick"]), found["modes"]),
    ),
    (
        re.compile(r"Topic unset by (?P<nick>[^ ]+)(?: .*)?"),
        lambda found: Event(Kind.TOPIC, found["nick"]),
    ),
    (
        re.compile(r"\.*\[topic/[^:]*:(?P<nick>[^\]]+)\] *: (?P<text>.*)", re.DOTALL),
        lambda found: Event(Kind.TOPIC, found["nick"], found["text"].rstrip(" ")),
    ),
    (
        re.compile(r"Topic changed on [^ ]+ by (?P<nick>[^ ]+): (?P<text>.*)", re.DOTALL),
        lambda found: Event(Kind.TOPIC, _nick_of(found["nick"]), found["text"]),
    ),
    (
        re.compile(r"Nick change: (?P<nick>[^ ]+) -> (?P<new>[^ ]+)"),
        lambda found: Event(Kind.NICK, found["nick"], found["new"]),
    ),
    (
        re.compile(
            r"(?P<victim>[^ ]+) kicked from [^ ]+ by (?P<nick>[^ ]+): ?(?P<why>.*)", re.DOTALL
        ),
        lambda found: _kick(found["nick"], found["victim"], found["why"]),
    ),
    (
        re.compile(
            r"(?:Topic (?:for|is|set by|\()|Set by |[Cc]hannel (?:[#&+!]|created )|\[Users |Names |Home page|"
            r"URL|Mode for|Modes? ?\().*",
            re.DOTALL,
        ),
        lambda _found: Skip.STATE,
    ),
    (re.compile(r"(?i:netsplit|net join).*", re.DOTALL), lambda _found: Skip.NETSPLIT),
    (
        re.compile(
            r"(?:Irssi: |Now talking (?:in|on) |Disconnected|Attempting to rejoin|Rejoined channel|"
            r"Joined [#&]|Loading |Looking up |Connect|Reconnect|"
            r"You have (?:joined|left|been)|You(?:'re| are) now ).*",
            re.DOTALL,
        ),
        lambda _found: Skip.SERVER,
    ),
)


def read_event(text: str, *, strict: bool = False) -> Read:
    """Return what a client's line of this kind tells, None when no client is known to say so.

    strict: the line could as well be somebody's action, so only sure signs count.
    """
    for shape, make in _SHAPES:
        if found := shape.fullmatch(text):
            return make(found)
    return _read_subject(text, strict=strict)
