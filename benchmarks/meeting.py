"""Figures: replaying a meeting, answering while another channel floods, and fifty meetings at once.

What runs is the real `madang bot`; what it kept of the fifty meetings is then compared with what was said.
"""

import gc
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, at_most, repeated
from benchmarks.madang import Failed, answer, running, surroundings, tail
from hub.irc import Kind, Line
from meetbot.machine import replay
from meetbot.minutes import minutes
from meetbot.rules import Rules

_PACES = (0, 300, 3_000)
_REPLAYS = 10
_CHAIR, _PEOPLE = "ann", 24
_RULES = Rules(bots=frozenset(f"madang{n}" for n in range(30)))


@dataclass(frozen=True, slots=True)
class Size:
    """Lines of the meeting that is replayed, commands asked in a run, meetings at once, and runs."""

    lines: int
    commands: int
    meetings: int
    runs: int


FULL = Size(lines=600, commands=50, meetings=50, runs=7)
QUICK = Size(lines=600, commands=5, meetings=8, runs=3)

_ITEMS = ("#info the {n}th thing", "#action {nick} to do {n}", "#link https://example.org/{n}")


def script(lines: int, channel: str = "#yard") -> Sequence[tuple[str, str, str]]:
    """Return a meeting as (nick, channel, text): every tenth line is noted, now and then there is a vote."""
    said = [(_CHAIR, channel, f"#startmeeting {channel.lstrip('#')}")]
    for n in range(1, lines - 1):
        nick = f"{_CHAIR}{n * 7 % _PEOPLE or ''}"
        if n % 60 == 5:
            said.append((_CHAIR, channel, f"#topic part {n}"))
        elif n % 60 == 20:
            said.append((_CHAIR, channel, f"#startvote Is {n} right? yes, no"))
        elif 20 < n % 60 < 28:
            said.append((nick, channel, f"#vote {'no' if n % 3 else 'yes'}"))
        elif n % 60 == 28:
            said.append((_CHAIR, channel, "#endvote"))
        elif n % 10 == 0:
            said.append((nick, channel, _ITEMS[n // 10 % 3].format(n=n, nick=f"{_CHAIR}3")))
        else:
            said.append(
                (nick, channel, f"{n} what people say to each other, about as long as this")
            )
    return [*said, (_CHAIR, channel, "#endmeeting")]


def spoken(said: Sequence[tuple[str, str, str]]) -> Sequence[Line]:
    """Return the lines of a script, six seconds apart."""
    began = datetime(2021, 5, 12, 21, 0, tzinfo=UTC)
    return [
        Line("bench", channel, began + timedelta(seconds=6 * n), Kind.SAY, nick, text)
        for n, (nick, channel, text) in enumerate(said)
    ]


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure all three."""
    return [*_replayed(size), *_answered(folder / "asked", size), *_at_once(folder / "many", size)]


def _replayed(size: Size) -> Sequence[Figure]:
    lines = spoken(script(size.lines))

    def measure() -> float:
        gc.collect()
        began = time.process_time()  # others have the machine, too
        made = [minutes(replay(lines, _RULES).ended[0]) for _ in range(_REPLAYS)]
        took = time.process_time() - began
        if {len(each.log) for each in made} != {size.lines}:
            raise Failed(f"not all {size.lines} lines are in the minutes")
        return 1000 * took / _REPLAYS

    measure()  # what is compiled and looked up once is no part of it
    name = f"replay, a meeting of {size.lines} lines to its minutes"
    return [Figure(name, "ms", repeated(size.runs, measure), at_most(20))]


def _answered(folder: Path, size: Size) -> Sequence[Figure]:
    found: list[Figure] = []
    with _playing(folder, ("#flood", "#calm")) as playing:
        opening = ("#startmeeting Calm", "#startvote Is it? yes, no")
        playing.order({"play": [[_CHAIR, "#calm", text] for text in opening], "ends": 0})
        ask = [_CHAIR, "#calm", "#vote"]  # for what is no option: each is answered
        playing.order({"ask": ask, "times": 3, "flood": "#flood", "per_s": 0})  # warms up
        for pace in _PACES:
            order = {"ask": ask, "times": size.commands, "flood": "#flood", "per_s": pace}
            runs = [sorted(playing.order(order)["waits_ms"]) for _ in range(size.runs)]
            name = f"answer to a command, {f'{pace:,} lines/s in another channel' if pace else 'quiet'}"
            middle = [run[len(run) // 2] for run in runs]
            high = [run[int(0.95 * (len(run) - 1))] for run in runs]
            found += [
                Figure(f"{name}, median", "ms", middle, at_most(50)),
                Figure(f"{name}, 95 of 100", "ms", high),
            ]
    return found


def _at_once(folder: Path, size: Size) -> Sequence[Figure]:
    channels = [f"#room{n}" for n in range(size.meetings)]
    scripts = [script(60, channel) for channel in channels]
    mixed = [list(line) for lines in zip(*scripts, strict=True) for line in lines]
    with _playing(folder, channels) as playing:
        took = playing.order({"play": mixed, "ends": size.meetings})["took_s"]
        kept = playing.minutes(size.meetings)
    for channel, said in zip(channels, scripts, strict=True):
        _compare(kept.get(channel, {}), said)
    name = f"{size.meetings} meetings of 60 lines at once, all minutes right"
    return [
        Figure(f"{name}, from the first line to the last end", "s", [took]),
        Figure(f"{name}, lines", "lines/s", [len(mixed) / took]),
    ]


def _compare(kept: dict[str, Any], said: Sequence[tuple[str, str, str]]) -> None:
    """Compare what the bot kept of a meeting with a replay of what was said. Raises: Failed."""
    (meeting,) = replay(spoken(said), _RULES).ended
    wanted = minutes(meeting)
    items = [(item.kind.value, item.text, item.nick) for item in wanted.items]
    votes = [(vote.question, vote.result) for vote in wanted.votes]
    if (
        [(item["type"], item["text"], item["nick"]) for item in kept.get("items", ())] != items
        or [(vote["question"], vote["result"]) for vote in kept["votes"]] != votes
        or {p["nick"]: p["lines"] for p in kept["people"] if p["nick"] != "madang"}
        != {person.nick: person.lines for person in wanted.people}
    ):
        raise Failed(f"the minutes of {said[0][1]} are not what was said there")


class Playing:
    """The server that plays, and a look into the bot's database."""

    def __init__(self, server: "subprocess.Popen[str]", database: Path) -> None:
        self._server = server
        self._database = database

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        """Have the server do something. Raises: Failed when it ends."""
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return answer(self._server)

    def minutes(self, count: int) -> dict[str, dict[str, Any]]:
        """Return the documents of all meetings by channel. Raises: Failed when they are not so many."""
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        rows = connection.execute("SELECT document FROM minutes").fetchall()
        connection.close()
        found = {told["channel"]: told for (text,) in rows if (told := json.loads(text))}
        if len(rows) != count or len(found) != count:
            raise Failed(f"{count} meetings ended, of {len(rows)} there are minutes")
        return found


@contextmanager
def _playing(folder: Path, channels: Sequence[str]) -> Iterator[Playing]:
    """Start the server and a bot that is in the channels."""
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "benchmarks.meeting_server"]
    given = surroundings() | {"stdin": subprocess.PIPE}
    server = subprocess.Popen(argv, **given, stdout=subprocess.PIPE, text=True)
    try:
        config = folder / "madang.toml"
        named = "".join(f'[[network.channel]]\nname = "{channel}"\n' for channel in channels)
        config.write_text(_CONFIG.format(port=answer(server)["port"]) + named, encoding="utf-8")
        data = folder / "data"
        with running(data, "bot", "--config", str(config)) as bot:
            playing = Playing(server, data / "madang.db")
            playing.order({"joined": len(channels)})
            if bot.poll() is not None:
                raise Failed(f"the bot has ended:\n{tail(data)}")
            yield playing
    finally:
        server.kill()
        server.communicate()


_CONFIG = """
[[network]]
name = "bench"
host = "127.0.0.1"
port = {port}
tls = false
rate_burst = 100
rate_per_s = 1000.0
"""
