"""From an open connection to being on the network: capabilities, login, nick.

Pure (sans-I/O): messages in, lines out, and at any time a phase.

    ASKING    PASS, CAP LS 302, NICK and USER are sent; the server lists what it can (or doesn't
              know CAP at all: then it goes on to the welcome by itself)
    CHOOSING  the wanted capabilities are asked for; wait for all ACK and NAK
    LOGIN     AUTHENTICATE is sent; the service asks, we answer, it says yes or no
    WELCOME   CAP END is sent; wait for 001
    DONE      001 came. CAP NEW and DEL go on, a login service that comes back is used
    FAILED    `failure` says why; the connection should be given up and tried again later

A login that is not `required` and fails is left behind: LOGIN -> WELCOME. A nick that is taken
(433), not allowed (432), or being kept (437) is replaced by the next alternate; the wanted one is
won back later (bot/nickname.py).
Source: RFC 2812 3.1, IRCv3 capability-negotiation, sasl-3.1, sasl-3.2.
"""

from collections.abc import Callable
from enum import StrEnum

from bot.capabilities import Capabilities
from bot.masks import without_addresses
from bot.nickname import alternates
from bot.sasl import Login
from bot.wire import Message, compose, param


class Phase(StrEnum):
    """Where in the registration a connection is."""

    ASKING = "asking"
    CHOOSING = "choosing"
    LOGIN = "login"
    WELCOME = "welcome"
    DONE = "done"
    FAILED = "failed"


_LOGIN_FAILURES = {
    "902": "the account is locked",
    "904": "the account or password is wrong",
    "905": "the answer was too long for it",
    "906": "it was aborted",
    "908": "it doesn't take this mechanism",
}


class Registration:
    """One connection's registration."""

    def __init__(
        self,
        nick: str,
        user: str,
        realname: str,
        *,
        password: str = "",
        login: Login | None = None,
    ) -> None:
        self._names = (nick, user, realname)
        self._password = password
        self._login = login
        self._alternates = alternates(nick)
        self._answers = self._handlers()
        self.caps = Capabilities()
        self.phase = Phase.ASKING
        self.failure = ""
        self.account: str | None = None

    def start(self) -> list[str]:
        """Return the first lines."""
        nick, user, realname = self._names
        first = [compose("PASS", self._password)] if self._password else []
        ident = compose("USER", user, "0", "*", realname)
        return [*first, compose("CAP", "LS", "302"), compose("NICK", nick), ident]

    def receive(self, message: Message) -> list[str]:
        """Take a message; return the lines that answer it."""
        answer = self._answers.get(message.command)
        return answer(message) if answer is not None else []

    def stalled(self) -> list[str]:
        """Give up on the answer that is overdue; return the lines that go on without it."""
        if self.phase in (Phase.ASKING, Phase.CHOOSING):
            self.caps.forget_requests()
            return self._end("the server doesn't answer which login it offers")
        if self.phase is Phase.LOGIN:
            return ["AUTHENTICATE *", *self._end("the login service doesn't answer")]
        return []

    def _handlers(self) -> dict[str, Callable[[Message], list[str]]]:
        return {
            "CAP": self._cap,
            "AUTHENTICATE": self._authenticate,
            "001": self._welcome,
            "900": self._logged_in,
            "901": self._logged_out,
            "903": self._login_succeeded,
            "907": self._login_succeeded,
            **dict.fromkeys(_LOGIN_FAILURES, self._login_failed),
            **dict.fromkeys(("421", "410", "451", "461"), self._unknown),
            **dict.fromkeys(("432", "433", "436", "437"), self._nick_refused),
            **dict.fromkeys(("463", "464", "465"), self._turned_away),
        }

    def _cap(self, message: Message) -> list[str]:
        if len(message.params) < 3:
            return []
        answer = {
            "LS": self._listed,
            "NEW": self._new,
            "DEL": self._gone,
            "ACK": self._acknowledged,
            "NAK": self._not_acknowledged,
        }.get(message.params[1].upper())
        return answer(message) if answer is not None else []

    def _listed(self, message: Message) -> list[str]:
        if not self.caps.offer(message) or self.phase is not Phase.ASKING:
            return []
        self.phase = Phase.CHOOSING
        return self._requests() or self._chosen()

    def _requests(self) -> list[str]:
        also = ["sasl"] if self._may_login() else []
        return [compose("CAP", "REQ", names) for names in self.caps.requests(also)]

    def _may_login(self) -> bool:
        """Say whether the server offers a login that the bot can use and doesn't have yet."""
        offered = self.caps.offered.get("sasl")
        if self._login is None or offered is None or self.account is not None:
            return False
        return not offered or self._login.mechanism in offered.upper().split(",")

    def _new(self, message: Message) -> list[str]:
        self.caps.offer(message)
        if self.phase is not Phase.DONE:
            return []  # the running negotiation looks at it, or a later NEW
        if "sasl" in self.caps.on and "sasl" in message.params[-1].partition("=")[0].split():
            self.caps.on.discard("sasl")
        return self._requests()

    def _gone(self, message: Message) -> list[str]:
        self.caps.withdraw(message)
        return []

    def _acknowledged(self, message: Message) -> list[str]:
        had_sasl = "sasl" in self.caps.on
        self.caps.acknowledged(message)
        if self.phase is Phase.CHOOSING:
            return self._chosen()
        if self.phase is Phase.DONE and "sasl" in self.caps.on and not had_sasl:
            return self._ask_login()
        return []

    def _not_acknowledged(self, message: Message) -> list[str]:
        alone = [compose("CAP", "REQ", name) for name in self.caps.refused(message)]
        return alone if alone or self.phase is not Phase.CHOOSING else self._chosen()

    def _chosen(self) -> list[str]:
        if not self.caps.settled:
            return []
        if "sasl" in self.caps.on:
            self.phase = Phase.LOGIN
            return self._ask_login()
        return self._end("the server doesn't offer this login")

    def _ask_login(self) -> list[str]:
        return [f"AUTHENTICATE {self._login.mechanism}"] if self._login else []

    def _authenticate(self, message: Message) -> list[str]:
        if self._login is None or self.phase not in (Phase.LOGIN, Phase.DONE):
            return []
        if param(message, 0) != "+":  # PLAIN and EXTERNAL know no other challenge
            return ["AUTHENTICATE *"]
        return [f"AUTHENTICATE {chunk}" for chunk in self._login.response()]

    def _logged_in(self, message: Message) -> list[str]:
        self.account = param(message, 2) or None
        return []

    def _logged_out(self, _message: Message) -> list[str]:
        self.account = None
        return []

    def _login_succeeded(self, _message: Message) -> list[str]:
        if self._login is not None and self.account is None:
            self.account = self._login.user or self._names[0]
        return self._end() if self.phase is Phase.LOGIN else []

    def _login_failed(self, message: Message) -> list[str]:
        if self.phase is not Phase.LOGIN:
            return []
        return self._end(_LOGIN_FAILURES[message.command])

    def _end(self, trouble: str = "") -> list[str]:
        """End the negotiation; fail instead when there is no login but there must be one."""
        if self._login is not None and self._login.required and self.account is None:
            return self._fail(f"Login by SASL {self._login.mechanism} failed: {trouble}")
        self.phase = Phase.WELCOME
        return ["CAP END"]

    def _fail(self, why: str) -> list[str]:
        self.phase = Phase.FAILED
        self.failure = why
        return []

    def _unknown(self, message: Message) -> list[str]:
        """Go on without CAP on a server that doesn't know it."""
        if self.phase is not Phase.ASKING or "CAP" not in map(str.upper, message.params):
            return []
        if self._login is not None and self._login.required:
            return self._fail("Login by SASL failed: the server doesn't know capabilities")
        self.phase = Phase.WELCOME
        return []

    def _nick_refused(self, _message: Message) -> list[str]:
        if self.phase in (Phase.DONE, Phase.FAILED):
            return []
        return [compose("NICK", next(self._alternates))]

    def _turned_away(self, message: Message) -> list[str]:
        if self.phase is Phase.DONE:
            return []
        said = without_addresses(message.params[-1]) if message.params else ""
        why = {"464": "the server's password is wrong", "465": "the bot is banned"}
        reason = why.get(message.command, "the host isn't allowed")
        return self._fail(f"The server turned the bot away: {reason} ({said})")

    def _welcome(self, _message: Message) -> list[str]:
        if self.phase is Phase.FAILED:
            return []
        if self._login is not None and self._login.required and self.account is None:
            return self._fail("The server let the bot in without the login that it must have")
        self.phase = Phase.DONE
        return []
