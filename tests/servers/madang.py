"""The program under test as its users run it: a process with a configuration and a data folder."""

import json
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.error import HTTPError

from tests.servers.process import Process
from tests.servers.server import Server

_WITH_PAGES = frozenset({"serve", "web"})

ROOT = Path(__file__).parents[2]
"""The project's folder."""


class Madang(Server):
    """`madang serve` (or another role) on a free port; starts again as often as a test kills it.

    `config` is the text of madang.toml; `env` holds what the configuration takes from there; `code` is where
    the program's own folders are.
    """

    program = "python3"

    def __init__(
        self,
        folder: Path,
        config: str = "",
        *,
        role: str = "serve",
        data: Path | None = None,
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        code: Path = ROOT,
    ) -> None:
        super().__init__(folder)
        self.config = folder / "madang.toml"
        self.config.write_text(config, encoding="utf-8")
        self.data = data or folder / "data"
        self._role = role
        self._arguments = list(arguments)
        self._env = dict(env or {})
        self._code = code

    @property
    def url(self) -> str:
        """The address of its pages, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def make_process(self) -> Process:
        options = ["--config", str(self.config), "--data", str(self.data)]
        if self._role in _WITH_PAGES:
            options += ["--host", self.host, "--port", str(self.port)]
        argv = [sys.executable, "-m", "hub.cli", self._role, *options, *self._arguments]
        return Process(argv, self.folder / "madang.log", cwd=self._code, env=self._env)

    def is_ready(self) -> bool:
        """True once /healthz answers 200; a role without pages is ready when it runs."""
        if self._role not in _WITH_PAGES:
            return self.running.is_running
        return self.status("/healthz") == 200

    def run(self, *arguments: str, timeout_s: float = 60.0) -> str:
        """Run another command of the program on the same configuration and data; its output.

        It has to end with status 0.
        """
        options = ["--config", str(self.config), "--data", str(self.data)]
        argv = [sys.executable, "-m", "hub.cli", *arguments, *options]
        log = self.folder / f"{arguments[0]}.log"
        log.unlink(missing_ok=True)
        command = Process(argv, log, cwd=self._code, env=self._env)
        try:
            command.start()
            status = command.wait(timeout_s)
        finally:
            command.kill()
        assert status == 0, f"madang {' '.join(arguments)} ended with {status}:\n{command.output}"
        return command.output

    def status(self, path: str) -> int:
        """The HTTP status of a page; 0 while nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except HTTPError as answer:
            answer.close()
            return answer.code
        except OSError:
            return 0

    def get(self, path: str) -> str:
        """A page's text; anything but 200 is an error."""
        with urllib.request.urlopen(self.url + path, timeout=15) as answer:
            return str(answer.read().decode("utf-8"))


def network_toml(
    name: str,
    port: int,
    channels: Sequence[str] = ("#yard",),
    *,
    nick: str = "madang",
    meetings: bool = False,
    **keys: object,
) -> str:
    """A `[[network]]` for a server of the tests: plain, impatient, unthrottled.

    Further keys of the section are given by name and win: `tls=True, tls_ca="..."`.
    """
    section = {
        "name": name,
        "host": "127.0.0.1",
        "port": port,
        "nick": nick,
        "tls": False,
        "rate_burst": 100,
        "rate_per_s": 1000,
        **keys,
    }
    lines = ["[[network]]", *(f"{key} = {_toml(value)}" for key, value in section.items())]
    for channel in channels:
        lines += ["[[network.channel]]", f"name = {_toml(channel)}"]
        lines += ["meetings = true"] * meetings
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A value as TOML; JSON's strings, numbers, booleans and lists are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
