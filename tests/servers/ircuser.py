"""A scripted IRC user: the other side of a conversation with the program under test."""

import base64
import re
import selectors
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Self

from tests.servers.deadline import TooLate

_LATIN = "iso-8859-1"
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Login:
    """SASL: PLAIN with a password, or EXTERNAL when there is none."""

    account: str
    password: str | None = None


class IrcUser:
    """One connection to an IRC server; a thread reads it and answers PING.

    `lines` holds everything received, in order. `wait_for` goes on where the last match ended, so a
    test reads like the conversation. Text goes out as UTF-8; bytes go out as they are.
    """

    def __init__(
        self,
        nick: str,
        port: int,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        caps: Sequence[str] = (),
        login: Login | None = None,
        server_password: str | None = None,
        username: str | None = None,
        timeout_s: float = 15.0,
    ) -> None:
        self.nick = nick
        self.host, self.port = host, port
        self.lines: list[str] = []
        self.answers_ping = True
        self._tls = tls
        self._caps = [*caps, *(["sasl"] if login and "sasl" not in caps else [])]
        self._login = login
        self._server_password = server_password
        self._username = username or nick
        self._timeout_s = timeout_s
        self._read_up_to = 0
        self._arrived = threading.Condition()
        self._one_call = threading.Lock()  # a TLS socket takes one call at a time
        self._one_line = threading.Lock()
        self._closed = True
        self._socket: socket.socket | None = None
        self._reader: threading.Thread | None = None

    # -- connection

    def connect(self) -> Self:
        """Connect, log in and wait for the welcome. Repeatable after a close.

        Raises: OSError when nobody listens; TooLate when there is no welcome.
        """
        self._dial()
        try:
            self._register()
        except BaseException:
            self.close()
            raise
        return self

    def _register(self) -> None:
        if self._server_password is not None:
            self.send(f"PASS {self._server_password}")
        if self._caps:
            self.send("CAP LS 302")
        self.send(f"NICK {self.nick}")
        self.send(f"USER {self._username} 0 * :{self.nick}")
        if self._caps:
            self._negotiate()
        self.wait_for(rf"^(?:@\S+ )?\S+ 001 {re.escape(self.nick)} ")
        self.sync()

    def _dial(self) -> None:
        self.close()
        raw = socket.create_connection((self.host, self.port), timeout=self._timeout_s)
        self._socket = self._tls.wrap_socket(raw, server_hostname="localhost") if self._tls else raw
        self._socket.setblocking(False)
        self._closed = False
        self._reader = threading.Thread(target=self._read, name=f"irc-{self.nick}", daemon=True)
        self._reader.start()

    def _negotiate(self) -> None:
        self.wait_for(r" CAP \S+ LS (?!\*)")
        self.send("CAP REQ :" + " ".join(self._caps))
        self.wait_for(r" CAP \S+ ACK ")
        if self._login is not None:
            self._log_in(self._login)
        self.send("CAP END")

    def _log_in(self, login: Login) -> None:
        self.send("AUTHENTICATE " + ("EXTERNAL" if login.password is None else "PLAIN"))
        self.wait_for(r"^(?:\S+ )?AUTHENTICATE :?\+")
        secret = f"\0{login.account}\0{login.password}"
        plain = base64.b64encode(secret.encode()).decode()
        self.send("AUTHENTICATE " + ("+" if login.password is None else plain))
        answer = self.wait_for(r" (903|904|905|906) ")
        assert answer[1] == "903", f"{self.nick} could not log in: {answer.string}"

    def close(self) -> None:
        """Drop the connection without a word. Repeatable."""
        if self._socket is None:
            return
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the server was quicker
        assert self._reader is not None
        self._reader.join(self._timeout_s)
        self._socket.close()
        self._socket = None

    @property
    def is_connected(self) -> bool:
        """False once either side has closed the connection."""
        return not self._closed

    def _read(self) -> None:
        assert self._socket is not None
        rest = b""
        while chunk := self._received(self._socket):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                self._take(line.rstrip(b"\r"))
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def _received(self, source: socket.socket) -> bytes:
        """What has come, waiting for it; empty at the end of the connection."""
        while True:
            try:
                with self._one_call:
                    return source.recv(65_536)
            except _NOT_NOW:
                _wait(source, selectors.EVENT_READ)
            except OSError:
                return b""

    def _take(self, raw: bytes) -> None:
        if raw.startswith(b"PING ") and self.answers_ping:
            self._write(b"PONG " + raw[5:])
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError:
            line = raw.decode(_LATIN)
        with self._arrived:
            self.lines.append(line)
            self._arrived.notify_all()

    # -- what it says

    def send(self, line: str | bytes) -> None:
        """Send one raw line; the end of line is added."""
        self._write(line.encode() if isinstance(line, str) else line)

    def _write(self, line: bytes) -> None:
        """Send a line whole; one that the connection's end cut short is lost, as on IRC."""
        target = self._socket
        assert target is not None, f"{self.nick} is not connected"
        rest = line + b"\r\n"
        with self._one_line:
            while rest and not self._closed:
                try:
                    with self._one_call:
                        rest = rest[target.send(rest) :]
                except _NOT_NOW:
                    _wait(target, selectors.EVENT_WRITE)
                except OSError:
                    return

    def join(self, *channels: str) -> None:
        """Join channels and wait until the server shows each one's names."""
        for channel in channels:
            self.send(f"JOIN {channel}")
            self.wait_for(rf" 366 \S+ {re.escape(channel)} ")

    def say(self, target: str, text: str | bytes) -> None:
        """Say a text in a channel or to a nick."""
        self._to("PRIVMSG", target, text)

    def me(self, target: str, text: str) -> None:
        """Do something: /me."""
        self._to("PRIVMSG", target, f"\x01ACTION {text}\x01")

    def notice(self, target: str, text: str) -> None:
        """Send a NOTICE."""
        self._to("NOTICE", target, text)

    def _to(self, command: str, target: str, text: str | bytes) -> None:
        body = text.encode() if isinstance(text, str) else text
        self.send(f"{command} {target} :".encode() + body)

    def part(self, channel: str, reason: str = "bye") -> None:
        """Leave a channel."""
        self.send(f"PART {channel} :{reason}")

    def become(self, nick: str) -> None:
        """Change the nick and wait for it."""
        self.send(f"NICK {nick}")
        self.wait_for(rf" NICK :?{re.escape(nick)}$")
        self.nick = nick

    def set_topic(self, channel: str, topic: str) -> None:
        """Set a channel's topic."""
        self.send(f"TOPIC {channel} :{topic}")

    def mode(self, target: str, *modes: str) -> None:
        """Set modes: `mode("#c", "+o", "bob")`."""
        self.send(" ".join(["MODE", target, *modes]))

    def kick(self, channel: str, nick: str, reason: str = "out") -> None:
        """Kick somebody."""
        self.send(f"KICK {channel} {nick} :{reason}")

    def become_oper(self, name: str = "op", password: str = "oppw") -> None:
        """Become an operator of the server; the default is what the test servers know."""
        self.send(f"OPER {name} {password}")
        self.wait_for(r" 381 ")

    def split(self, server: str, reason: str = "cut") -> None:
        """As an operator, cut a linked server off."""
        self.send(f"SQUIT {server} :{reason}")

    def quit(self, reason: str = "bye") -> None:
        """Leave IRC and wait until the server has closed the connection."""
        self.send(f"QUIT :{reason}")
        with self._arrived:
            self._arrived.wait_for(lambda: self._closed, self._timeout_s)
        self.close()

    # -- what it hears

    def wait_for(self, pattern: str, timeout_s: float | None = None) -> re.Match[str]:
        """The next received line that the regular expression finds something in.

        Raises: TooLate with the last lines, also when the connection ends first.
        """
        match, self._read_up_to = self._find(pattern, self._read_up_to, timeout_s)
        return match

    def _find(self, pattern: str, start: int, timeout_s: float | None) -> tuple[re.Match[str], int]:
        """The first match from line `start` on, waiting for it, and the line after it."""
        wanted = re.compile(pattern)
        deadline = monotonic() + (timeout_s or self._timeout_s)
        with self._arrived:
            while True:
                for number in range(start, len(self.lines)):
                    if match := wanted.search(self.lines[number]):
                        return match, number + 1
                start = len(self.lines)
                left_s = deadline - monotonic()
                if self._closed or left_s <= 0:
                    raise TooLate(self._complaint(pattern))
                self._arrived.wait(left_s)

    def wait_for_text(self, target: str, text: str, timeout_s: float | None = None) -> None:
        """Wait until somebody says exactly this text there."""
        said = rf" PRIVMSG {re.escape(target)} :?{re.escape(text)}$"
        self.wait_for(said, timeout_s)

    def heard(self, pattern: str) -> list[re.Match[str]]:
        """All matches among the lines received so far, whether waited for or not."""
        return [match for line in list(self.lines) if (match := re.search(pattern, line))]

    def sync(self) -> None:
        """Wait until the server has handled everything sent before; `wait_for` skips nothing."""
        start = len(self.lines)
        self.send(f"PING sync{start}")
        self._find(rf" PONG .*sync{start}$", start, None)

    def _complaint(self, pattern: str) -> str:
        state = "the connection ended" if self._closed else "time is up"
        last = "\n  ".join(self.lines[-15:])
        return f"{self.nick} waited in vain for {pattern!r} ({state}); last lines:\n  {last}"

    def __enter__(self) -> Self:
        return self.connect() if self._socket is None else self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _wait(connection: socket.socket, event: int) -> None:
    """Wait until the socket may be read or written; at most a little, for it may be closed."""
    with selectors.DefaultSelector() as selector:
        try:
            selector.register(connection, event)
        except (ValueError, OSError):
            return  # closed meanwhile
        selector.select(0.5)
