"""irssi: a real IRC client in a real terminal (tmux), typed into like a person would."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.deadline import TooLate, wait_until
from tests.servers.process import Process
from tests.servers.programs import path_to


class Irssi:
    """One irssi under `nick`, connected to `port`. `screen` is what a person would see."""

    def __init__(self, folder: Path, nick: str, port: int) -> None:
        self._irssi, self._tmux = path_to("irssi"), path_to("tmux")
        self.nick = nick
        self.port = port
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        env = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "screen-256color"}
        # The socket's path is relative: an absolute one may be longer than a socket's may.
        argv = [self._tmux, "-S", "tmux", "-f", "/dev/null", "-u", "-D"]
        self._process = Process(argv, folder / "tmux.log", cwd=folder, env=env)

    def start(self) -> Self:
        """Start, connect and wait for the server's welcome."""
        self._process.start()
        socket = self.folder / "tmux"
        self._process.wait_until(socket.exists, "tmux' socket")
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        (home / "startup").write_text("/set cmd_queue_speed 1msec\n", encoding="utf-8")
        argv = [self._irssi, "--home", str(home), "-c", "127.0.0.1", "-p", str(self.port)]
        self._call("new-session", "-d", "-x", "180", "-y", "50", *argv, "-n", self.nick)
        self.wait_for_screen("Welcome to the")
        return self

    @property
    def screen(self) -> str:
        """The terminal's text."""
        return self._call("capture-pane", "-p", "-J", "-t", "0")

    def wait_for_screen(self, words: str, timeout_s: float = 15.0) -> None:
        """Wait until the words stand on the screen.

        Raises: TooLate with the screen.
        """
        try:
            wait_until(lambda: words in self.screen, f"{words!r} on irssi's screen", timeout_s)
        except TooLate as error:
            raise TooLate(f"{error}:\n{self.screen}") from None

    def command(self, line: str) -> None:
        """Type a line and press Enter."""
        self._call("send-keys", "-t", "0", "-l", "--", line)
        self._call("send-keys", "-t", "0", "Enter")

    def join(self, channel: str) -> None:
        """Join a channel and wait for it."""
        self.command(f"/join {channel}")
        self.wait_for_screen(f"Join to {channel} was synced")

    def say(self, channel: str, text: str) -> None:
        """Say a text."""
        self.command(f"/msg {channel} {text}")

    def me(self, channel: str, text: str) -> None:
        """Do something: /me."""
        self.command(f"/action {channel} {text}")

    def become(self, nick: str) -> None:
        """Change the nick."""
        self.command(f"/nick {nick}")
        self.wait_for_screen(f"You're now known as {nick}")
        self.nick = nick

    def part(self, channel: str, reason: str = "") -> None:
        """Leave a channel."""
        self.command(f"/part {channel} {reason}")

    def quit(self, reason: str = "bye") -> None:
        """Leave IRC."""
        self.command(f"/quit {reason}")

    def close(self) -> None:
        """End the client and its terminal. Repeatable."""
        self._process.stop()

    def _call(self, *args: str) -> str:
        argv = [self._tmux, "-S", "tmux", "-u", *args]
        done = subprocess.run(argv, cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, f"tmux {args[0]}: {done.stderr.decode()}"
        return done.stdout.decode()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
