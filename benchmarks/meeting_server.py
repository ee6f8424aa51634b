"""An IRC server that lets a bot into channels and plays meetings with it. Runs as a process of its own.

It is told on standard input and answers on standard output, one JSON object a line:

    {"joined": 2}                                           answered once the bot is in so many channels
    {"ask": ["ann", "#b", "#vote"], "times": 20, "flood": "#a", "per_s": 1000}
    {"waits_ms": [...], "said": N}                          from each `#vote xN` sent to its answer received
    {"play": [["ann", "#b", "#startmeeting b"], ...], "ends": 50}
    {"took_s": T}                                           from the first line to the last meeting's end
"""

import asyncio
import json
import sys
import time
from typing import Any

from benchmarks.flood_server import FloodServer

_CHUNK_S = 0.01
_PATIENCE_S = 30.0
_TEXTS = ("the tests pass here", "looks good to me", "one more thing: the docs", "ok")


class MeetingServer(FloodServer):
    """One bot's connection: it is asked in one channel while another floods, or plays many meetings."""

    def __init__(self) -> None:
        super().__init__(_TEXTS, tagged=False)
        self._entered: asyncio.Queue[str] = asyncio.Queue()
        self._asked_before = 0
        self._answers: asyncio.Queue[tuple[str, str, float]] = asyncio.Queue()

    def _hear(self, line: str) -> None:
        if line.startswith("PRIVMSG "):
            target, _, text = line.removeprefix("PRIVMSG ").partition(" ")
            self._answers.put_nowait((target, text.removeprefix(":"), time.monotonic()))
        else:
            super()._hear(line)

    def _let_in(self, channel: str) -> None:
        for each in channel.split(","):
            super()._let_in(each)
            self._entered.put_nowait(each)

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what one order says, and answer with what came of it."""
        if "joined" in order:
            for _ in range(order["joined"]):
                await asyncio.wait_for(self._entered.get(), _PATIENCE_S)
            return order
        if "ask" in order:
            return await self._ask(order)
        return await self._play(order["play"], order["ends"])

    async def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        flooding = asyncio.create_task(self._stream(order["flood"], order["per_s"]))
        nick, channel, text = order["ask"]
        waits = []
        for _ in range(order["times"]):
            await asyncio.sleep(
                0.11
            )  # not in step with the chunks of the flood, nor the bot's beats
            self._asked_before += 1
            sent, mark = time.monotonic(), f"x{self._asked_before}"
            self._say(nick, channel, f"{text} {mark}")
            waits.append(1000 * (await self._answered(channel, mark) - sent))
        flooding.cancel()
        return {"waits_ms": waits, "said": self._said}

    async def _answered(self, channel: str, mark: str) -> float:
        while True:
            target, text, at = await asyncio.wait_for(self._answers.get(), _PATIENCE_S)
            if target == channel and mark in text.split():
                return at

    async def _stream(self, channel: str, per_s: float) -> None:
        """Flood a channel at that pace, without end."""
        began, first = time.monotonic(), self._said
        while per_s:
            due = first + int((time.monotonic() - began) * per_s)
            while self._said < due:
                self._say("eve", channel, f"{self._said} {_TEXTS[self._said % len(_TEXTS)]}")
                self._said += 1
            await asyncio.sleep(_CHUNK_S)

    async def _play(self, script: list[list[str]], ends: int) -> dict[str, Any]:
        began = time.monotonic()
        for nick, channel, text in script:
            self._say(nick, channel, text)
        ended = began
        while ends:
            _, text, ended = await asyncio.wait_for(self._answers.get(), _PATIENCE_S)
            ends -= text.startswith("Meeting ended ")
        return {"took_s": ended - began}

    def _say(self, nick: str, channel: str, text: str) -> None:
        self._send(f":{nick}!user@host.example PRIVMSG {channel} :{text}")


async def _main() -> None:
    meeting = MeetingServer()
    server = await asyncio.start_server(meeting.serve, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    loop = asyncio.get_running_loop()
    while told := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await meeting.obey(json.loads(told))), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
