"""How the bot behaves on a network: lost, refused, kicked, invited, split, asked and heard."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import uvloop

from bot.connection import Connection
from bot.identity import Identity
from bot.listener import ChannelState
from hub.errors import Invalid
from hub.irc import Kind
from tests.bot.scene import QUICK, Record, in_yard, network, running, script, until

# Coming back


async def test_a_lost_connection_is_told_with_the_time_of_the_last_byte_and_made_anew() -> None:
    async with in_yard() as scene:
        heard_at = scene.bot.heard_at
        await scene.peer.drop()
        second = await scene.server.accept()
        await second.register()
        await second.admit()
        await until(lambda: scene.record.is_in("#yard"))
        assert scene.record.stands("#yard") == ["joined", "lost", "joined"]
        assert scene.record.places[1][4] == heard_at


async def test_the_reason_of_an_error_is_told_without_addresses_and_heeded() -> None:
    async with in_yard() as scene:
        scene.peer.say("ERROR :Closing Link: madang[u@203.0.113.5] (Throttled: Too many)")
        began = asyncio.get_running_loop().time()
        await scene.server.accept()
        assert asyncio.get_running_loop().time() - began >= QUICK.throttled_s * 0.9
        reason = scene.record.reason("#yard")
        assert "Throttled" in reason
        assert "203.0.113.5" not in reason


async def test_a_server_that_is_away_is_tried_again() -> None:
    async with script() as server:
        port = server.port
    record = Record()
    async with running(Connection(network(port), [], record, patience=QUICK)):
        await until(lambda: [state for state, _ in record.states].count("waiting") >= 3)
        assert f"Can't connect to 127.0.0.1:{port}" in record.states[1][1]


async def test_a_server_that_never_lets_the_bot_in_is_given_up() -> None:
    async with script() as server:
        record = Record()
        patience = replace(QUICK, register_s=0.3)
        async with running(Connection(network(server.port), [], record, patience=patience)):
            await server.accept()
            await server.accept()
            assert "didn't let the bot in" in record.states[2][1]


async def test_close_says_good_bye_and_ends_even_while_waiting() -> None:
    async with script() as server:
        record = Record()
        bot = Connection(network(server.port), [], record, patience=QUICK)
        task = asyncio.create_task(bot.run())
        peer = await server.accept()
        await peer.register()
        await bot.close("back soon")
        assert await peer.expect("QUIT") == "QUIT :back soon"
        await asyncio.wait_for(task, 5)
        assert record.states[-1] == ("closed", "")
    record = Record()
    bot = Connection(network(server.port), [], record, patience=replace(QUICK, first_retry_s=60))
    task = asyncio.create_task(bot.run())
    await until(lambda: bot.state == "waiting" and record.states)
    await bot.close()
    await asyncio.wait_for(task, 5)


async def test_a_missing_password_is_told() -> None:
    record = Record()
    sasl = {"mechanism": "PLAIN", "user": "bot", "password_env": "BOT_PW"}
    config = network(1, sasl=sasl)
    async with running(Connection(config, [], record, patience=QUICK, environ={})):
        await until(lambda: len(record.states) >= 2)
        assert "set the variable BOT_PW" in record.states[1][1]


async def test_a_missing_certificate_file_is_told() -> None:
    record = Record()
    bot = Connection(network(1, tls=True, tls_ca="/nowhere.pem"), [], record, patience=QUICK)
    async with running(bot):
        await until(lambda: len(record.states) >= 2)
        assert "No such file" in record.states[-1][1]


def test_it_runs_on_uvloop_too() -> None:
    async def scenario() -> list[str]:
        async with in_yard() as scene:
            scene.peer.say(":ann!u@h PRIVMSG #yard :hi")
            await scene.peer.answers()
            return scene.record.texts()

    assert uvloop.run(scenario()) == ["hi"]


# Names


async def test_the_bot_says_what_it_is() -> None:
    async with script() as server:
        identity = Identity("Yard", "https://hub.example.org", "ann@example.org", "0.1")
        bot = Connection(network(server.port), [], Record(), identity=identity, patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            user = await peer.expect("USER")
            assert user.endswith(":Yard logging bot - https://hub.example.org - ann@example.org")
            peer.welcome(isupport="BOT=B")
            assert await peer.expect("MODE") == "MODE madang +B"


async def _with_other_nick(server_says: str) -> None:
    """Get another nick than wanted; win the wanted one back when the server tells this."""
    async with script() as server:
        bot = Connection(network(server.port), ["#yard"], Record(), patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.expect("USER")
            peer.say(":irc.test 433 * madang :in use")
            await peer.expect("NICK madang_")
            monitor = "731" in server_says
            peer.welcome("madang_", isupport="MONITOR=100" if monitor else "")
            await peer.expect("MONITOR + madang" if monitor else "ISON madang")
            await peer.admit("madang", nick="madang_")
            peer.say(server_says)
            assert await peer.expect("NICK") == "NICK madang"
            peer.say(":madang_!madang@bot.test NICK madang")
            if monitor:
                await peer.expect("MONITOR - madang")
            await until(lambda: bot.nick == "madang")


@pytest.mark.parametrize(
    "server_says",
    [
        ":irc.test 731 madang_ :madang",
        ":irc.test 303 madang_ :",
        ":madang!u@h QUIT :bye",
        ":madang!u@h NICK :someone",
    ],
)
async def test_the_wanted_nick_is_won_back(server_says: str) -> None:
    await _with_other_nick(server_says)


# Joining


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        ("403 madang #yard :No such channel", "no such channel"),
        ("405 madang #yard :Too many", "too many channels"),
        ("437 madang #yard :Unavailable", "unavailable"),
        ("470 madang #yard ##yard :Forwarding", "to ##yard"),
        ("471 madang #yard :full", "full (+l)"),
        ("473 madang #yard :invite", "invite-only"),
        ("474 madang #yard :banned", "banned"),
        ("475 madang #yard :key", "key is missing"),
        ("476 madang #yard :bad", "doesn't take this name"),
        ("477 madang #yard :reg", "identified"),
        ("520 madang #yard :Only operators", "Only operators"),
    ],
)
async def test_a_refusal_is_told_and_tried_again(refusal: str, why: str) -> None:
    async with script() as server:
        record = Record()
        bot = Connection(network(server.port), ["#yard"], record, patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            await peer.expect("JOIN #yard")
            peer.say(f":irc.test {refusal}")
            await peer.expect("JOIN #yard")
            channel, state, reason, retry_at, at = record.places[0]
            assert (channel, state) == ("#yard", "refused")
            assert why in reason
            assert refusal[:3] in reason
            assert retry_at is not None
            assert retry_at > at
            peer.join("#yard")
            await until(lambda: record.is_in("#yard"))


async def test_a_join_without_any_answer_is_asked_again() -> None:
    async with script() as server:
        record = Record()
        async with running(Connection(network(server.port), ["#a"], record, patience=QUICK)):
            peer = await server.accept()
            await peer.register()
            await peer.expect("JOIN #a")
            await peer.expect("JOIN #a")
            assert record.reason("#a") == "the server didn't answer"


async def test_a_channel_that_nobody_asked_for_is_left_and_not_heard() -> None:
    async with in_yard() as scene:
        scene.peer.join("##yard", "ann")
        scene.peer.say(":ann!u@h PRIVMSG ##yard :hi", ":ann!u@h QUIT :bye")
        assert (await scene.peer.expect("PART")).startswith("PART ##yard ")
        await scene.peer.answers()
        assert {line.channel for line in scene.record.lines} == {"#yard"}
        assert scene.record.stands("##yard") == []


async def test_an_invitation_to_a_wanted_channel_is_followed_at_once() -> None:
    async with script() as server:
        record = Record()
        patience = replace(QUICK, join_retry_s=60)
        bot = Connection(network(server.port), ["#yard"], record, patience=patience)
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            await peer.expect("JOIN #yard")
            peer.say(
                ":irc.test 473 madang #yard :Cannot join channel (+i)",
                ":ann!u@h INVITE madang #yard",
            )
            await peer.expect("JOIN #yard")


async def test_a_lost_connection_ends_a_parting() -> None:
    async with in_yard() as scene:
        scene.bot.part("#yard")
        await scene.peer.expect("PART")
        await scene.peer.drop()
        await until(lambda: scene.record.stands("#yard") == ["joined", "left"])


async def test_a_channel_key_comes_from_the_environment() -> None:
    async with script() as server:
        settings = network(server.port, channel=[{"name": "#yard", "key_env": "KEY"}])
        bot = Connection(
            settings, ["#yard"], Record(), patience=QUICK, environ={"KEY": "open-sesame"}
        )
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            assert await peer.expect("JOIN") == "JOIN #yard open-sesame"


async def test_channels_come_and_go_at_run_time() -> None:
    async with in_yard() as scene:
        scene.bot.join("#new")
        await scene.peer.admit("ann", channel="#new")
        await until(lambda: scene.record.is_in("#new"))
        scene.bot.part("#new")
        await scene.peer.expect("PART #new")
        scene.peer.say(":madang!madang@bot.test PART #new", ":ann!u@h PRIVMSG #new :hi")
        await scene.peer.answers()
        assert scene.record.stands("#new") == ["joined", "left"]
        assert scene.record.texts("#new") == []
        with pytest.raises(Invalid):
            scene.bot.join("#a,#b")


async def test_channels_can_be_added_before_and_while_connecting() -> None:
    async with script() as server:
        bot = Connection(network(server.port), [], Record(), patience=QUICK)
        bot.join("#early")
        async with running(bot):
            peer = await server.accept()
            await peer.expect("USER")
            bot.join("#later")
            peer.welcome()
            asked: set[str] = set()
            while asked != {"#early", "#later"}:
                asked |= set((await peer.expect("JOIN")).split()[1].split(","))


async def test_a_listener_that_cant_tell_what_it_kept_does_not_keep_the_bot_out() -> None:
    class Forgetful(Record):
        async def last_seen(self, channel: str) -> tuple[datetime, str | None] | None:
            if channel == "#silent":
                await asyncio.sleep(60)
            raise OSError("the disk is gone")

    async with script() as server:
        patience = replace(QUICK, recall_s=0.1)
        bot = Connection(network(server.port), ["#gone", "#silent"], Forgetful(), patience=patience)
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            await peer.expect("JOIN #gone")
            await peer.expect("JOIN #silent")


async def test_a_server_that_says_we_are_not_there_is_believed() -> None:
    async with in_yard() as scene:
        scene.peer.say(":irc.test 442 madang #yard :You're not on that channel")
        await scene.peer.expect("JOIN #yard")
        assert scene.record.stands("#yard") == ["joined", "lost"]


async def test_joins_begin_even_when_the_message_of_the_day_never_ends() -> None:
    async with script() as server:
        bot = Connection(network(server.port), ["#a"], Record(), patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.expect("USER")
            peer.welcome(motd=False)
            await peer.expect("JOIN #a")


# Thrown out, and invited


async def test_a_kick_ends_the_logging_until_an_operator_of_then_invites() -> None:
    async with in_yard("@boss", "ann", caps="account-tag userhost-in-names") as scene:
        scene.peer.say(
            ":boss!u@boss.host PRIVMSG #yard :hush",
            ":irc.test 353 madang = #yard :@boss!u@boss.host ann!u@h",
            ":boss!u@boss.host KICK #yard madang :not here",
            ":ann!u@h PRIVMSG #yard :unheard",
            ":ann!u@h INVITE madang #yard",
            ":boss!u@other.host INVITE madang #yard",
        )
        await scene.peer.answers()
        assert scene.record.stands("#yard") == ["joined", "kicked"]
        assert scene.record.reason("#yard") == "kicked by boss: not here"
        assert scene.record.order[-1] == "kicked #yard"
        assert scene.record.order[-2] == "kick"
        assert scene.peer.got.count("JOIN #yard") == 1
        scene.peer.say(":boss!u@boss.host INVITE madang #yard")
        await scene.peer.admit()
        await until(lambda: scene.record.is_in("#yard"))
        assert scene.record.reason("#yard") == "invited by boss"


async def test_being_made_to_leave_is_like_a_kick() -> None:
    async with in_yard() as scene:
        scene.peer.say(":madang!madang@bot.test PART #yard :removed by boss")
        await scene.peer.answers()
        assert scene.record.stands("#yard") == ["joined", "kicked"]
        assert "removed by boss" in scene.record.reason("#yard")


async def test_a_kick_of_earlier_days_still_counts() -> None:
    async with script() as server:
        record = Record()
        bot = Connection(
            network(server.port), ["#yard", "#other"], record, kicked=["#YARD"], patience=QUICK
        )
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            assert await peer.expect("JOIN") == "JOIN #other"


@pytest.mark.parametrize(
    ("invitation", "follows"),
    [
        ("@account=ann :ann!u@h INVITE madang #new", True),
        ("@account=ANN :x!u@h INVITE madang #new", True),
        (":bob!u@user/bob INVITE madang #new", True),
        (":ann!u@h INVITE madang #new", False),
        ("@account=eve :ann!u@h INVITE madang #new", False),
        (":carl!u@anywhere INVITE madang #new", False),
        ("@account=ann :ann!u@h INVITE other #new", False),
        ("@account=ann :ann!u@h INVITE madang nonsense", False),
        ("@account=ann :ann!u@h INVITE madang :#a b", False),
        (":ann!u@h INVITE madang #yard", False),
    ],
)
async def test_only_the_invitations_of_the_trusted_are_followed(
    invitation: str, follows: bool
) -> None:
    trusted = ["ann", "*!*@user/bob", "carl!*@*"]
    async with in_yard(caps="account-tag invite-notify", invites_from=trusted) as scene:
        scene.peer.say(invitation)
        await scene.peer.answers()
        await scene.peer.answers()
        assert ("JOIN #new" in scene.peer.got) is follows


# Speaking


async def test_own_words_are_a_line_once_with_and_without_echo() -> None:
    async with in_yard() as scene:
        assert scene.bot.say("#yard", "hello all")
        assert scene.bot.say("#yard", "look", notice=True)
        assert scene.bot.say("ann", "in private")
        await scene.peer.expect("PRIVMSG ann")
        await scene.peer.answers()
        own = [line for line in scene.record.lines if line.nick == "madang"]
        told = [(line.kind, line.text) for line in own]
        assert told == [(Kind.JOIN, ""), (Kind.SAY, "hello all"), (Kind.NOTICE, "look")]
    async with in_yard(caps="echo-message message-tags") as scene:
        assert scene.bot.say("#yard", "hello all")
        await scene.peer.expect("PRIVMSG #yard")
        await scene.peer.answers()
        assert scene.record.texts() == []
        scene.peer.say("@msgid=1 :madang!madang@bot.test PRIVMSG #yard :hello all")
        await scene.peer.answers()
        assert scene.record.texts() == ["hello all"]
        assert scene.record.lines[-1].msgid == "1"
        assert scene.record.addresses == []


async def test_a_topic_goes_through_chanserv_where_the_bot_may_not() -> None:
    async with in_yard(isupport="TOPICLEN=10") as scene:
        assert scene.bot.set_topic("#yard", "a topic that is too long")
        assert await scene.peer.expect("TOPIC") == "TOPIC #yard :a topic th"
        scene.peer.say(":irc.test 482 madang #yard :You're not channel operator")
        assert await scene.peer.expect("PRIVMSG") == "PRIVMSG ChanServ :TOPIC #yard a topic th"
        scene.peer.say(":irc.test 482 madang #yard :You're not channel operator")
        await scene.peer.answers()
        assert sum(line.startswith("PRIVMSG ChanServ") for line in scene.peer.got) == 1


async def test_where_speech_is_refused_voice_is_asked_for_once() -> None:
    async with in_yard() as scene:
        refusal = ":irc.test 404 madang #yard :Cannot send to channel"
        scene.peer.say(refusal, refusal)
        assert await scene.peer.expect("PRIVMSG") == "PRIVMSG ChanServ :VOICE #yard"
        await scene.peer.answers()
        assert sum("VOICE" in line for line in scene.peer.got) == 1


async def test_nothing_can_be_said_while_not_on_the_network() -> None:
    bot = Connection(network(1), ["#yard"], Record(), patience=QUICK)
    assert not bot.say("#yard", "hi")
    assert not bot.set_topic("#yard", "hi")
    with pytest.raises(Invalid):
        bot.say("#a b", "hi")


async def test_speech_cant_be_another_command_nor_a_ctcp() -> None:
    async with in_yard() as scene:
        scene.bot.say("#yard", "\x01DCC SEND x\x01\r\nQUIT :gone")
        assert await scene.peer.expect("PRIVMSG") == "PRIVMSG #yard :DCC SEND x  QUIT :gone"


async def test_longer_lines_are_used_where_the_server_takes_them() -> None:
    async with in_yard(isupport="LINELEN=2048") as scene:
        scene.bot.say("#yard", "x" * 1500)
        assert len(await scene.peer.expect("PRIVMSG")) > 1500


# Being spoken to


async def test_the_bot_is_also_known_by_the_nick_that_it_wants() -> None:
    async with in_yard("ann", nick="madang2", options={"nick": "madang2"}) as scene:
        scene.peer.say(
            ":ann!u@h PRIVMSG #yard :madang: help",
            ":madang!u@h JOIN #yard",
            ":ann!u@h PRIVMSG #yard :madang: good morning",
        )
        await scene.peer.answers()
        assert [address[3] for address in scene.record.addresses] == ["help"]


async def test_words_to_the_bot_are_told_after_their_line() -> None:
    async with in_yard("ann", caps="account-tag") as scene:
        scene.peer.say(
            "@account=anna :ann!u@h PRIVMSG #yard :madang: search yard",
            ":ann!u@h PRIVMSG #yard :MADANG, help",
            ":ann!u@h PRIVMSG madang :link 1234",
            ":ann!u@h PRIVMSG #yard :madang is nice",
            ":ann!u@h NOTICE madang :not a question",
            ":ann!u@h PRIVMSG #yard :madang: [off] secret",
            "@bot :other!u@h PRIVMSG #yard :madang: help",
            ":irc.test PRIVMSG madang :from a server",
            ":madang!u@h PRIVMSG madang :from itself",
        )
        await scene.peer.answers()
        assert scene.record.addresses == [
            ("ann", "anna", "#yard", "search yard", "#yard"),
            ("ann", None, "#yard", "help", "#yard"),
            ("ann", None, "madang", "link 1234", "ann"),
        ]
        order = scene.record.order
        assert order.index("addressed search yard") == order.index("say") + 1
        assert all("link" not in line.text for line in scene.record.lines)


async def test_private_words_and_service_notices_are_no_lines() -> None:
    async with in_yard() as scene:
        before = len(scene.record.lines)
        scene.peer.say(
            ":ann!u@h PRIVMSG madang :secret",
            ":NickServ!s@services NOTICE madang :your password is hunter2",
            ":irc.test NOTICE * :*** Looking up your hostname",
            ":ann!u@h PRIVMSG @#yard :operators only",
        )
        await scene.peer.answers()
        assert len(scene.record.lines) == before


# Netsplits and tags


async def test_a_netsplit_is_a_quit_of_everybody_and_they_come_back() -> None:
    async with in_yard("ann", "bob", caps="batch") as scene:
        scene.peer.say(
            ":irc.test BATCH +n netsplit a.net b.net",
            "@batch=n :ann!u@h QUIT :a.net b.net",
            "@batch=n :bob!u@h QUIT :a.net b.net",
            ":irc.test BATCH -n",
            ":ann!u@h JOIN #yard",
        )
        await scene.peer.answers()
        told = [(line.kind, line.nick) for line in scene.record.lines[-3:]]
        assert told == [("quit", "ann"), ("quit", "bob"), ("join", "ann")]


async def test_time_account_and_id_of_a_line_are_the_servers() -> None:
    async with in_yard(caps="server-time message-tags account-tag") as scene:
        now = datetime.now(UTC).replace(microsecond=123000)
        stamp = f"{now:%Y-%m-%dT%H:%M:%S}.123Z"
        scene.peer.say(f"@time={stamp};msgid=x1;account=anna :ann!u@h PRIVMSG #yard :hi")
        await scene.peer.answers()
        line = scene.record.lines[-1]
        assert (line.at, line.msgid, line.account) == (now, "x1", "anna")


async def test_lines_of_one_read_are_handed_on_together_and_in_order() -> None:
    async with in_yard() as scene:
        scene.peer.say(*[f":ann!u@h PRIVMSG #yard :{number}" for number in range(3000)])
        await scene.peer.answers()
        assert scene.record.texts() == [str(number) for number in range(3000)]


async def test_a_state_is_told_at_every_step() -> None:
    async with in_yard() as scene:
        assert [state for state, _ in scene.record.states] == [
            "connecting",
            "registering",
            "registered",
        ]
        assert scene.bot.state == "registered"
        assert scene.record.places[0][1] is ChannelState.JOINED
