"""Free TCP ports on loopback, claimed against other test processes."""

import random
import socket
from types import TracebackType
from typing import Self

# Below Linux' ephemeral range (32768 and up), so that no outgoing connection takes one by chance.
_RANGE = range(10_240, 32_000)


class Ports:
    """Claims ports until closed.

    A claim holds the UDP port of the same number: other test processes see that and pick another
    one, while the server under test is free to listen on the TCP port, again and again.
    """

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def claim(self) -> int:
        """A TCP port that nobody listens on and that no other test process claims."""
        for _ in range(500):
            port = random.choice(_RANGE)
            if _is_free(port) and (claim := _udp_twin(port)):
                self._held.append(claim)
                return port
        raise OSError("no free port between 10240 and 32000 found in 500 tries")

    def close(self) -> None:
        """Give all ports back. Repeatable."""
        while self._held:
            self._held.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def is_listening(port: int, host: str = "127.0.0.1") -> bool:
    """True when something accepts TCP connections there now."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _udp_twin(port: int) -> socket.socket | None:
    twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        twin.bind(("127.0.0.1", port))
    except OSError:
        twin.close()
        return None
    return twin
