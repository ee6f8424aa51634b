"""A real SMTP server on loopback: it keeps what it takes, and can refuse, ask for TLS and for a password."""

import ssl
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.servers.deadline import wait_until
from tests.servers.ports import Ports
from tests.servers.tls import Certificate, make_certificate

USER, PASSWORD = "madang", "the secret of the mail server"


class MailServer:
    """An SMTP server in a thread. `security` as in `[mail]`; `asks` makes it want a password.

    `answers` are given to the next recipients instead of taking them: `450 later`. It may be
    stopped and started again: until the end of the `with` its port stays its own.
    """

    def __init__(self, folder: Path, security: str = "none", *, asks: bool = False) -> None:
        self.folder, self.security, self.asks = folder, security, asks
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        self.taken: list[EmailMessage] = []
        self.answers: deque[str] = deque()
        self.wished: list[str] = []
        self.logins: list[bool] = []
        self._certificate: Certificate | None = None
        if security != "none":
            self._certificate = make_certificate(folder)
        self._ports = Ports()
        self.port = self._ports.claim()

    @property
    def section(self) -> dict[str, Any]:
        """What `[mail]` says to send by this server."""
        told: dict[str, Any] = {
            "host": "127.0.0.1", "port": self.port, "security": self.security,
            "sender": "Test yard <hub@example.org>",
        }  # fmt: skip
        if self._certificate is not None:
            told["tls_ca"] = str(self._certificate.cert)
        if self.asks:
            told |= {"user": USER, "password_file": str(self.folder / "password")}
        return told

    @property
    def toml(self) -> str:
        """The same as text of madang.toml."""
        lines = (f"{key} = {value!r}" for key, value in self.section.items())
        return "\n".join(["[mail]", *lines, ""])

    def waits_for(self, number: int = 1) -> EmailMessage:
        """Wait until it has taken so many mails; return the last."""
        wait_until(lambda: len(self.taken) >= number, f"mail {number}", 60)
        return self.taken[number - 1]

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or give the next answer."""
        self.wished.append(address)
        if self.answers:
            return self.answers.popleft()
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:
        """Keep a mail."""
        message = message_from_bytes(envelope.content, policy=POLICY)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"

    def _options(self) -> dict[str, Any]:
        told: dict[str, Any] = {"enable_SMTPUTF8": True}
        if self._certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self._certificate.cert, self._certificate.key)
            name = "ssl_context" if self.security == "tls" else "tls_context"
            told |= {name: context}
            if self.security == "starttls":
                told["require_starttls"] = True
        if self.asks:
            later = (
                self.security == "starttls"
            )  # the library takes a connection for plain that never was
            told |= {"authenticator": self._checks, "auth_require_tls": later}
            told["auth_required"] = later
        return told

    def start(self) -> None:
        """Take mails."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._options())
        self._controller.start()

    def stop(self) -> None:
        """Take none; nobody listens."""
        self._controller.stop()

    def _checks(
        self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        is_right = given == LoginPassword(USER.encode(), PASSWORD.encode())
        self.logins.append(is_right)
        return AuthResult(success=is_right, handled=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._controller.server is not None:
            self.stop()
        self._ports.close()


def text_of(message: EmailMessage) -> str:
    """Return the words of a mail."""
    return str(message.get_content())
