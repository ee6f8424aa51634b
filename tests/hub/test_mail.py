"""Mails, sent to a real SMTP server in every way that can be configured."""

import smtplib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.naming import right_email
from hub.config_people import MailSection
from hub.errors import Invalid
from hub.mail import Hopeless, Mail, send, written
from tests.servers.smtp import MailServer, text_of

NOW = datetime(2021, 5, 13, 12, 0, tzinfo=UTC)
MAIL = Mail(
    "ann@example.org", "새 비밀번호", "안녕하세요, Ann\n\nhttps://hub.example.org/reset/x\n"
)
SECTION = MailSection(host="127.0.0.1", sender="마당 <hub@example.org>")


@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_mail_is_sent(tmp_path: Path, security: str, asks: bool) -> None:
    with MailServer(tmp_path, security, asks=asks and security != "none") as server:
        send(MailSection.model_validate(server.section), MAIL, NOW)
    (taken,) = server.taken
    assert server.logins == [True] * server.asks
    assert (taken["To"], taken["Subject"]) == ("ann@example.org", "새 비밀번호")
    assert taken["From"] == "Test yard <hub@example.org>"
    assert taken["Date"].datetime == NOW
    assert taken["Message-ID"].endswith("@example.org>")
    assert taken["Auto-Submitted"] == "auto-generated"
    assert text_of(taken).replace("\r\n", "\n") == MAIL.text


def test_a_wrong_password_is_an_error_that_may_mend(tmp_path: Path) -> None:
    with MailServer(tmp_path, "starttls", asks=True) as server:
        told = server.section
        Path(told["password_file"]).write_text("another")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(MailSection.model_validate(told), MAIL, NOW)
    assert server.taken == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_is_told_nothing(tmp_path: Path, security: str) -> None:
    with MailServer(tmp_path, security, asks=True) as server:
        told = server.section | {"tls_ca": ""}
        with pytest.raises(OSError, match="certificate"):
            send(MailSection.model_validate(told), MAIL, NOW)
    assert server.wished == []


def test_a_server_without_tls_is_not_trusted_with_it(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        told = server.section | {"security": "starttls"}
        with pytest.raises(smtplib.SMTPNotSupportedError):
            send(MailSection.model_validate(told), MAIL, NOW)
    assert server.wished == []


def test_an_address_that_is_refused_for_good_is_hopeless_and_for_now_is_not(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        section = MailSection.model_validate(server.section)
        server.answers.append("550 nobody")
        with pytest.raises(Hopeless, match="nobody"):
            send(section, MAIL, NOW)
        server.answers.append("450 greylisted")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(section, MAIL, NOW)
        send(section, MAIL, NOW)
    assert len(server.taken) == 1


def test_nobody_who_listens_is_an_error_that_may_mend(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        section = MailSection.model_validate(server.section)
    with pytest.raises(OSError):
        send(section, MAIL, NOW)


@given(st.text(max_size=20), st.text(max_size=30))
def test_an_address_is_one_recipient_or_hopeless(local: str, domain: str) -> None:
    """Whatever an account may give as its address, nobody else is written to, and no header is added."""
    try:
        address = right_email(f"{local}@{domain}")
    except Invalid:
        return
    try:
        message = written(SECTION, Mail(address, "Words", "text"), NOW)
    except Hopeless:
        return
    (to,) = message["To"].addresses
    assert to.addr_spec == address
    assert {name.lower() for name, _ in message.items()} <= {
        "from", "to", "subject", "date", "message-id", "auto-submitted",
        "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["A hub\r\nBcc: eve@example.org", "A\nhub"])
def test_a_hubs_name_adds_no_header(name: str) -> None:
    """`Subject` has it."""
    with pytest.raises(ValueError):
        written(SECTION, Mail("ann@example.org", name, "text"), NOW)
