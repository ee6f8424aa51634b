"""The IRC server of `madang serve --demo`: for this machine only, and for any client.

The `irc` package's own server, with its connection handling and commands replaced where real clients
need better (bot/demo/client.py says what). It runs in threads of its own beside the hub's event loop.
"""

import ipaddress
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Self

from bot.demo import queries, registration, talk
from bot.demo.channels import DemoChannel, fold
from bot.demo.residents import Residents
from bot.demo.yard import Yard
from hub.clock import Clock, utc_now
from hub.errors import Invalid, Unavailable

CHANNELS: Mapping[str, str] = {
    "#madang": "The yard: welcome, sit down, talk",
    "#madang-dev": "Where it is built",
    "#마당-한국어": "한국어로 이야기하는 마당",
}
"""The channels of a demo that is told nothing else, with their topics; the first is the main one."""

_COMMANDS = {**registration.COMMANDS, **talk.COMMANDS, **queries.COMMANDS}


class DemoServer:
    """An IRC server on a loopback port. Port 0 takes a free one.

    `channels` maps names to topics. `residents` says whether the scripted ones live there; they never
    answer to `bots` and make small talk only while `watched` says that somebody has a page open.

    Raises: Invalid when `host` isn't an address of this machine alone.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        channels: Mapping[str, str] = CHANNELS,
        web_address: str = "http://127.0.0.1:8723",
        motd: Sequence[str] | None = None,
        residents: bool = True,
        watched: Callable[[], bool] | None = None,
        bots: Collection[str] = ("madang",),
        ping_s: float = 60.0,
        pause_s: float = 1.5,
        chat_every_s: float = 150.0,
        turn_s: float = 4.0,
        clock: Clock = utc_now,
    ) -> None:
        self._wanted = (_loopback(host), port)
        self._channels = dict(channels)
        self._web = web_address.rstrip("/")
        self._motd = demo_motd(self._web, self._channels) if motd is None else motd
        self._has_residents = residents
        self._watched = watched
        self._bots = bots
        self._ping_s = ping_s
        self._pause_s = pause_s
        self._chat_every_s = chat_every_s
        self._turn_s = turn_s
        self._clock = clock
        self._yard: Yard | None = None
        self._residents: Residents | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: host and port."""
        if self._yard is None:
            return self._wanted
        host, port = self._yard.server_address[:2]
        return str(host), int(port)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self.address[1]

    def start(self) -> Self:
        """Listen and serve until `stop`.

        Raises: Unavailable when the port is taken.
        """
        self._yard = self._opened()
        for name, topic in self._channels.items():
            channel = DemoChannel(
                name, self._clock(), topic=topic, by=self._yard.servername, lasting=True
            )
            self._yard.channels[fold(name)] = channel
        if self._has_residents and self._channels:
            self._residents = self._moved_in(self._yard)
        self._thread = threading.Thread(
            target=self._yard.serve_forever, args=(0.05,), name="demo-irc", daemon=True
        )
        self._thread.start()
        return self

    def _opened(self) -> Yard:
        try:
            return Yard(self._wanted, _COMMANDS, self._motd, clock=self._clock, ping_s=self._ping_s)
        except OSError as error:
            host, port = self._wanted
            raise Unavailable(
                f"The demo's IRC server can't listen on {host}:{port}: {error.strerror}."
                " Stop what uses that port, or take port 0 for a free one."
            ) from error

    def _moved_in(self, yard: Yard) -> Residents:
        residents = Residents(
            yard,
            next(iter(self._channels)),
            self._web,
            bots=self._bots,
            watched=self._watched,
            pause_s=self._pause_s,
            chat_every_s=self._chat_every_s,
            turn_s=self._turn_s,
        )
        residents.start()
        return residents

    def stop(self) -> None:
        """Say good-bye to everybody and give the port back. Repeatable."""
        yard, thread = self._yard, self._thread
        if yard is None or thread is None:
            return
        self._thread = None
        if self._residents is not None:
            self._residents.stop()
        yard.shutdown()
        thread.join()
        yard.server_close()
        with yard.lock:
            connections = list(yard.connections)
        for client in connections:
            client.cut("The demo ends")
        for client in connections:
            client.ended.wait(2.0)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def demo_motd(web: str, channels: Mapping[str, str]) -> Sequence[str]:
    """Return the demo's message of the day: where one is, and that the talk is public."""
    return (
        "Welcome to the yard! This is Madang's demo, on this machine alone.",
        f"The channels are logged publicly: {web}/irclogs/",
        "Begin a line with [nolog] to keep it out of the log.",
        "",
        "마당에 오신 것을 환영합니다! 이 컴퓨터에서만 돌아가는 마당의 체험용 서버입니다.",
        f"채널의 대화는 웹에 공개로 기록됩니다: {web}/irclogs/",
        "줄 앞에 [nolog]를 붙이면 그 줄은 기록되지 않습니다.",
        "",
        *(f"  /join {name}" for name in channels),
    )


def _loopback(host: str) -> str:
    address = "127.0.0.1" if host == "localhost" else host
    try:
        if ipaddress.IPv4Address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise Invalid("host", f"The demo serves this machine only: {host!r} should be 127.0.0.1.")
