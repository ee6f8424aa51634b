"""Atheme: services with accounts, for SASL on InspIRCd."""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.process import Process
from tests.servers.server import Server
from tests.servers.tls import Certificate, make_certificate

_MODULES = (
    *("protocol/inspircd", "backend/opensex", "crypto/pbkdf2v2"),
    *("nickserv/main", "nickserv/register", "nickserv/identify", "nickserv/cert"),
    *("nickserv/logout", "nickserv/ghost", "nickserv/group"),
    *("saslserv/main", "saslserv/plain", "saslserv/external"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A registered account; it logs in by password, or by the certificate's fingerprint."""

    name: str
    password: str
    certificate: Certificate


class Atheme(Server):
    """Services on one InspIRCd. `register` makes accounts; SASL is PLAIN and EXTERNAL."""

    program = "atheme-services"

    def __init__(self, folder: Path, ircd: Inspircd) -> None:
        super().__init__(folder)
        self.ircd = ircd

    def make_process(self) -> Process:
        config = self.folder / "atheme.conf"
        config.write_text(self._config(), encoding="utf-8")
        (self.folder / "services.db").touch()
        files = ["-l", f"{self.folder}/atheme.log", "-p", f"{self.folder}/atheme.pid"]
        argv = [self.path, "-n", "-c", str(config), *files, "-D", str(self.folder)]
        return Process(argv, self.folder / "atheme.out")

    def is_ready(self) -> bool:
        """True once the ircd offers its SASL mechanisms to clients."""
        with IrcUser("probe", self.ircd.port) as probe:
            probe.send("CAP LS 302")
            capabilities = probe.wait_for(r" CAP \S+ LS :(.*)")[1]
            return re.search(r"sasl=\S*PLAIN", capabilities) is not None

    def register(self, name: str, password: str = "correct-horse") -> Account:
        """Make an account that may log in by SASL PLAIN and EXTERNAL."""
        account = Account(name, password, make_certificate(self.folder / "clients", name))
        with IrcUser(name, self.ircd.port) as owner:
            owner.say("NickServ", f"REGISTER {password} {name}@example.org")
            owner.wait_for(rf"NickServ.* NOTICE .*{name}.* is now registered")
            owner.say("NickServ", f"CERT ADD {account.certificate.sha256}")
            owner.wait_for(r"NickServ.* NOTICE .*[Aa]dded")
            owner.quit()
        return account

    def _config(self) -> str:
        modules = "".join(f'loadmodule "modules/{module}";\n' for module in _MODULES)
        return modules + dedent(f"""\
            serverinfo {{
                name = "services.test";
                desc = "services";
                numeric = "00S";
                netname = "testnet";
                adminname = "a";
                adminemail = "admin@example.org";
                registeremail = "reg@example.org";
                auth = none;
                casemapping = ascii;
                recontime = 1;
            }};
            general {{ commit_interval = 5; }};
            nickserv {{ nick = "NickServ"; }};
            saslserv {{ nick = "SaslServ"; }};
            uplink "{self.ircd.name}" {{
                host = "127.0.0.1";
                port = {self.ircd.link_port};
                send_password = "svcpw";
                receive_password = "svcpw";
            }};
            """)
