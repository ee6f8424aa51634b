"""InspIRCd 3: an IRC server with IRCv3 tags, message ids, channel history and SASL."""

from functools import partial
from pathlib import Path

from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.process import Process
from tests.servers.server import Server
from tests.servers.tls import Certificate

_MODULES = (
    *("spanningtree", "services_account", "sasl", "cap", "ircv3", "ircv3_accounttag"),
    *("ircv3_batch", "ircv3_capnotify", "ircv3_ctctags", "ircv3_echomessage"),
    *("ircv3_labeledresponse", "ircv3_msgid", "ircv3_servertime", "ircv3_chghost"),
    *("ircv3_invitenotify", "setname", "monitor", "botmode", "svshold", "hidechans"),
    *("chanhistory", "namesx", "uhnames", "chghost", "alias"),
)


class Inspircd(Server):
    """One InspIRCd; `port` is plain, `tls_port` is TLS where a certificate was given.

    Operator `op` with the password `oppw`. History is per channel: mode `+H 50:1h`. `link` two of
    them before they start; services dial `link_port` as services.test with the password svcpw.
    """

    program = "inspircd"

    def __init__(
        self,
        folder: Path,
        name: str = "in1.test",
        certificate: Certificate | None = None,
        *,
        number: int = 1,
        ping_s: int = 30,
        max_channels: int = 1000,
    ) -> None:
        super().__init__(folder)
        self.name = name
        self.certificate = certificate
        self.tls_port = self.ports.claim()
        self.link_port = self.ports.claim()
        self._number = number
        self._ping_s = ping_s
        self._max_channels = max_channels
        self._links: list[tuple[Inspircd, bool]] = []

    def link(self, other: "Inspircd") -> None:
        """Make one network of two servers; this one dials within 3 s of its start, or by `dial`."""
        self._links.append((other, True))
        other._links.append((self, False))

    def dial(self) -> None:
        """Link now what `link` named: after the start, and after a split (it never does alone)."""
        with IrcUser("dialer", self.port) as dialer:
            dialer.become_oper()
            for peer in [peer for peer, dials in self._links if dials]:
                dialer.send(f"CONNECT {peer.name}")
                wait_until(partial(_is_linked, dialer, peer), f"a link to {peer.name}")

    def make_process(self) -> Process:
        config = self.folder / "inspircd.conf"
        config.write_text("\n".join(self._config()) + "\n", encoding="utf-8")
        argv = [self.path, "--runasroot", "--nofork", f"--config={config}"]
        return Process(argv, self.folder / "inspircd.log", cwd=self.folder)

    def _config(self) -> list[str]:
        return [
            *self._identity(),
            *self._binds(),
            *(f'<module name="{module}">' for module in _MODULES),
            '<sasl requiressl="no" target="services.test">',
            '<chanhistory maxlines="1000" bots="yes" enableumode="yes">',
            '<class name="All" commands="*" privs="*" chanmodes="*" usermodes="*">',
            '<type name="NetAdmin" classes="All">',
            '<oper name="op" password="oppw" host="*@*" type="NetAdmin">',
            *self._services(),
            *(line for link in self._links for line in _server(*link)),
        ]

    def _identity(self) -> list[str]:
        return [
            f'<server name="{self.name}" description="test server" network="testnet"'
            f' id="{self._number:03d}">',
            '<admin name="a" nick="a" email="admin@example.org">',
            f'<pid file="{self.folder}/inspircd.pid">',
            f'<path configdir="{self.folder}" datadir="{self.folder}" logdir="{self.folder}"'
            f' runtimedir="{self.folder}">',
            '<limits maxnick="30" maxchan="64" maxtopic="390">',
            '<connect name="all" allow="*" resolvehostnames="no" useident="no" timeout="10"'
            f' pingfreq="{self._ping_s}" recvq="65536" softsendq="1048576" hardsendq="4194304"'
            ' commandrate="1000000" threshold="100000" fakelag="no" localmax="1000"'
            f' globalmax="1000" maxchans="{self._max_channels}">',
            f'<channels users="{self._max_channels}" opers="{self._max_channels}">',
        ]

    def _binds(self) -> list[str]:
        binds = [
            f'<bind address="127.0.0.1" port="{self.port}" type="clients">',
            f'<bind address="127.0.0.1" port="{self.link_port}" type="servers">',
        ]
        if self.certificate is None:
            return binds
        return [
            *binds,
            f'<bind address="127.0.0.1" port="{self.tls_port}" type="clients" ssl="gnutls">',
            '<module name="ssl_gnutls"><module name="sslinfo">',
            f'<gnutls certfile="{self.certificate.cert}" keyfile="{self.certificate.key}"'
            ' hash="sha256">',
        ]

    def _services(self) -> list[str]:
        return [
            f'<link name="services.test" ipaddr="127.0.0.1" port="{self.link_port}"'
            ' allowmask="127.0.0.1" sendpass="svcpw" recvpass="svcpw">',
            '<uline server="services.test" silent="yes">',
        ]


def _server(peer: Inspircd, dials: bool) -> list[str]:
    link = (
        f'<link name="{peer.name}" ipaddr="127.0.0.1" port="{peer.link_port}"'
        ' allowmask="127.0.0.1" timeout="5" sendpass="linkpw" recvpass="linkpw">'
    )
    return [link, f'<autoconnect period="1" server="{peer.name}">'] if dials else [link]


def _is_linked(user: IrcUser, peer: Inspircd) -> bool:
    before = len(user.lines)
    user.send("LINKS")
    user.wait_for(r" 365 ")
    return any(f" 364 {user.nick} {peer.name} " in line for line in user.lines[before:])
