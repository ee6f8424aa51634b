"""More channels than one connection may join, and one bot to the outside."""

from bot.network import NetworkBot
from tests.bot.scene import QUICK, Peer, Record, network, running, script, until

CHANNELS = [f"#c{number}" for number in range(5)]


async def test_channels_beyond_the_limit_go_to_further_connections() -> None:
    async with script() as server:
        record = Record()
        bot = NetworkBot(network(server.port), record, channels=CHANNELS, patience=QUICK)
        async with running(bot):
            peers = {}
            for nick in ("madang", "madang2", "madang3"):
                peers[nick] = peer = await server.accept()
                await peer.register(nick, isupport="CHANLIMIT=#:2 CHANTYPES=#")
                for channel in (await peer.expect("JOIN")).split()[1].split(","):
                    peer.join(channel, nick=nick)
            await until(lambda: all(map(record.is_in, CHANNELS)))
            assert bot.nicks == ["madang", "madang2", "madang3"]
            assert bot.say("#c3", "hello")
            assert await peers["madang2"].expect("PRIVMSG") == "PRIVMSG #c3 hello"
            await _is_heard_and_answered(bot, record, peers)
            await _survives_a_loss(record, peers["madang2"])


async def _is_heard_and_answered(bot: NetworkBot, record: Record, peers: dict[str, Peer]) -> None:
    peers["madang3"].say(":ann!u@h PRIVMSG #c4 :hi", ":ann!u@h PRIVMSG madang3 :help")
    await peers["madang3"].answers()
    assert record.texts("#c4") == ["hi"]
    assert record.addresses[-1] == ("ann", None, "madang3", "help", "ann")
    assert bot.say("ann", "you are helped")
    assert await peers["madang3"].expect("PRIVMSG") == "PRIVMSG ann :you are helped"


async def _survives_a_loss(record: Record, peer: Peer) -> None:
    await peer.drop()
    await until(lambda: record.stands("#c2")[-1] == "lost")
    assert record.is_in("#c0")
    told = next(state for state in record.states if state[0] == "waiting")
    assert told[1].startswith("madang2: ")


async def test_a_limit_that_only_shows_when_it_is_reached_counts_too() -> None:
    async with script() as server:
        record = Record()
        bot = NetworkBot(network(server.port), record, channels=["#a", "#b"], patience=QUICK)
        async with running(bot):
            first = await server.accept()
            await first.register()
            await first.expect("JOIN")
            first.join("#a")
            first.say(":irc.test 405 madang #b :You have joined too many channels")
            second = await server.accept()
            await second.register("madang2")
            await second.expect("JOIN #b")
            second.join("#b", nick="madang2")
            await until(lambda: record.is_in("#a") and record.is_in("#b"))


async def test_configured_channels_are_joined_and_kicks_remembered() -> None:
    async with script() as server:
        channels = [{"name": "#a"}, {"name": "#b"}]
        settings = network(server.port, channel=channels)
        bot = NetworkBot(settings, Record(), kicked=["#b"], patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            assert await peer.expect("JOIN") == "JOIN #a"
            assert (bot.state, bot.heard_at.tzinfo is not None) == ("registered", True)


async def test_join_and_part_find_the_connection_of_a_channel() -> None:
    async with script() as server:
        record = Record()
        bot = NetworkBot(network(server.port), record, channels=["#a"], patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.register()
            await peer.admit(channel="#a")
            await until(lambda: record.is_in("#a"))
            bot.join("#new")
            await peer.admit(channel="#new")
            await until(lambda: record.is_in("#new"))
            bot.part("#A")
            assert await peer.expect("PART") == "PART #a"
            assert bot.set_topic("#new", "hi")
            assert await peer.expect("TOPIC") == "TOPIC #new hi"
