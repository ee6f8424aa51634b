"""What waits to be sent to one client: bounded, and sent at once by a thread of its own."""

import socket
import threading
from collections import deque

MOST_BYTES = 1_000_000
"""A client that lets more than so much wait is cut off."""


class Outgoing:
    """The way out to one socket. `put` never blocks; a client that doesn't read harms only itself."""

    def __init__(self, connection: socket.socket, name: str) -> None:
        self._connection = connection
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._ending = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"{name}-out", daemon=True)
        self._thread.start()

    def put(self, line: bytes) -> bool:
        """Send a line soon; False when too much waits already, and then the connection is cut."""
        with self._changed:
            if self._ending:
                return True
            if self._bytes + len(line) > MOST_BYTES:
                self._ending = True
                self._waiting.clear()
                self.cut()
                self._changed.notify()
                return False
            self._waiting.append(line)
            self._bytes += len(line)
            self._changed.notify()
            return True

    def end(self, timeout_s: float = 2.0) -> None:
        """Send what waits, then nothing more. Repeatable."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def cut(self) -> None:
        """End the connection right now, for reading and writing. Repeatable."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was quicker

    def _run(self) -> None:
        while data := self._next():
            try:
                self._connection.sendall(data)
            except OSError:
                self.cut()
                return

    def _next(self) -> bytes:
        """Wait for something to send and take all of it; empty at the end."""
        with self._changed:
            while not self._waiting and not self._ending:
                self._changed.wait()
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._bytes = 0
            return data
