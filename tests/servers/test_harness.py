"""The servers that the tests stand on do what the tests believe."""

from tests.conftest import MakeUser
from tests.servers.atheme import Account
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser, Login
from tests.servers.ngircd import Ngircd
from tests.servers.tls import Certificate


def test_two_linked_ngircds_pass_a_message_and_split(
    ngircd_pair: tuple[Ngircd, Ngircd], irc_user: MakeUser
) -> None:
    one, two = ngircd_pair
    ann = irc_user("ann", one, "#yard")
    bob = irc_user("bob", two, "#yard")
    ann.wait_for(r"^:bob!\S+ JOIN :?#yard")
    ann.say("#yard", "안녕")
    bob.wait_for_text("#yard", "안녕")
    bob.become_oper()
    bob.split("ng1.test")
    assert "ng1.test ng2.test" in ann.wait_for(r"^:bob!\S+ QUIT ").string


def test_ngircd_speaks_tls_with_a_certificate_that_verifies(
    ngircd: Ngircd, certificate: Certificate
) -> None:
    with IrcUser("ann", ngircd.tls_port, tls=certificate.client_context()) as ann:
        ann.join("#yard")
        ann.say("#yard", "x" * 400)
        ann.sync()
        assert ann.is_connected


def test_a_killed_server_comes_back_on_its_port(ngircd: Ngircd) -> None:
    with IrcUser("ann", ngircd.port) as ann:
        ngircd.kill()
        ngircd.start()
        assert not ann.is_connected
        ann.connect().join("#yard")


def test_a_paused_server_keeps_the_connection_and_answers_later(
    ngircd: Ngircd, irc_user: MakeUser
) -> None:
    ann = irc_user("ann", ngircd, "#yard")
    ngircd.pause()
    ann.send("PING half-open")
    assert not ann.heard("half-open")
    ngircd.resume()
    assert ann.wait_for("PONG .*half-open")


def test_two_linked_inspircds_carry_one_message_id(
    inspircd_pair: tuple[Inspircd, Inspircd], irc_user: MakeUser
) -> None:
    one, two = inspircd_pair
    caps = ["message-tags", "server-time", "echo-message"]
    ann = irc_user("ann", one, "#yard", caps=caps)
    bob = irc_user("bob", two, "#yard", caps=caps)
    ann.wait_for(r"bob!\S+ JOIN :?#yard")
    ann.say("#yard", "hello")
    msgid = r"msgid=([^; ]+).* PRIVMSG #yard :?hello$"
    assert ann.wait_for(msgid)[1] == bob.wait_for(msgid)[1]
    ann.become_oper()
    ann.split("in2.test")
    ann.wait_for(r"bob!\S+ QUIT ")
    two.dial()
    ann.wait_for(r"bob!\S+ JOIN ")


def test_inspircd_replays_a_channels_history_to_who_joins(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    ann = irc_user("ann", session_inspircd, "#past")
    ann.mode("#past", "+H", "50:1h")
    ann.say("#past", "before you came")
    ann.sync()
    bob = irc_user("bob", session_inspircd, caps=["batch", "server-time", "message-tags"])
    bob.join("#past")
    bob.wait_for(r"BATCH \+\S+ chathistory :?#past")
    bob.wait_for("before you came$")


def test_sasl_logs_in_by_password_and_by_certificate(
    session_inspircd: Inspircd, session_account: Account, certificate: Certificate
) -> None:
    account = session_account
    by_password = Login(account.name, account.password)
    with IrcUser("ann", session_inspircd.port, login=by_password) as ann:
        assert ann.heard(r" 900 .* madang ")
    context = certificate.client_context()
    context.load_cert_chain(account.certificate.both)
    by_certificate = Login(account.name)
    port = session_inspircd.tls_port
    with IrcUser("bob", port, tls=context, login=by_certificate) as bob:
        assert bob.heard(r" 900 .* madang ")
