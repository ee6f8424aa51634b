"""A sender that keeps talking while things break, and keeps its ledger."""

import threading
from types import TracebackType
from typing import Self

from tests.promises.ledger import Ledger
from tests.servers.deadline import TooLate, wait_until
from tests.servers.ircuser import IrcUser


class Talk:
    """Says numbered texts in a channel, in a thread, until stopped; confirms them in batches.

    The user is connected and in the channel. When its connection breaks the talk pauses, the last
    batch unconfirmed, and the user comes back and goes on.
    """

    def __init__(
        self, user: IrcUser, channel: str, *, pause_s: float = 0.01, words: str = "안녕"
    ) -> None:
        self.ledger = Ledger(user.nick)
        self._user = user
        self._channel = channel
        self._pause_s = pause_s
        self._words = words
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"talk-{user.nick}", daemon=True)

    def start(self) -> Self:
        """Begin to talk."""
        self._thread.start()
        return self

    def stop(self) -> Ledger:
        """End the talk; what was said until now is confirmed if the server still answers."""
        self._stopped.set()
        self._thread.join()
        return self.ledger

    def wait_for_more(self, texts: int, timeout_s: float = 30.0) -> None:
        """Wait until so many more texts are confirmed."""
        goal = self.ledger.confirmed_up_to + texts
        what = f"{texts} more texts of {self.ledger.sender}"
        wait_until(lambda: self.ledger.confirmed_up_to >= goal, what, timeout_s)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if not self._user.is_connected:
                    self._user.connect().join(self._channel)
                self._say_a_batch()
            except (TooLate, OSError):
                self._stopped.wait(0.1)  # the server is away, or the nick still taken

    def _say_a_batch(self) -> None:
        for _ in range(10):
            if self._stopped.wait(self._pause_s):
                break
            self._user.say(self._channel, self.ledger.next_text(self._words))
        self._user.sync()
        self.ledger.confirm()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
