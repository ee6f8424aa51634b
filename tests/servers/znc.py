"""ZNC: a bouncer that stays while its user is away, and plays back what was said."""

import hashlib
import os
import shutil
from textwrap import dedent

from tests.servers.deadline import wait_until
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.ngircd import Ngircd
from tests.servers.process import Process
from tests.servers.programs import unprivileged_folder
from tests.servers.server import Server


class Znc(Server):
    """A bouncer in front of a server, in one channel under `nick`.

    Its user logs in on `port` with the server password `login`. What was said meanwhile is played
    back at the next attach, and then forgotten, as ZNC does by default. It does not run as root.
    """

    program = "znc"
    _password = "bouncer-pw"

    def __init__(
        self, ircd: Ngircd | Inspircd, nick: str = "madang", channel: str = "#yard"
    ) -> None:
        self._user = "nobody" if os.geteuid() == 0 else None
        super().__init__(unprivileged_folder("madang-znc-", self._user))
        self.ircd = ircd
        self.nick = nick
        self.channel = channel

    @property
    def login(self) -> str:
        """What the user gives with PASS: user, network and password."""
        return f"{self.nick}/net:{self._password}"

    def make_process(self) -> Process:
        configs = self.folder / "configs"
        configs.mkdir()
        (configs / "znc.conf").write_text(self._config(), encoding="utf-8")
        if self._user:
            shutil.chown(configs, self._user)
            shutil.chown(configs / "znc.conf", self._user)
        argv = [self.path, "--foreground", "--datadir", str(self.folder)]
        return Process(argv, self.folder / "znc.log", user=self._user, cwd=self.folder)

    def start(self, timeout_s: float = 20.0) -> "Znc":
        """Start it and wait until it is in the channel."""
        super().start(timeout_s)
        with IrcUser("probe", self.ircd.port) as probe:
            wait_until(lambda: self._is_there(probe), f"{self.nick} in {self.channel}", timeout_s)
        return self

    def _is_there(self, probe: IrcUser) -> bool:
        probe.send(f"NAMES {self.channel}")
        names = probe.wait_for(r" (?:353 \S+ \S \S+ :(.*)|366 .*)$")[1] or ""
        return self.nick in {name.lstrip("@+") for name in names.split()}

    def close(self) -> None:
        """Stop it and remove its folder. Repeatable."""
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _config(self) -> str:
        digest = hashlib.sha256(f"{self._password}salt".encode()).hexdigest()
        return dedent(f"""\
            Version = 1.8.2
            AnonIPLimit = 1000
            ConnectDelay = 0
            ServerThrottle = 1
            ProtectWebSessions = false
            <Listener l>
              Host = {self.host}
              Port = {self.port}
              IPv4 = true
              IPv6 = false
              SSL = false
            </Listener>
            <User {self.nick}>
              Nick = {self.nick}
              AltNick = {self.nick}_
              Ident = {self.nick}
              RealName = bouncer
              Buffer = 500
              AutoClearChanBuffer = true
              <Pass password>
                Method = sha256
                Hash = {digest}
                Salt = salt
              </Pass>
              <Network net>
                Server = {self.ircd.host} {self.ircd.port}
                FloodBurst = 1000
                FloodRate = 1000
                <Chan {self.channel}>
                </Chan>
              </Network>
            </User>
            """)
