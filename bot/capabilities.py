"""Which protocol extensions a server offers, which the bot asked for, and which are on.

Pure. One list is asked for at once; when the server refuses it, each one is asked for alone.
Source: IRCv3 capability-negotiation (302), cap-notify.
"""

from collections.abc import Iterable

from bot.wire import Message

WANTED = frozenset(
    {
        "account-notify",
        "account-tag",
        "batch",
        "cap-notify",
        "chghost",
        "draft/chathistory",
        "draft/event-playback",
        "echo-message",
        "extended-join",
        "invite-notify",
        "message-tags",
        "multi-prefix",
        "server-time",
        "setname",
        "userhost-in-names",
    }
)
"""What makes the archive better: true times, accounts, ids, own words as others see them."""

_LINE = 380
_LONGEST, _MOST = 512, 500
"""Characters of an offer, and offers, that are remembered; servers have some thirty."""


class Capabilities:
    """The state of one connection's capabilities."""

    def __init__(self, wanted: Iterable[str] = WANTED) -> None:
        self._wanted = frozenset(wanted)
        self._pending: set[str] = set()
        self.offered: dict[str, str] = {}
        """What the server has, with values (`sasl` -> `PLAIN,EXTERNAL`)."""
        self.on: set[str] = set()
        """What both sides agreed to use."""

    @property
    def settled(self) -> bool:
        """Whether every request has been answered."""
        return not self._pending

    def offer(self, message: Message) -> bool:
        """Take a CAP LS or NEW line; say whether it was the last one of its list."""
        for word in message.params[-1].split():
            name, _, value = word.partition("=")
            if len(word) <= _LONGEST and (name in self._wanted or len(self.offered) < _MOST):
                self.offered[name] = value
        return not (len(message.params) >= 4 and message.params[2] == "*")

    def withdraw(self, message: Message) -> None:
        """Take a CAP DEL line."""
        for name in message.params[-1].split():
            self.offered.pop(name, None)
            self.on.discard(name)

    def requests(self, also: Iterable[str] = ()) -> list[str]:
        """Return the lists to ask for: what is wanted and offered, and neither on nor asked."""
        names = (self._wanted | frozenset(also)) & self.offered.keys()
        return self._ask(sorted(names - self.on - self._pending))

    def _ask(self, names: list[str]) -> list[str]:
        self._pending.update(names)
        lists: list[str] = []
        for name in names:
            if lists and len(lists[-1]) + len(name) < _LINE:
                lists[-1] += f" {name}"
            else:
                lists.append(name)
        return lists

    def acknowledged(self, message: Message) -> None:
        """Take a CAP ACK line."""
        for word in message.params[-1].split():
            name = word.lstrip("-~=")
            self._pending.discard(name)
            if word.startswith("-"):
                self.on.discard(name)
            else:
                self.on.add(name)

    def refused(self, message: Message) -> list[str]:
        """Take a CAP NAK line; return what to ask for instead: each one alone."""
        names = [word for word in message.params[-1].split() if word in self._pending]
        self._pending.difference_update(names)
        if len(names) < 2:
            return []
        self._pending.update(names)
        return names

    def forget_requests(self) -> None:
        """Give up on what the server never answered."""
        self._pending.clear()
