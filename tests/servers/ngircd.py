"""ngIRCd: a plain IRC server of the old kind, without tags, ids or SASL."""

from pathlib import Path
from textwrap import dedent

from tests.servers.process import Process
from tests.servers.server import Server
from tests.servers.tls import Certificate


class Ngircd(Server):
    """One ngIRCd; `port` is plain, `tls_port` is TLS where a certificate was given.

    Operator `op` with the password `oppw`. `link` two of them before they start.
    """

    program = "ngircd"

    def __init__(
        self, folder: Path, name: str = "ng1.test", certificate: Certificate | None = None
    ) -> None:
        super().__init__(folder)
        self.name = name
        self.certificate = certificate
        self.tls_port = self.ports.claim()
        self._links: list[tuple[Ngircd, bool]] = []

    def link(self, other: "Ngircd") -> None:
        """Make one network of two servers; this one dials.

        After a split it dials again when it pleases: 5 to 20 s were seen.
        """
        self._links.append((other, False))
        other._links.append((self, True))

    def make_process(self) -> Process:
        config = self.folder / "ngircd.conf"
        config.write_text(self._config(), encoding="utf-8")
        config.chmod(0o644)
        argv = [self.path, "--nodaemon", "--config", str(config)]
        return Process(argv, self.folder / "ngircd.log")

    def _config(self) -> str:
        return self._global() + "".join(_server(*link) for link in self._links) + self._tls()

    def _global(self) -> str:
        return dedent(f"""\
            [Global]
            Name = {self.name}
            Info = test server
            Network = testnet
            Listen = 127.0.0.1
            Ports = {self.port}
            AdminEMail = admin@example.org
            MotdPhrase = hello
            [Limits]
            ConnectRetry = 2
            MaxNickLength = 30
            MaxJoins = 0
            MaxConnectionsIP = 0
            MaxPenaltyTime = 0
            [Options]
            DNS = no
            Ident = no
            PAM = no
            [Operator]
            Name = op
            Password = oppw
            """)

    def _tls(self) -> str:
        if self.certificate is None:
            return ""
        return dedent(f"""\
            [SSL]
            CertFile = {self.certificate.cert}
            KeyFile = {self.certificate.key}
            Ports = {self.tls_port}
            """)


def _server(peer: Ngircd, passive: bool) -> str:
    return dedent(f"""\
        [Server]
        Name = {peer.name}
        Host = 127.0.0.1
        Port = {peer.port}
        MyPassword = linkpw
        PeerPassword = linkpw
        Passive = {"yes" if passive else "no"}
        """)
