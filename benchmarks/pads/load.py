"""The people at a pad, for any server that speaks Yjs: a program of its own, told by JSON what to do.

    python -m benchmarks.pads.load '{"port": 9000, "path": "/ws/pads/x", ...}'

Plain sockets and frames that are made beforehand: it must cost less than any server that it measures. Every
key pressed is one character that stands nowhere else in what a server sends, so what arrives at a reader is
counted by looking for that character, however many updates a server puts into a frame. Some readers, spread
over all, take apart what they get: each character's clock tells when it was pressed.
"""

import base64
import json
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pad.lib0 import Malformed, Reader, blob, string, uint
from pad.update import Unfit, read_update

_KEY = "한"
_MARK = _KEY.encode()
_CLIENT = 1_000
_CHUNK = 1 << 18
_GREETING_S = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """What to do: seconds before what counts, seconds that count, seconds for what is late.

    document: its name stands before each message, as Hocuspocus wants it. pid: of the server.
    """

    port: int
    path: str
    pid: int
    document: str = ""
    writers: int = 100
    readers: int = 500
    per_s: float = 5.0
    probes: int = 10
    warm_s: float = 4.0
    counted_s: float = 15.0
    late_s: float = 8.0


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it. latencies in ms; `lost`, of a hundred, had not arrived in time at the probes.

    cpu_s: of the server, and `own_s` of this program, while it counted.
    """

    delivered: int
    asked: int
    seconds: float
    cpu_s: float
    own_s: float
    p50_ms: float
    p95_ms: float
    lost: float


@dataclass(slots=True)
class Reading:
    """Somebody who reads: how many characters came. A probe keeps what is not taken apart yet."""

    sock: socket.socket
    is_probe: bool
    came: int = 0
    tail: bytes = b""
    rest: bytearray = field(default_factory=bytearray)


class Crowd:
    """All who are at the pad."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._poll = select.epoll()
        self._readings: dict[int, Reading] = {}
        self._pressed: dict[tuple[int, int], float] = {}
        self._late: list[tuple[float, float]] = []
        self._frames = [_typing(load, writer) for writer in range(load.writers)]
        self._typed = [0] * load.writers
        step = max(1, load.readers // load.probes)
        self._probes = len(range(0, load.readers, step))
        self._writers = [greeted(load) for _ in range(load.writers)]
        for number in range(load.readers):
            self._watch(Reading(greeted(load), number % step == 0))
        for sock in self._writers:
            self._watch(Reading(sock, is_probe=False))
        self._counting = set(list(self._readings)[: load.readers])

    def _watch(self, reading: Reading) -> None:
        reading.sock.setblocking(False)
        self._readings[reading.sock.fileno()] = reading
        self._poll.register(reading.sock, select.EPOLLIN)

    def run(self) -> Found:
        """Let them type; count."""
        load = self._load
        began = time.monotonic()
        self._go_on(began, began + load.warm_s)
        came, cpu, own, since = (
            self._came(),
            _cpu_s(load.pid),
            time.process_time(),
            time.monotonic(),
        )
        self._go_on(began, began + load.warm_s + load.counted_s)
        until = time.monotonic()
        delivered, cpu_s = self._came() - came, _cpu_s(load.pid) - cpu
        own_s = time.process_time() - own
        self._listen_until(until + load.late_s)
        return self._found(since, until, delivered, cpu_s, own_s)

    def _go_on(self, began: float, until: float) -> None:
        """Press each key when it is due; read between."""
        every = 1 / (self._load.writers * self._load.per_s)
        while (now := time.monotonic()) < until:
            while began + len(self._pressed) * every <= now:
                self._press(len(self._pressed) % self._load.writers)
            self._read(began + len(self._pressed) * every - now)

    def _press(self, writer: int) -> None:
        clock = self._typed[writer]
        self._typed[writer] += 1
        self._pressed[_CLIENT + writer, clock] = time.monotonic()
        self._writers[writer].send(next(self._frames[writer]))

    def _listen_until(self, end: float) -> None:
        expected = len(self._pressed) * self._probes
        while (now := time.monotonic()) < end and len(self._late) < expected:
            self._read(min(0.2, end - now))

    def _read(self, longest_s: float) -> None:
        for number, _ in self._poll.poll(max(0.0, longest_s)):
            reading = self._readings[number]
            chunk = reading.sock.recv(_CHUNK)
            if not chunk:
                raise SystemExit(f"a server has hung up: {bytes(reading.rest)[-100:]!r}")
            joined = reading.tail + chunk
            reading.came += joined.count(_MARK)
            reading.tail = joined[1 - len(_MARK) :]
            if reading.is_probe:
                self._take_apart(reading, chunk)

    def _take_apart(self, reading: Reading, chunk: bytes) -> None:
        now = time.monotonic()
        reading.rest += chunk
        for message in _messages(reading.rest):
            for client, start, end in _spans(message, self._load.document):
                for clock in range(start, end):
                    pressed = self._pressed.get((client, clock))
                    if pressed is not None:
                        self._late.append((pressed, now - pressed))

    def _came(self) -> int:
        return sum(self._readings[number].came for number in self._counting)

    def _found(
        self, since: float, until: float, delivered: int, cpu_s: float, own_s: float
    ) -> Found:
        load = self._load
        late = sorted(late for pressed, late in self._late if since <= pressed < until)
        keys = sum(since <= pressed < until for pressed in self._pressed.values())
        wanted = keys * self._probes
        lost = wanted - len(late)
        late += [time.monotonic() - since] * lost
        return Found(
            delivered, keys * load.readers, until - since, cpu_s, own_s,
            1000 * late[len(late) // 2], 1000 * late[int(0.95 * (len(late) - 1))],
            100 * lost / wanted,
        )  # fmt: skip


def greeted(load: Load) -> socket.socket:
    """Return a socket that is at the pad: shaken hands with, and told all there is."""
    sock = socket.create_connection(("127.0.0.1", load.port), timeout=_GREETING_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    sock.sendall(
        f"GET {load.path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    told = b""
    while b"\r\n\r\n" not in told:
        got = sock.recv(1)  # not a byte of the first frame
        if not got:
            raise SystemExit(f"no WebSocket: {told!r}")
        told += got
    if b" 101 " not in told.split(b"\r\n", 1)[0]:
        raise SystemExit(f"no WebSocket: {told!r}")
    if load.document:  # Hocuspocus wants to know who it is, whoever it is
        sock.sendall(_frame(string(load.document) + b"\x02\x00" + string("-") + string("4.7.0")))
    sock.sendall(_frame(_prefix(load) + b"\x00\x00" + blob(b"\x00")))
    return sock


def _prefix(load: Load) -> bytes:
    return string(load.document) if load.document else b""


def _typing(load: Load, writer: int) -> Iterator[bytes]:
    """Yield the frames of one who types: each character behind the one before."""
    client, clock = _CLIENT + writer, 0
    while True:
        place = (
            b"\x84" + uint(client) + uint(clock - 1) if clock else b"\x04\x01" + string("content")
        )
        update = b"\x01\x01" + uint(client) + uint(clock) + place + string(_KEY) + b"\x00"
        yield _frame(_prefix(load) + b"\x00\x02" + blob(update))
        clock += 1


def _frame(message: bytes) -> bytes:
    """Return a client's frame: short, binary, masked with a key that changes nothing."""
    length = len(message)
    head = bytes((0x82, 0x80 | length)) if length < 126 else b"\x82\xfe" + struct.pack(">H", length)
    return head + bytes(4) + message


def _messages(buffer: bytearray) -> Iterator[bytes]:
    """Take the whole frames off a buffer; yield what stands in the binary ones."""
    at = 0
    while len(buffer) >= at + 2:
        length, start = buffer[at + 1] & 127, at + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(buffer) < start + size:
                break
            length = int.from_bytes(buffer[start : start + size], "big")
            start += size
        if len(buffer) < start + length:
            break
        if buffer[at] & 15 == 2:
            yield bytes(buffer[start : start + length])
        at = start + length
    del buffer[:at]


def _spans(message: bytes, document: str) -> Iterator[tuple[int, int, int]]:
    """Yield (client, clock, clock behind it) of what a message inserts."""
    try:
        reader = Reader(message)
        if document:
            reader.blob()
        if reader.uint() != 0 or reader.uint() == 0:
            return
        for span in read_update(reader.blob()).spans:
            yield span.client, span.start, span.end
    except (Malformed, Unfit) as error:
        raise SystemExit(f"what is this? {error}: {message!r}")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print(json.dumps(asdict(Crowd(Load(**json.loads(sys.argv[1]))).run())))
