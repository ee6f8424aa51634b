"""From an open connection to the network: capabilities, login, nick, on servers of every age."""

import base64

import pytest

from bot.nickname import alternates
from bot.registration import Phase, Registration
from bot.sasl import Login, chunks
from bot.wire import parse

PLAIN = Login("PLAIN", "bot", "pw")
OPTIONAL = Login("PLAIN", "bot", "pw", required=False)


def registration(login: Login | None = None, password: str = "") -> Registration:
    """Return a registration that has said its first words."""
    made = Registration("madang", "madang", "a logging bot", password=password, login=login)
    made.start()
    return made


def hear(made: Registration, *lines: str) -> list[str]:
    """Let it hear lines; return all that it answers."""
    answers = []
    for line in lines:
        message = parse(line)
        assert message is not None
        answers += made.receive(message)
    return answers


def test_it_asks_for_capabilities_before_it_names_itself() -> None:
    made = Registration("madang", "madang", "a logging bot", password="secret")
    assert made.start() == [
        "PASS secret",
        "CAP LS 302",
        "NICK madang",
        "USER madang 0 * :a logging bot",
    ]


def test_a_server_without_capabilities_ends_the_negotiation() -> None:
    assert hear(registration(), ":s CAP * LS :") == ["CAP END"]


def test_a_server_that_does_not_know_cap_is_fine() -> None:
    made = registration()
    assert hear(made, ":s 421 * CAP :Unknown command", ":s 001 madang :Hi") == []
    assert made.phase is Phase.DONE


def test_a_server_that_says_nothing_of_cap_is_fine() -> None:
    made = registration()
    assert hear(made, ":s 001 madang :Hi") == []
    assert made.phase is Phase.DONE


def test_a_list_over_several_lines_is_asked_for_once() -> None:
    made = registration()
    answers = hear(made, ":s CAP * LS * :batch unknown=x", ":s CAP * LS :server-time away-notify")
    assert answers == ["CAP REQ :batch server-time"]
    assert hear(made, ":s CAP * ACK :batch server-time") == ["CAP END"]
    assert made.caps.on == {"batch", "server-time"}


def test_a_refused_list_is_asked_for_one_by_one() -> None:
    made = registration()
    hear(made, ":s CAP * LS :batch server-time")
    answers = hear(made, ":s CAP * NAK :batch server-time")
    assert answers == ["CAP REQ batch", "CAP REQ server-time"]
    assert hear(made, ":s CAP * ACK batch", ":s CAP * NAK server-time") == ["CAP END"]
    assert made.caps.on == {"batch"}


def test_login_by_password() -> None:
    made = registration(PLAIN)
    assert hear(made, ":s CAP * LS :sasl=EXTERNAL,PLAIN") == ["CAP REQ sasl"]
    assert hear(made, ":s CAP * ACK :sasl") == ["AUTHENTICATE PLAIN"]
    (answer,) = hear(made, "AUTHENTICATE :+")
    assert base64.b64decode(answer.split()[1]) == b"bot\0bot\0pw"
    assert hear(made, ":s 900 * n!u@h bot :in", ":s 903 * :yes") == ["CAP END"]
    hear(made, ":s 001 madang :Hi")
    assert (made.phase, made.account) == (Phase.DONE, "bot")


@pytest.mark.parametrize(("length", "sizes"), [(297, [396]), (300, [400, 1]), (301, [400, 4])])
def test_a_long_password_goes_in_pieces_of_400(length: int, sizes: list[int]) -> None:
    parts = chunks(b"x" * length)
    assert [len(part) for part in parts] == sizes
    assert base64.b64decode("".join(part for part in parts if part != "+")) == b"x" * length


def test_an_empty_response_is_a_plus() -> None:
    assert Login("EXTERNAL").response() == ["+"]


@pytest.mark.parametrize("numeric", ["902", "904", "905", "906", "908"])
def test_a_required_login_that_fails_ends_the_connection(numeric: str) -> None:
    made = registration(PLAIN)
    hear(made, ":s CAP * LS :sasl", ":s CAP * ACK :sasl", f":s {numeric} * PLAIN :no")
    assert made.phase is Phase.FAILED
    assert "SASL PLAIN failed" in made.failure


@pytest.mark.parametrize("numeric", ["902", "904", "905", "906", "908"])
def test_a_login_that_is_not_required_is_left_behind(numeric: str) -> None:
    made = registration(OPTIONAL)
    hear(made, ":s CAP * LS :sasl", ":s CAP * ACK :sasl")
    assert hear(made, f":s {numeric} * PLAIN :no") == ["CAP END"]


@pytest.mark.parametrize(
    "lines",
    [
        [":s CAP * LS :server-time", ":s CAP * ACK :server-time"],
        [":s CAP * LS :sasl=EXTERNAL"],
        [":s 421 * CAP :Unknown command"],
        [":s 001 madang :Hi"],
    ],
)
def test_a_required_login_that_is_not_offered_ends_the_connection(lines: list[str]) -> None:
    made = registration(PLAIN)
    hear(made, *lines)
    assert made.phase is Phase.FAILED


def test_a_login_service_that_is_silent_is_given_up() -> None:
    for login, phase in ((PLAIN, Phase.FAILED), (OPTIONAL, Phase.WELCOME)):
        made = registration(login)
        hear(made, ":s CAP * LS :sasl", ":s CAP * ACK :sasl")
        assert made.stalled()[0] == "AUTHENTICATE *"
        assert made.phase is phase


def test_a_login_service_that_comes_back_is_used() -> None:
    made = registration(OPTIONAL)
    hear(made, ":s CAP * LS :cap-notify", ":s CAP * ACK :cap-notify", ":s 001 madang :Hi")
    assert hear(made, ":s CAP madang NEW :sasl=PLAIN") == ["CAP REQ sasl"]
    assert hear(made, ":s CAP madang ACK :sasl") == ["AUTHENTICATE PLAIN"]
    hear(made, "AUTHENTICATE +", ":s 900 madang n!u@h bot :in", ":s 903 madang :yes")
    assert (made.phase, made.account) == (Phase.DONE, "bot")


def test_a_capability_that_goes_is_off() -> None:
    made = registration()
    hear(made, ":s CAP * LS :batch", ":s CAP * ACK :batch", ":s 001 madang :Hi")
    hear(made, ":s CAP madang DEL :batch")
    assert made.caps.on == set()


@pytest.mark.parametrize("numeric", ["432", "433", "436", "437"])
def test_a_nick_that_cant_be_had_is_replaced(numeric: str) -> None:
    made = registration()
    answers = hear(made, *[f":s {numeric} * madang :no"] * 4)
    assert answers == ["NICK madang_", "NICK madang__", "NICK madang2", "NICK madang3"]


def test_alternates_of_a_long_nick_become_short() -> None:
    names = alternates("a-very-long-nick-indeed")
    assert [next(names) for _ in range(12)][2:] == [
        *(f"a-very-l{n}" for n in range(2, 10)),
        "a-very-10",
        "a-very-11",
    ]


@pytest.mark.parametrize("numeric", ["463", "464", "465"])
def test_being_turned_away_ends_the_connection(numeric: str) -> None:
    made = registration()
    hear(made, f":s {numeric} * :go away")
    assert made.phase is Phase.FAILED
    assert "go away" in made.failure


def test_the_password_is_in_no_representation() -> None:
    assert "pw" not in repr(PLAIN)
