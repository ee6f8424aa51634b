"""The demo's server holds what real clients expect of one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.channels import LINE_BYTES, cut, is_channel, parse
from bot.demo.server import DemoServer
from hub.errors import Invalid, Unavailable
from tests.conftest import MakeUser
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.irssi import Irssi
from tests.servers.weechat import Weechat

KOREAN = "#마당-한국어"


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    """The server, without its residents."""
    with DemoServer(residents=False) as server:
        yield server


def raw(demo: DemoServer, sent: bytes) -> str:
    """Send bytes on a new connection, hang up for writing, and return all that came back."""
    with closing(socket.create_connection(demo.address, timeout=10)) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


# Real clients


@pytest.mark.parametrize("client", [Irssi, Weechat])
def test_a_real_client_feels_at_home(
    client: type[Irssi | Weechat], tmp_path: Path, demo: DemoServer, irc_user: MakeUser
) -> None:
    bob = irc_user("bob", demo, "#madang", KOREAN)
    with client(tmp_path / "client", "ann", demo.port) as ann:
        ann.join("#madang")
        bob.wait_for(r"^:ann!\S+ JOIN #madang$")
        ann.join(KOREAN)
        bob.wait_for(rf"^:ann!\S+ JOIN {KOREAN}$")
        ann.say(KOREAN, "안녕하세요, 마당!")
        bob.wait_for_text(KOREAN, "안녕하세요, 마당!")
        ann.me("#madang", "waves")
        bob.wait_for("^:ann!\\S+ PRIVMSG #madang :\x01ACTION waves\x01$")
        ann.command("/topic #madang a new topic")
        bob.wait_for(r"^:ann!\S+ TOPIC #madang :a new topic$")
        ann.become("Anna")
        bob.wait_for(r"^:ann!\S+ NICK :Anna$")
        ann.part(KOREAN, "to lunch")
        bob.wait_for(rf"^:Anna!\S+ PART {KOREAN} :to lunch$")
        ann.quit("gone home")
        bob.wait_for(r"^:Anna!\S+ QUIT :Quit: ")


def test_irssi_and_weechat_talk_to_each_other(tmp_path: Path, demo: DemoServer) -> None:
    with (
        Irssi(tmp_path / "irssi", "ann", demo.port) as ann,
        Weechat(tmp_path / "weechat", "wes", demo.port) as wes,
    ):
        ann.join(KOREAN)
        wes.join(KOREAN)
        ann.say(KOREAN, "들리세요?")
        wes.wait_for_log(KOREAN, "들리세요?")
        wes.say(KOREAN, "잘 들려요")
        ann.command(f"/window goto {KOREAN}")
        ann.wait_for_screen("잘 들려요")
        wes.become("west")
        ann.wait_for_screen("wes is now known as west")


# Arriving


@pytest.mark.parametrize(
    "sent",
    [
        b"NICK ann\r\nUSER a 0 * :Ann\r\n",
        b"USER a 0 * :Ann\r\nNICK ann\r\n",
        b"CAP LS 302\r\nNICK ann\r\nUSER a 0 * :Ann\r\nCAP END\r\n",
        b"CAP LS\r\nPASS x\r\nUSER a 0 * :Ann\r\nCAP REQ :sasl\r\nNICK :ann\r\nCAP END\r\n",
        b"\n\r\n  \nnick ann\nuser a 0 * Ann\n",
        b"@a=b :ignored NICK ann\r\n:x USER a 0 * :\r\n",
    ],
)
def test_registration_works_in_every_order(demo: DemoServer, sent: bytes) -> None:
    came = raw(demo, sent)
    numerics = [line.split(" ")[1] for line in came.splitlines() if " ann " in line]
    welcome = ["001", "002", "003", "004", "005", "251", "254", "255", "375"]
    assert [n for n in numerics if n != "CAP"][:9] == welcome
    assert numerics[-1] == "376"


def test_capabilities_are_offered_none_and_refused_plainly(demo: DemoServer) -> None:
    came = raw(demo, b"CAP LS 302\r\nCAP REQ :echo-message sasl\r\nCAP LIST\r\nCAP NO\r\n")
    assert came.splitlines() == [
        ":madang.demo CAP * LS :",
        ":madang.demo CAP * NAK :echo-message sasl",
        ":madang.demo CAP * LIST :",
        ":madang.demo 410 * NO :Invalid CAP command",
    ]


def test_nobody_is_welcomed_before_its_negotiation_ends(demo: DemoServer) -> None:
    assert " 001 " not in raw(demo, b"CAP LS 302\r\nNICK ann\r\nUSER a 0 * :Ann\r\n")


def test_the_message_of_the_day_says_that_the_talk_is_public(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    ann = irc_user("ann", demo)
    assert ann.heard(r" 372 ann :- The channels are logged publicly: http://\S+/irclogs/$")
    assert ann.heard(r" 372 ann :- 채널의 대화는 웹에 공개로 기록됩니다: http://\S+/irclogs/$")
    assert ann.heard(rf" 372 ann :-   /join {KOREAN}$")


def test_without_a_message_of_the_day_422_ends_the_welcome(irc_user: MakeUser) -> None:
    with DemoServer(residents=False, motd=()) as demo:
        assert irc_user("ann", demo).heard(r" 422 ann :")


def test_the_server_says_what_it_supports(demo: DemoServer, irc_user: MakeUser) -> None:
    ann = irc_user("ann", demo)
    (supported,) = ann.heard(r" 005 ann (.+) :are supported by this server$")
    assert {"CASEMAPPING=ascii", "CHANTYPES=#", "NICKLEN=30", "LINELEN=512"} <= set(
        supported[1].split()
    )


def test_a_nick_in_use_is_refused_in_the_right_form_in_any_case(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    irc_user("Ann", demo)
    assert ":madang.demo 433 * aNN :" in raw(demo, b"NICK aNN\r\n")
    bob = irc_user("bob", demo)
    bob.send("NICK ANN")
    bob.wait_for(r"^:madang.demo 433 bob ANN :")
    bob.become("BOB")


@pytest.mark.parametrize("nick", ["1st", "a b", "안녕", "#a", "a!b", "x" * 31])
def test_an_impossible_nick_is_refused(demo: DemoServer, nick: str) -> None:
    assert ":madang.demo 432 * " in raw(demo, f"NICK :{nick}\r\n".encode())


def test_commands_wait_for_registration(demo: DemoServer) -> None:
    assert ":madang.demo 451 ann :" in raw(demo, b"NICK ann\r\nJOIN #madang\r\n")


# Talking


def test_a_join_shows_topic_and_names_as_numerics(demo: DemoServer, irc_user: MakeUser) -> None:
    ann = irc_user("ann", demo)
    ann.send("JOIN #MADANG")
    ann.sync()
    after = [line for line in ann.lines if "#madang" in line.lower() and " 372 " not in line]
    kinds = [line.split(" ")[1] for line in after]
    assert kinds == ["JOIN", "332", "333", "353", "366"]
    assert after[0].endswith(" JOIN #madang")


def test_names_go_out_in_lines_that_fit(demo: DemoServer, irc_user: MakeUser) -> None:
    nicks = [f"somebody-with-a-long-nick-{n:03d}" for n in range(40)]
    users = [irc_user(nick, demo) for nick in nicks]
    for user in users:
        user.send(f"JOIN {KOREAN}")
    for user in users:
        user.sync()
    ann = irc_user("ann", demo, KOREAN)
    parts = ann.heard(rf" 353 ann = {KOREAN} :(.+)$")
    assert len(parts) > 2
    assert all(len(part.string.encode()) <= LINE_BYTES for part in parts)
    assert {nick for part in parts for nick in part[1].split()} == {*nicks, "ann"}


@pytest.mark.parametrize("channel", ["#한국어", "#../../etc", "#a/b?c=d&e", "##", "#<b>", "#🪁"])
def test_a_channel_may_have_any_letters(demo: DemoServer, irc_user: MakeUser, channel: str) -> None:
    ann, bob = irc_user("ann", demo), irc_user("bob", demo)
    ann.join(channel)
    bob.join(channel)
    ann.say(channel, "hello")
    bob.wait_for_text(channel, "hello")


def test_channels_and_nicks_compare_without_case(demo: DemoServer, irc_user: MakeUser) -> None:
    ann, bob = irc_user("ann", demo, "#madang"), irc_user("bob", demo, "#madang")
    ann.say("#MaDang", "to all")
    bob.wait_for_text("#madang", "to all")
    ann.say("BOB", "to you")
    bob.wait_for_text("bob", "to you")


def test_a_second_join_is_not_told_again(demo: DemoServer, irc_user: MakeUser) -> None:
    bob, ann = irc_user("bob", demo, "#madang"), irc_user("ann", demo, "#madang")
    ann.send("JOIN #Madang")
    ann.sync()
    bob.sync()
    assert len(bob.heard(r"^:ann!\S+ JOIN ")) == 1


def test_bytes_that_are_no_utf8_are_replaced_and_kill_nobody(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    ann, bob = irc_user("ann", demo, "#madang"), irc_user("bob", demo, "#madang")
    ann.say("#madang", b"caf\xe9 \xff\x00 end")
    bob.wait_for_text("#madang", "caf\ufffd \ufffd end")
    ann.sync()


def test_a_long_line_is_cut_between_characters(demo: DemoServer, irc_user: MakeUser) -> None:
    ann, bob = irc_user("ann", demo, "#madang"), irc_user("bob", demo, "#madang")
    ann.say("#madang", "마" * 2000)
    heard = bob.wait_for(r"PRIVMSG #madang :(.+)$")
    assert set(heard[1]) == {"마"}
    assert LINE_BYTES - 3 < len(heard.string.encode()) <= LINE_BYTES
    ann.send("x" * 100_000)
    ann.sync()


def test_nobody_gets_a_line_into_anothers_mouth(demo: DemoServer, irc_user: MakeUser) -> None:
    ann, bob = irc_user("ann", demo, "#madang"), irc_user("bob", demo, "#madang")
    ann.say("#madang", b"one\rQUIT :two\0")
    bob.wait_for_text("#madang", "oneQUIT :two")


def test_what_can_not_be_said_is_answered_but_a_notice_never_is(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    ann = irc_user("ann", demo)
    for line in ("nobody :x", "#nowhere :x", "#madang :x", "#madang", "", "nobody,#nowhere :x"):
        ann.send(f"NOTICE {line}")
    ann.sync()
    assert not ann.heard(r" (401|403|404|411|412) ")
    for line in ("nobody :x", "#nowhere :x", "#madang :x", "#madang", ""):
        ann.send(f"PRIVMSG {line}")
    for numeric in ("401", "403", "404", "412", "411"):
        ann.wait_for(rf" {numeric} ann ")


def test_part_and_topic_need_membership(demo: DemoServer, irc_user: MakeUser) -> None:
    ann = irc_user("ann", demo)
    ann.send("PART #madang")
    ann.wait_for(r" 442 ann #madang :")
    ann.send("TOPIC #madang :mine")
    ann.wait_for(r" 442 ann #madang :")
    ann.send("PART #nowhere")
    ann.wait_for(r" 403 ann #nowhere :")


def test_a_channel_without_topic_says_so(demo: DemoServer, irc_user: MakeUser) -> None:
    ann = irc_user("ann", demo, "#new")
    assert not ann.heard(r" 33[23] ann #new ")
    ann.send("TOPIC #new")
    ann.wait_for(r" 331 ann #new :")
    ann.set_topic("#new", "t: with colon")
    ann.wait_for(r"^:ann!\S+ TOPIC #new :t: with colon$")
    ann.set_topic("#new", "")
    ann.wait_for(r"^:ann!\S+ TOPIC #new :$")


def test_only_an_operator_kicks_and_makes_operators(demo: DemoServer, irc_user: MakeUser) -> None:
    ann, bob = irc_user("ann", demo, "#new"), irc_user("bob", demo, "#new")
    bob.kick("#new", "ann")
    bob.wait_for(r" 482 bob #new :")
    ann.mode("#new", "+o", "BOB")
    bob.wait_for(r"^:ann!\S+ MODE #new \+o bob$")
    bob.kick("#new", "ann", "my turn")
    ann.wait_for(r"^:bob!\S+ KICK #new ann :my turn$")
    ann.say("#new", "still here?")
    ann.wait_for(r" 404 ann #new :")


def test_an_empty_channel_is_forgotten_but_not_the_houses(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    ann = irc_user("ann", demo, "#new", "#madang")
    ann.set_topic("#madang", "stays")
    ann.send("JOIN 0")
    ann.send("LIST")
    ann.wait_for(r" 323 ann ")
    assert not ann.heard(r" 322 ann #new ")
    assert ann.heard(r" 322 ann #madang 0 :stays$")


def test_questions_about_people_are_answered(demo: DemoServer, irc_user: MakeUser) -> None:
    ann = irc_user("ann", demo, "#madang")
    irc_user("Bob", demo, "#madang")
    for question, answer in {
        "ISON bob zoe :ANN": r" 303 ann :Bob ann$",
        "USERHOST bob": r" 302 ann :Bob=\+~Bob@demo$",
        "WHO #madang": r" 352 ann #madang ~Bob demo madang.demo Bob H :0 Bob$",
        "WHOIS bob": r" 319 ann Bob :#madang$",
        "WHOIS zoe": r" 318 ann zoe :",
        "WHOWAS zoe": r" 406 ann zoe :",
        "MODE ann": r" 221 ann \+$",
        "MODE #madang": r" 324 ann #madang \+n$",
        "MODE #madang +b": r" 368 ann #madang :",
        "AWAY :lunch": r" 306 ann :",
        "AWAY": r" 305 ann :",
        "LUSERS": r" 255 ann :",
        "TIME": r" 391 ann madang.demo :\d{4}-",
        "VERSION": r" 351 ann madang-",
        "DUMP": r" 421 ann DUMP :",
        "JOIN": r" 461 ann JOIN :",
        "PING": r" 409 ann :",
        "PING :a b": r" PONG madang.demo :a b$",
    }.items():
        ann.send(question)
        ann.wait_for(answer)


def test_who_is_away_says_so(demo: DemoServer, irc_user: MakeUser) -> None:
    ann, bob = irc_user("ann", demo), irc_user("bob", demo)
    bob.send("AWAY :점심")
    bob.sync()
    ann.say("bob", "hi")
    ann.wait_for(r" 301 ann bob :점심$")


# Going


def test_a_quit_is_told_once_however_many_channels_are_shared(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    bob = irc_user("bob", demo, "#madang", "#madang-dev", KOREAN)
    ann = irc_user("ann", demo, "#madang", "#madang-dev", KOREAN)
    ann.quit("so long")
    assert ann.lines[-1] == "ERROR :Closing link: ann (Quit: so long)"
    bob.wait_for(r"^:ann!\S+ QUIT :Quit: so long$")
    bob.sync()
    assert len(bob.heard(r"^:ann!\S+ (QUIT|PART)")) == 1
    irc_user("ann", demo)


def test_a_quit_without_reason_is_a_quit(demo: DemoServer, irc_user: MakeUser) -> None:
    bob, ann = irc_user("bob", demo, "#madang"), irc_user("ann", demo, "#madang")
    ann.send("QUIT")
    bob.wait_for(r"^:ann!\S+ QUIT :Client quit$")


def test_who_hangs_up_is_gone_at_once(demo: DemoServer, irc_user: MakeUser) -> None:
    bob, ann = irc_user("bob", demo, "#madang"), irc_user("ann", demo, "#madang")
    ann.close()
    bob.wait_for(r"^:ann!\S+ QUIT :")
    bob.send("NAMES #madang")
    bob.wait_for(r" 353 bob = #madang :bob$")


def test_a_client_that_does_not_answer_is_dropped(irc_user: MakeUser) -> None:
    with DemoServer(residents=False, ping_s=0.5) as demo:
        bob, ann = irc_user("bob", demo, "#madang"), irc_user("ann", demo, "#madang")
        ann.answers_ping = False
        bob.wait_for(r"^:ann!\S+ QUIT :Ping timeout: 0.5 seconds$")
        assert ann.heard(r"^PING :madang.demo$")
        bob.sync()


def test_who_never_registers_is_dropped() -> None:
    with (
        DemoServer(residents=False, ping_s=0.2) as demo,
        closing(socket.create_connection(demo.address, timeout=10)) as connection,
    ):
        assert b"Registration took too long" in connection.recv(1000)


def test_a_client_that_does_not_read_harms_only_itself(irc_user: MakeUser) -> None:
    with DemoServer(residents=False, ping_s=30) as demo, closing(socket.socket()) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(demo.address)
        deaf.sendall(b"NICK deaf\r\nUSER d 0 * :d\r\nJOIN #madang\r\n")
        ann, bob = irc_user("ann", demo, "#madang"), irc_user("bob", demo, "#madang")
        bob.send("NAMES #madang")
        while not bob.heard(r"^:deaf!\S+ QUIT :Too much waits to be sent$"):
            for number in range(500):
                ann.say("#madang", f"{number} " + "x" * 400)
            ann.sync()
            bob.sync()


def test_talk_arrives_whole_and_in_the_same_order_for_all(
    demo: DemoServer, irc_user: MakeUser
) -> None:
    ears = [irc_user(f"ear{n}", demo, "#madang") for n in range(2)]
    mouths = [irc_user(f"mouth{n}", demo, "#madang") for n in range(4)]
    for mouth in mouths:
        threading.Thread(target=_count, args=(mouth,)).start()
    for ear in ears:
        wait_until(lambda ear=ear: len(ear.heard("PRIVMSG")) == 800, "800 lines")  # type: ignore[misc]
    first, second = ([m.string for m in ear.heard("PRIVMSG")] for ear in ears)
    assert first == second


def _count(user: IrcUser) -> None:
    for number in range(200):
        user.say("#madang", str(number))


# The house


def test_a_stopped_server_says_good_bye_and_leaves_no_thread(irc_user: MakeUser) -> None:
    before = set(threading.enumerate())
    with DemoServer() as demo:
        ann = irc_user("ann", demo, "#madang")
        port = demo.port
    ann.wait_for(r"^ERROR :Closing link: ann \(The demo ends\)$")
    ann.close()
    wait_until(lambda: set(threading.enumerate()) <= before, "the server's threads to end")
    with DemoServer(port) as again:
        assert again.port == port
    demo.stop()


def test_a_taken_port_is_said_plainly(demo: DemoServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"can't listen on 127.0.0.1:{port}: .* in use"):
            DemoServer(port).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_the_demo_serves_this_machine_only(host: str) -> None:
    with pytest.raises(Invalid, match="this machine only"):
        DemoServer(host=host)


# Lines, taken apart


@given(st.binary(max_size=700).filter(lambda raw: b"\n" not in raw))
def test_any_bytes_can_be_taken_apart(sent: bytes) -> None:
    command, params = parse(sent)
    assert command == command.upper()
    assert command or not params
    assert not any(c in word for word in (command, *params) for c in "\0\r\n")


@given(st.text(), st.integers(0, 40))
def test_a_cut_text_is_the_longest_beginning_that_fits(text: str, most: int) -> None:
    part = cut(text, most)
    assert text.encode("utf-8", "replace").startswith(part.encode("utf-8", "replace"))
    assert len(part.encode("utf-8", "replace")) <= most
    rest = text[len(part) :]
    assert not rest or len((part + rest[0]).encode("utf-8", "replace")) > most


@pytest.mark.parametrize("name", ["", "#", "madang", "#a b", "#a,b", "#a\x07", "#" + "마" * 40])
def test_an_impossible_channel_is_none(name: str) -> None:
    assert not is_channel(name)
