"""An IRC server that does one thing: it lets a bot in and floods a channel. Runs as a process of its own.

It is told on standard input and answers on standard output, one JSON object a line:

    {"flood": 30000, "per_s": 0}    that many lines, as fast as they are taken, or so many a second
    {"began": T, "ended": T, "longest_pong_s": S}    by the clock that all processes share

Meanwhile it asks PING four times a second: how long the answer takes tells how long the bot did not read.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

_CHUNK = 100
_PING_S = 0.25
_CAPS = "server-time message-tags multi-prefix"


class FloodServer:
    """One bot's connection, and the flood."""

    def __init__(self, texts: Sequence[str], *, tagged: bool) -> None:
        self._texts = texts
        self._tagged = tagged
        self._writer: asyncio.StreamWriter | None = None
        self._channel = ""
        self._nick = "*"
        self._joined = asyncio.Event()
        self._read = asyncio.Event()
        self._asked: dict[str, float] = {}
        self._said = 0
        self.longest_pong_s = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it goes."""
        self._writer = writer
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self._hear(line.decode("utf-8", "replace").rstrip("\r\n"))
        writer.close()

    def _hear(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        match command.upper():
            case "CAP":
                self._negotiate(rest)
            case "NICK":
                self._nick = rest.removeprefix(":")
            case "USER":
                if not self._tagged:
                    self._welcome()
            case "JOIN":
                self._let_in(rest.split(" ")[0])
            case "PING":
                self._send(f":flood.test PONG flood.test {rest}")
            case "PONG":
                self._take_pong(rest.rpartition(":")[2].split(" ")[-1])

    def _negotiate(self, rest: str) -> None:
        if not self._tagged:
            return  # an old server: it knows no CAP
        word, _, wanted = rest.partition(" ")
        if word == "LS":
            self._send(f":flood.test CAP * LS :{_CAPS}")
        elif word == "REQ":
            self._send(f":flood.test CAP * ACK {wanted}")
        elif word == "END":
            self._welcome()

    def _welcome(self) -> None:
        self._send(f":flood.test 001 {self._nick} :Welcome")
        self._send(f":flood.test 005 {self._nick} CASEMAPPING=rfc1459 CHANTYPES=# :are supported")
        self._send(f":flood.test 422 {self._nick} :No message of the day")

    def _let_in(self, channel: str) -> None:
        self._channel = channel
        self._send(f":{self._nick}!bot@host JOIN {channel}")
        self._send(f":flood.test 353 {self._nick} = {channel} :{self._nick} ann bob")
        self._send(f":flood.test 366 {self._nick} {channel} :End of names")
        self._joined.set()

    def _take_pong(self, token: str) -> None:
        asked = self._asked.pop(token, None)
        if asked is not None:
            self.longest_pong_s = max(self.longest_pong_s, time.monotonic() - asked)
        if not self._asked:
            self._read.set()

    def _send(self, line: str) -> None:
        if self._writer is not None:
            self._writer.write(f"{line}\r\n".encode())

    async def flood(self, count: int, per_s: float) -> dict[str, float]:
        """Speak so many lines, numbered on over all floods, and tell when."""
        await self._joined.wait()
        assert self._writer is not None
        self.longest_pong_s = 0.0
        pinging = asyncio.create_task(self._ping())
        began, first = time.monotonic(), self._said
        ended = began
        while self._said < first + count:
            upto = min(first + count, self._said + _CHUNK)
            self._writer.write(b"".join(map(self._line, range(self._said, upto))))
            self._said = upto
            ended = time.monotonic()
            await self._writer.drain()
            ahead_s = began + (upto - first) / per_s - time.monotonic() if per_s else 0.0
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
        pinging.cancel()
        await self._last_pong()
        return {"began": began, "ended": ended, "longest_pong_s": self.longest_pong_s}

    def _line(self, number: int) -> bytes:
        text = self._texts[number % len(self._texts)]
        tags = ""
        if self._tagged:
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            tags = f"@time={now};msgid=flood~{number} "
        who = "ann" if number % 3 else "bob"
        said = f"{tags}:{who}!user@host.example PRIVMSG {self._channel} :{number} {text}\r\n"
        return said.encode()

    async def _ping(self) -> None:
        while True:
            token = f"p{time.monotonic_ns()}"
            self._asked[token] = time.monotonic()
            self._send(f"PING :{token}")
            await asyncio.sleep(_PING_S)

    async def _last_pong(self) -> None:
        """Wait until the bot has read all that was said."""
        self._read.clear()
        if self._asked:
            await self._read.wait()


async def _main(texts: Sequence[str], *, tagged: bool) -> None:
    flooding = FloodServer(texts, tagged=tagged)
    server = await asyncio.start_server(flooding.serve, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    loop = asyncio.get_running_loop()
    while told := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(told)
        print(json.dumps(await flooding.flood(order["flood"], order["per_s"])), flush=True)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    asyncio.run(_main(given["texts"], tagged=given["tagged"]))
