"""Mails: one as it is written, and the way to the SMTP server that is configured.

Source: RFC 5322 (the message), RFC 3834 5 (that no person sent it), RFC 6409 (submission).
"""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from hub.config_people import MailSection
from hub.errors import HubError

_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address, in plain text.

    headers: others than those that every mail has. name: the part of its Message-ID before the domain, for
    one that says the same whenever it is sent; empty for a new one each time.
    """

    to: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    name: str = ""


class Hopeless(HubError):
    """A mail that will never be taken, however often it is sent: its address is none, or refused for good."""


def send(config: MailSection, mail: Mail, now: datetime) -> None:
    """Hand a mail to the server, which has taken it when this returns. Waits for the network.

    Raises: Hopeless; OSError, of which all errors of SMTP and TLS are, or ValueError for what may mend.
    """
    message = written(config, mail, now)
    with _open(config) as server:
        if config.security == "starttls":
            server.starttls(context=_trust(config))
        if config.user:
            password = Path(config.password_file).read_text(encoding="utf-8").strip("\r\n")
            server.login(config.user, password)
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code >= 500 for code, _ in refused.recipients.values()):
                raise Hopeless(f"The server refuses the address: {refused.recipients}") from refused
            raise
        except smtplib.SMTPNotSupportedError as error:  # SMTPUTF8, which this address needs
            raise Hopeless(str(error)) from error


def written(config: MailSection, mail: Mail, now: datetime) -> EmailMessage:
    """Return a mail as a message.

    Raises: Hopeless for an address that can't stand in one.
    """
    try:
        to = Address(addr_spec=mail.to)
    except (ValueError, IndexError, MessageError) as error:
        raise Hopeless(f"This is no e-mail address: {error}") from error
    message = EmailMessage(policy=SMTP)
    message["From"] = config.sender
    message["To"] = to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    domain = parseaddr(config.sender)[1].rpartition("@")[2]
    message["Message-ID"] = f"<{mail.name}@{domain}>" if mail.name else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    for header, value in mail.headers:
        message[header] = value
    message.set_content(mail.text)
    return message


def _open(config: MailSection) -> smtplib.SMTP:
    if config.security == "tls":
        return smtplib.SMTP_SSL(
            config.host, config.port, timeout=_PATIENCE_S, context=_trust(config)
        )
    return smtplib.SMTP(config.host, config.port, timeout=_PATIENCE_S)


def _trust(config: MailSection) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=config.tls_ca or None)
