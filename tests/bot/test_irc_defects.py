"""Each way in which the `irc` package (20.5) fails a bot, and that this bot doesn't fail so.

One test for each row of the list of probes; all through the real Connection over a real socket.
"""

from random import Random

from bot.connection import Connection
from bot.timing import Backoff, Patience
from hub.irc import Kind
from tests.bot.scene import QUICK, Record, in_yard, network, running, script, until


async def test_a_quit_without_reason_is_a_quit_with_an_empty_one() -> None:
    async with in_yard("bob") as scene:
        scene.peer.say(":bob!u@h QUIT")
        await scene.peer.answers()
        last = scene.record.lines[-1]
        assert (last.kind, last.nick, last.channel, last.text) == (Kind.QUIT, "bob", "#yard", "")


async def test_bytes_that_are_no_utf8_are_read_in_the_fallback_encoding() -> None:
    async with in_yard(encoding="cp1252") as scene:
        scene.peer.say(b":bob!u@h PRIVMSG #yard :caf\xe9 \x80\x81", ":bob!u@h PRIVMSG #yard :마당")
        await scene.peer.answers()
        assert scene.record.texts() == ["café €\ufffd", "마당"]


async def test_a_privmsg_without_text_is_no_line_and_no_end() -> None:
    async with in_yard() as scene:
        scene.peer.say(":bob!u@h PRIVMSG #yard", ":bob!u@h PRIVMSG", "PRIVMSG #yard :nobody")
        await scene.peer.answers()
        assert scene.record.texts() == []


async def test_what_happens_in_an_unknown_channel_is_passed_over() -> None:
    async with in_yard("bob") as scene:
        scene.peer.say(
            ":bob!u@h PART #other :bye",
            ":bob!u@h KICK #other ann :out",
            ":bob!u@h MODE #other +o ann",
            ":stranger!u@h PART #yard",
            ":bob!u@h MODE #yard +o",
            ":bob!u@h PRIVMSG #yard :still here",
        )
        await scene.peer.answers()
        assert scene.record.texts() == ["still here"]
        assert {line.channel for line in scene.record.lines} == {"#yard"}


async def test_members_with_several_prefixes_are_known_by_their_nick() -> None:
    async with in_yard("@+alice", isupport="PREFIX=(ov)@+") as scene:
        scene.peer.say(":alice!a@h QUIT :bye")
        await scene.peer.answers()
        assert scene.record.lines[-1].nick == "alice"


async def test_members_with_user_and_host_are_known_by_their_nick() -> None:
    async with in_yard("@+alice!a@host.example") as scene:
        scene.peer.say(":alice!a@host.example NICK :alicia")
        await scene.peer.answers()
        assert (scene.record.lines[-1].nick, scene.record.lines[-1].text) == ("alice", "alicia")


async def test_a_ctcp_answer_names_its_command() -> None:
    async with in_yard() as scene:
        scene.peer.say(":ann!u@h PRIVMSG madang :\x01VERSION\x01")
        answer = await scene.peer.expect("NOTICE ann")
        assert answer.startswith("NOTICE ann :\x01VERSION Madang")
        assert "{" not in answer


async def test_a_nick_in_use_is_replaced() -> None:
    async with script() as server:
        record = Record()
        bot = Connection(network(server.port), ["#yard"], record, patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.expect("USER")
            peer.say(":irc.test 433 * madang :Nickname is already in use")
            assert await peer.expect("NICK") == "NICK madang_"
            peer.welcome("madang_")
            await peer.expect("JOIN #yard")
            assert bot.nick == "madang_"


async def _log_in(server_says: list[str], password: str = "pw") -> tuple[str, str]:
    """Let the bot log in at a server that answers the login so; return how it then stands."""
    sasl = {"mechanism": "PLAIN", "user": "bot", "password_env": "PW", "required": True}
    async with script() as server:
        record = Record()
        bot = Connection(
            network(server.port, sasl=sasl), [], record, patience=QUICK, environ={"PW": password}
        )
        async with running(bot):
            peer = await server.accept()
            await peer.expect("USER")
            peer.say(":irc.test CAP * LS :sasl=PLAIN,EXTERNAL server-time")
            await peer.expect("CAP REQ")
            peer.say(":irc.test CAP * ACK :sasl server-time ")
            await peer.expect("AUTHENTICATE PLAIN")
            peer.say("AUTHENTICATE :+")
            await peer.expect("AUTHENTICATE Ym90AGJvdABwdw==")
            peer.say(*server_says)
            await until(lambda: record.states[-1][0] in ("registered", "waiting"))
            return record.states[-1]


async def test_a_login_is_found_among_a_capabilitys_values_and_after_a_trailing_blank() -> None:
    state = await _log_in(
        [
            ":irc.test 900 * *!*@* bot :You are now logged in",
            ":irc.test 903 * :SASL authentication successful",
            ":irc.test 001 madang :Welcome",
            ":irc.test 422 madang :no MOTD",
        ]
    )
    assert state == ("registered", "")


async def test_every_refusal_of_a_login_ends_it() -> None:
    for numeric in ("902", "904", "905", "906", "908"):
        state, reason = await _log_in([f":irc.test {numeric} madang PLAIN :no"])
        assert state == "waiting", numeric
        assert "Login by SASL PLAIN failed" in reason, numeric


async def test_being_logged_in_already_is_a_login() -> None:
    state = await _log_in(
        [
            ":irc.test 907 madang :already authenticated",
            ":irc.test 001 madang :Welcome",
            ":irc.test 422 madang :no MOTD",
        ]
    )
    assert state == ("registered", "")


async def test_external_and_capabilities_302_are_there() -> None:
    async with script() as server:
        record = Record()
        sasl = {"mechanism": "EXTERNAL", "cert": "unused-without-tls.pem", "required": True}
        bot = Connection(network(server.port, sasl=sasl), [], record, patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            assert await peer.expect("CAP LS") == "CAP LS 302"
            peer.say(
                ":irc.test CAP * LS * :multi-prefix cap-notify",
                ":irc.test CAP * LS :sasl=EXTERNAL,PLAIN batch",
            )
            assert await peer.expect("CAP REQ") == "CAP REQ :batch cap-notify multi-prefix sasl"
            peer.say(":irc.test CAP * ACK :batch cap-notify multi-prefix sasl")
            await peer.expect("AUTHENTICATE EXTERNAL")
            peer.say("AUTHENTICATE +")
            await peer.expect("AUTHENTICATE +")
            peer.say(":irc.test 900 * *!*@* bot :in", ":irc.test 903 * :yes")
            await peer.expect("CAP END")
            peer.welcome()
            await until(lambda: record.states[-1][0] == "registered")
            peer.say(":irc.test CAP madang NEW :server-time chghost")
            assert await peer.expect("CAP REQ") == "CAP REQ :chghost server-time"


async def test_a_dead_connection_is_noticed_and_replaced() -> None:
    async with in_yard(ping_s=0.3) as scene:
        heard_at = scene.bot.heard_at
        await scene.peer.expect("PING")  # and no answer
        second = await scene.server.accept()
        await second.expect("USER")
        lost = next(place for place in scene.record.places if place[1] == "lost")
        assert lost[4] == heard_at
        assert "silent" in lost[2]


async def test_each_connection_waits_by_itself_and_starts_afresh_after_a_good_one() -> None:
    patience = Patience(first_retry_s=2, longest_retry_s=60, stable_s=120)
    first, second = Backoff(patience, Random(1)), Backoff(patience, Random(2))
    waits = [first.after(1, "") for _ in range(8)]
    assert waits[0] <= 2
    assert all(30 <= wait <= 60 for wait in waits[5:])
    assert second.after(1, "") <= 2
    assert first.after(500, "") <= 2


async def test_the_pace_of_speaking_never_stops_the_listening() -> None:
    async with in_yard(rate_burst=1, rate_per_s=0.5) as scene:
        for number in range(20):
            assert scene.bot.say("#yard", f"announcement {number}")
        scene.peer.say(*[f":bob!u@h PRIVMSG #yard :line {n}" for n in range(500)])
        await scene.peer.answers()
        assert [text for text in scene.record.texts() if text.startswith("line")] == [
            f"line {n}" for n in range(500)
        ]
        assert sum(line.startswith("PRIVMSG") for line in scene.peer.got) <= 2


async def test_a_long_text_is_split_so_that_it_arrives_whole_behind_our_prefix() -> None:
    async with in_yard() as scene:
        text = "가나다라 " * 200
        scene.bot.say("#yard", text)
        prefix = ":madang!madang@bot.test "
        parts = []
        while sum(map(len, parts)) < len(text.replace(" ", "")):
            line = await scene.peer.expect("PRIVMSG #yard :")
            assert len(f"{prefix}{line}\r\n".encode()) <= 512
            parts.append(line.partition(":")[2].replace(" ", ""))
        assert "".join(parts) == text.replace(" ", "")


async def test_casemapping_and_prefix_are_heeded() -> None:
    async with in_yard("bob[", isupport="CASEMAPPING=ascii PREFIX=") as scene:
        scene.peer.say(
            ":BOB[!u@h PRIVMSG #YARD :hi", ":bob{!u@h QUIT :another", ":BOB[!u@h QUIT :me"
        )
        await scene.peer.answers()
        told = [(line.kind, line.nick, line.channel) for line in scene.record.lines[-2:]]
        assert told == [("say", "BOB[", "#yard"), ("quit", "BOB[", "#yard")]


async def test_a_tag_that_ends_in_a_backslash_is_read() -> None:
    async with in_yard(caps="message-tags account-tag") as scene:
        scene.peer.say("@account=ann\\ :ann!u@h PRIVMSG #yard :hi")
        await scene.peer.answers()
        assert scene.record.lines[-1].account == "ann"


async def test_an_endless_isupport_token_does_not_hang_the_bot() -> None:
    """`ircstates` loops for ever on a token that ends in a backslash."""
    async with in_yard(isupport="NETWORK=a\\ MODES=x NICKLEN=-1 CHANMODES=b PREFIX=(ov)@") as scene:
        await scene.peer.answers()
        assert scene.record.is_in("#yard")
