"""WeeChat without a screen: a real IRC client that is told what to do through a pipe."""

from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import Process
from tests.servers.programs import path_to

_SETTINGS = (
    *("logger.file.flush_delay 0", "irc.server_default.anti_flood_prio_high 0"),
    *("irc.server_default.anti_flood_prio_low 0", "irc.server_default.autojoin_delay 0"),
    *("irc.server_default.msg_quit bye", "irc.look.smart_filter off"),
)


class Weechat:
    """One WeeChat under `nick`, connected to `port`. `log` is what it wrote of a buffer."""

    def __init__(self, folder: Path, nick: str, port: int) -> None:
        self.nick = nick
        self.port = port
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        env = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "WEECHAT_PASSPHRASE": ""}
        argv = [path_to("weechat-headless"), "--dir", str(folder)]
        for command in self._commands():
            argv += ["--run-command", command]
        self._process = Process(argv, folder / "weechat.out", env=env)

    def _commands(self) -> list[str]:
        return [
            *(f"/set {setting}" for setting in _SETTINGS),
            f"/server add net 127.0.0.1/{self.port}",
            f"/set irc.server.net.nicks {self.nick}",
            f"/set fifo.file.path {self.folder}/fifo",
            "/fifo enable",
            "/connect net",
        ]

    def start(self) -> Self:
        """Start, connect and wait for the server's welcome."""
        self._process.start()
        self._process.wait_until((self.folder / "fifo").exists, "WeeChat's pipe")
        self.wait_for_log("server.net", "Welcome to the")
        return self

    def log(self, buffer: str) -> str:
        """What a buffer has shown: `server.net`, or a channel such as `#yard`."""
        name = buffer if buffer.startswith("server.") else f"net.{buffer}"
        file = self.folder / "logs" / f"irc.{name}.weechatlog"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def wait_for_log(self, buffer: str, words: str, timeout_s: float = 15.0) -> None:
        """Wait until a buffer has shown the words."""
        what = f"{words!r} in WeeChat's {buffer}"
        self._process.wait_until(lambda: words in self.log(buffer), what, timeout_s)

    def command(self, line: str) -> None:
        """Give a command on the server's buffer."""
        with (self.folder / "fifo").open("w", encoding="utf-8") as fifo:
            fifo.write(f"irc.server.net *{line}\n")

    def join(self, channel: str) -> None:
        """Join a channel and wait for it."""
        self.command(f"/join {channel}")
        self.wait_for_log(channel, f"has joined {channel}")

    def say(self, channel: str, text: str) -> None:
        """Say a text."""
        self.command(f"/msg {channel} {text}")

    def me(self, channel: str, text: str) -> None:
        """Do something: /me."""
        self.command(f"/command -buffer irc.net.{channel} irc /me {text}")

    def become(self, nick: str) -> None:
        """Change the nick."""
        self.command(f"/nick {nick}")
        self.wait_for_log("server.net", f"You are now known as {nick}")
        self.nick = nick

    def part(self, channel: str, reason: str = "") -> None:
        """Leave a channel."""
        self.command(f"/part {channel} {reason}")

    def quit(self, reason: str = "bye") -> None:
        """Leave IRC, and the program ends."""
        self.command(f"/quit {reason}")

    def close(self) -> None:
        """End the client. Repeatable."""
        self._process.stop()

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
