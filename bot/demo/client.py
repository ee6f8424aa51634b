"""One client's connection to the demo server: the `irc` package's handler, made fit for real clients.

What the package's own does wrong and this one doesn't: lines wait up to 100 ms in an unbounded queue,
bytes that are no UTF-8 or a QUIT end the thread with a traceback, nicks and channels compare exactly,
nobody is asked whether he is still there, who leaves stays in the lists. One lock, the server's, orders
all that happens, so everybody sees the same talk in the same order.
"""

import socket
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

from irc.server import IRCClient, IRCError

from bot.demo.channels import LINE_BYTES, TAG_BYTES, DemoChannel, cut, parse
from bot.demo.outgoing import Outgoing

if TYPE_CHECKING:
    from bot.demo.yard import Yard


class DemoClient(IRCClient):
    """A connected client. Everything but reading is done while holding the server's lock."""

    request: socket.socket
    server: "Yard"
    nick: str
    user: str
    realname: str
    host: str

    def setup(self) -> None:
        """Make ready; runs before `handle`."""
        self.nick = ""
        self.user = ""
        self.realname = ""
        self.host = "demo"
        self.away = ""
        self.signed_on_at: datetime = self.server.clock()
        self.spoke_at: datetime = self.signed_on_at
        self.channels: dict[str, DemoChannel] = {}
        self.is_registered = False
        self.negotiates = False
        self.leaving = "Connection closed"
        self._pinged = False
        self._rest = b""
        self.ended = threading.Event()
        self.request.settimeout(self.server.ping_s)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._outgoing = Outgoing(self.request, f"demo-{self.client_address[1]}")

    @property
    def mask(self) -> str:
        """The client as others see it: nick!user@host."""
        return f"{self.nick}!{self.user}@{self.host}"

    @property
    def is_resident(self) -> bool:
        """Whether it belongs to the house."""
        return False

    # What it says

    def handle(self) -> None:
        """Read and obey until the connection ends."""
        try:
            if not self.server.welcome(self):
                self.leave("Too many connections")
            while True:
                self._read()
        except self.Disconnect:
            return

    def _read(self) -> None:
        try:
            chunk = self.request.recv(8192)
        except TimeoutError:
            self._ask_whether_there()
            return
        except OSError as error:
            self.leaving = error.strerror or "Connection lost"
            raise self.Disconnect() from error
        if not chunk:
            raise self.Disconnect()
        self._pinged = False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        # What comes after so much without an end of line would be cut off anyway.
        self._rest = self._rest[: TAG_BYTES + LINE_BYTES]
        for line in lines:
            self._handle_line(line.rstrip(b"\r"))

    def _ask_whether_there(self) -> None:
        if not self.is_registered:
            self.leave("Registration took too long")
        if self._pinged:
            self.leave(f"Ping timeout: {self.server.ping_s:g} seconds")
        self._pinged = True
        self.send(f"PING :{self.server.servername}")

    def _handle_line(self, line: bytes) -> None:
        with self.server.lock:
            if line.startswith(b"@") and len(line.partition(b" ")[0]) > TAG_BYTES:
                self.reply("417", ":Input line was too long")
                return
            command, params = parse(line)
            if not command:
                return
            try:
                self.server.obey(self, command, params)
            except IRCError as error:
                self.reply(str(error.code), error.value)

    def leave(self, reason: str) -> None:
        """End the connection with a last word.

        Raises: Disconnect, always.
        """
        self.leaving = reason
        self.send(f"ERROR :Closing link: {self.nick or '*'} ({reason})")
        raise self.Disconnect()

    # What it hears

    def send(self, line: str) -> None:
        """Send a line, cut to what a line may hold."""
        clean = line.replace("\r", " ").replace("\n", " ").replace("\0", "")
        if not self._outgoing.put(cut(clean, LINE_BYTES).encode("utf-8", "replace") + b"\r\n"):
            self.leaving = "Too much waits to be sent"

    def reply(self, numeric: str, text: str) -> None:
        """Answer with a numeric; `text` is all that comes after the nick."""
        self.send(f":{self.server.servername} {numeric} {self.nick or '*'} {text}")

    def cut(self, reason: str) -> None:
        """End the connection from another thread."""
        self.leaving = reason
        self.send(f"ERROR :Closing link: {self.nick or '*'} ({reason})")
        self._outgoing.end()
        self._outgoing.cut()

    def finish(self) -> None:
        """Leave nothing behind; runs once, however the connection ended."""
        with self.server.lock:
            self.server.forget(self)
        self._outgoing.end()
        self.ended.set()

    def __repr__(self) -> str:
        return f"<DemoClient {self.mask}>"


def problem(numeric: str, text: str) -> Any:
    """Return the error that becomes a numeric answer."""
    return IRCError(numeric, text)  # type: ignore[no-untyped-call]
