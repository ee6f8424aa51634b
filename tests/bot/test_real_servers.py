"""The bot on real IRC servers: ngIRCd of the old kind, InspIRCd with everything, ZNC before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.connection import Connection
from bot.network import NetworkBot
from hub.irc import Kind
from tests.bot.scene import QUICK, Record, network, running, until
from tests.conftest import MakeUser
from tests.servers.atheme import Account
from tests.servers.chaos import ChaosProxy
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import Login
from tests.servers.ngircd import Ngircd
from tests.servers.tls import Certificate
from tests.servers.znc import Znc

SOON = replace(
    QUICK,
    login_s=5,
    register_s=20,
    settle_s=2,
    join_answer_s=5,
    history_s=5,
    regain_s=0.3,
    quit_s=2,
)


@dataclass
class Stay:
    """A bot that is on a real network."""

    bot: Connection
    record: Record

    async def hears(self, text: str, channel: str = "#yard") -> Any:
        """Wait for words; return their line."""
        lines = self.record.lines
        return await until(
            lambda: next((x for x in lines if (x.text, x.channel) == (text, channel)), None),
            what=f"{text!r} never came; there was {lines[-5:]} {self.record.states}",
        )


@asynccontextmanager
async def staying(
    server: Ngircd | Inspircd | Znc | ChaosProxy,
    *channels: str,
    options: dict[str, Any] | None = None,
    began: datetime | None = None,
    **settings: Any,
) -> AsyncIterator[Stay]:
    """Bring a bot to a server and into the channels; their lines are kept until `began`."""
    names = channels or ("#yard",)
    record = Record(kept=dict.fromkeys(names, (began, None)) if began else {})
    config = network(**({"port": server.port} | settings))
    bot = Connection(config, names, record, patience=SOON, **(options or {}))
    async with running(bot):
        await until(lambda: all(map(record.is_in, names)), what=f"the bot isn't in {names}")
        yield Stay(bot, record)


async def thread(work: Any, *args: Any) -> Any:
    """Let a test user wait without holding up the bot."""
    return await asyncio.to_thread(work, *args)


# ngIRCd: no tags, no ids, no accounts


async def test_ngircd_talk_is_heard_and_spoken(session_ngircd: Ngircd, irc_user: MakeUser) -> None:
    async with staying(session_ngircd, "#ng") as stay:
        ann = await thread(irc_user, "ann", session_ngircd, "#ng")
        ann.say("#ng", "안녕")
        ann.say("#ng", b"caf\xe9")
        ann.me("#ng", "waves")
        ann.send("QUIT")
        await until(lambda: stay.record.order[-1] == "quit")
        told = [(line.kind, line.text) for line in stay.record.lines if line.nick == "ann"]
        spoken = [("say", "안녕"), ("say", "café"), ("action", "waves")]
        assert told[:4] == [("join", ""), *spoken]
        assert stay.bot.say("#ng", "hello")
        await stay.hears("hello", "#ng")
        assert stay.record.texts("#ng").count("hello") == 1


async def test_ngircd_restart_is_survived(ngircd: Ngircd, irc_user: MakeUser) -> None:
    async with staying(ngircd) as stay:
        await thread(ngircd.kill)
        await until(lambda: "lost" in stay.record.stands("#yard"))
        await thread(ngircd.start)
        await until(lambda: stay.record.is_in("#yard"))
        ann = await thread(irc_user, "ann", ngircd, "#yard")
        ann.say("#yard", "back again")
        await stay.hears("back again")


async def test_ngircd_netsplit_and_return(
    ngircd_pair: tuple[Ngircd, Ngircd], irc_user: MakeUser
) -> None:
    one, two = ngircd_pair
    async with staying(one) as stay:
        op = await thread(irc_user, "op", one)
        ann = await thread(irc_user, "ann", two, "#yard")
        await until(lambda: "ann" in {line.nick for line in stay.record.lines})
        await thread(op.become_oper)
        op.split("ng2.test")
        quit_line = await until(
            lambda: next((x for x in stay.record.lines if x.kind is Kind.QUIT), None)
        )
        assert (quit_line.nick, quit_line.text) == ("ann", "ng1.test ng2.test")
        await until(
            lambda: [x.kind for x in stay.record.lines if x.nick == "ann"].count(Kind.JOIN) == 2,
            within_s=40,
        )
        ann.say("#yard", "we are one again")
        await stay.hears("we are one again")


async def test_a_stalled_server_is_noticed_and_the_bot_is_back(
    ngircd: Ngircd, irc_user: MakeUser
) -> None:
    async with staying(ngircd, ping_s=0.5) as stay:
        await thread(ngircd.pause)
        await until(lambda: "lost" in stay.record.stands("#yard"))
        assert "silent" in stay.record.reason("#yard")
        await thread(ngircd.resume)
        await until(lambda: stay.record.is_in("#yard") and stay.bot.nick == "madang", 20)


async def test_a_network_that_crawls_and_breaks_costs_nothing_but_time(
    session_ngircd: Ngircd, irc_user: MakeUser
) -> None:
    with ChaosProxy(session_ngircd.port) as proxy:
        proxy.dribble = True
        async with staying(proxy, "#chaos", ping_s=0.5) as stay:
            ann = await thread(irc_user, "ann", session_ngircd, "#chaos")
            ann.say("#chaos", "한 글자씩, byte by byte")
            await stay.hears("한 글자씩, byte by byte", "#chaos")
            await thread(proxy.cut)
            await until(lambda: stay.record.stands("#chaos")[1:] == ["lost", "joined"])
            ann.say("#chaos", "here again")
            await stay.hears("here again", "#chaos")


# TLS


async def test_tls_is_verified(session_ngircd: Ngircd, certificate: Certificate) -> None:
    settings = {"port": session_ngircd.tls_port, "tls": True, "host": "localhost"}
    async with staying(session_ngircd, "#tls", tls_ca=str(certificate.cert), **settings):
        pass
    async with staying(session_ngircd, "#tls", tls_verify=False, **settings):
        pass
    record = Record()
    config = network(**settings)
    async with running(Connection(config, ["#tls"], record, patience=SOON)):
        await until(lambda: "waiting" in [state for state, _ in record.states])
        assert "certificate verify failed" in record.states[-1][1]


# InspIRCd: tags, ids, accounts, login


@pytest.fixture
def plain_login(session_account: Account) -> tuple[dict[str, Any], dict[str, str]]:
    """Return settings and environment for a login by password."""
    sasl = {"mechanism": "PLAIN", "user": session_account.name, "password_env": "PW"}
    return {"sasl": sasl}, {"PW": session_account.password}


async def test_inspircd_login_by_password(
    session_inspircd: Inspircd, irc_user: MakeUser, plain_login: Any
) -> None:
    settings, environ = plain_login
    options = {"environ": environ}
    async with staying(session_inspircd, "#sasl", options=options, **settings) as stay:
        assert stay.bot.say("#sasl", "logged in")
        line = await stay.hears("logged in", "#sasl")
        assert (line.nick, line.account) == ("madang", "madang")
        assert line.msgid
        assert abs((datetime.now(UTC) - line.at).total_seconds()) < 30
        ann = await thread(irc_user, "ann", session_inspircd)
        ann.send("WHOIS madang")
        await thread(ann.wait_for, r" 330 ann madang madang ")  # is logged in
        await thread(ann.wait_for, r" 335 ann madang ")  # is a bot


async def test_inspircd_login_by_certificate(
    session_inspircd: Inspircd, session_account: Account, certificate: Certificate
) -> None:
    sasl = {"mechanism": "EXTERNAL", "cert": str(session_account.certificate.both)}
    async with staying(
        session_inspircd,
        "#cert",
        port=session_inspircd.tls_port,
        tls=True,
        tls_ca=str(certificate.cert),
        sasl=sasl,
    ) as stay:
        assert stay.bot.say("#cert", "known by certificate")
        assert (await stay.hears("known by certificate", "#cert")).account == "madang"


async def test_inspircd_wrong_password_is_told_and_not_required_goes_on(
    session_inspircd: Inspircd, plain_login: Any
) -> None:
    settings, _ = plain_login
    record = Record()
    config = network(session_inspircd.port, **settings)
    bot = Connection(config, ["#wrong"], record, patience=SOON, environ={"PW": "nonsense"})
    async with running(bot):
        await until(lambda: "waiting" in [state for state, _ in record.states])
        assert "the account or password is wrong" in record.states[-1][1]
        assert record.stands("#wrong") == []
    sasl = settings["sasl"] | {"required": False}
    options = {"environ": {"PW": "nonsense"}}
    async with staying(session_inspircd, "#wrong", options=options, sasl=sasl):
        pass


async def test_inspircd_own_long_words_arrive_whole_and_once(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    async with staying(session_inspircd, "#long") as stay:
        ann = await thread(irc_user, "ann", session_inspircd, "#long")
        text = " ".join(["마당에서", "만나요"] * 60)
        assert stay.bot.say("#long", text)
        assert stay.bot.say("#long", "the end")
        await thread(ann.wait_for_text, "#long", "the end")
        heard = ann.heard(r"^(?:@\S+ )?:madang!\S+ PRIVMSG #long :?(.*)")
        parts = [match[1] for match in heard]
        assert " ".join(parts[:-1]) == text
        await stay.hears("the end", "#long")
        assert " ".join(stay.record.texts("#long")[:-1]) == text


async def test_inspircd_history_at_join_is_the_past_with_the_same_ids(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    async with staying(session_inspircd, "#past") as stay:
        ann = await thread(irc_user, "ann", session_inspircd, "#past")
        stay.bot.part("#past")
        await until(lambda: stay.record.stands("#past")[-1] == "left")
        ann.send("PART #past")
        ann.send("JOIN #past")  # alone now, so an operator
        await thread(ann.wait_for, r" 366 ann #past ")
        ann.mode("#past", "+H", "50:1h")
        stay.bot.join("#past")
        await until(lambda: stay.record.is_in("#past"))
        ann.say("#past", "madang: heard live")
        live = await stay.hears("madang: heard live", "#past")
        stay.bot.part("#past")
        await until(lambda: stay.record.stands("#past")[-1] == "left")
        ann.say("#past", "madang: said while away")
        await thread(ann.sync)
        stay.record.addresses.clear()
        stay.record.kept["#past"] = (live.at, live.msgid)
        stay.bot.join("#past")
        await until(lambda: stay.record.replays)
        past = {line.text: line for line in stay.record.past}
        assert past["madang: heard live"].msgid == live.msgid
        assert "madang: said while away" in past
        assert stay.record.addresses == []
        channel, since = stay.record.replays[0]
        assert channel == "#past"
        assert since is not None
        assert since <= live.at


async def test_inspircd_private_and_operator_only_words_are_not_heard(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    async with staying(session_inspircd, "#quiet") as stay:
        ann = await thread(irc_user, "ann", session_inspircd, "#quiet")
        ann.say("madang", "between us")
        ann.say("@#quiet", "operators")
        ann.say("#quiet", "[nolog] not this")
        ann.say("#quiet", "the end")
        await stay.hears("the end", "#quiet")
        told = [line.text for line in stay.record.lines]
        assert not any("between" in text or "operators" in text for text in told)
        assert "-= THIS MESSAGE NOT LOGGED =-" in told
        assert stay.record.addresses == [("ann", None, "madang", "between us", "ann")]
        assert not any("127.0.0.1" in repr(line) for line in stay.record.lines)


async def test_inspircd_refusals_end_when_their_cause_ends(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    ann = await thread(irc_user, "ann", session_inspircd, "#invite", "#full", "#banned", "#key")
    ann.mode("#invite", "+i")
    ann.mode("#full", "+l", "1")
    ann.mode("#banned", "+b", "madang!*@*")
    ann.mode("#key", "+k", "sesame")
    await thread(ann.sync)
    names = ["#invite", "#full", "#banned", "#key"]
    record = Record()
    config = network(session_inspircd.port)
    async with running(Connection(config, names, record, patience=SOON)):
        await until(lambda: all("refused" in record.stands(name) for name in names))
        reasons = [record.reason(name)[-5:] for name in names]
        assert reasons == ["(473)", "(471)", "(474)", "(475)"]
        for channel, *mode in (
            ("#invite", "-i"),
            ("#full", "-l"),
            ("#banned", "-b", "madang!*@*"),
            ("#key", "-k", "sesame"),
        ):
            ann.mode(channel, *mode)
        await until(lambda: all(map(record.is_in, names)))


async def test_inspircd_kick_is_final_until_the_operator_invites(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    ann = await thread(irc_user, "ann", session_inspircd, "#kick")
    bob = await thread(irc_user, "bob", session_inspircd, "#kick")
    async with staying(session_inspircd, "#kick") as stay:
        ann.kick("#kick", "madang", "not here")
        await until(lambda: stay.record.stands("#kick")[-1] == "kicked")
        bob.send("INVITE madang #kick")
        await thread(bob.sync)
        bob.say("#kick", "unheard")
        await thread(bob.sync)
        ann.send("INVITE madang #kick")
        await until(lambda: stay.record.is_in("#kick"))
        assert stay.record.reason("#kick") == "invited by ann"
        assert "unheard" not in stay.record.texts("#kick")


async def test_inspircd_wanted_nick_is_won_back(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    thief = await thread(irc_user, "madang", session_inspircd)
    async with staying(session_inspircd, "#nick") as stay:
        assert stay.bot.nick == "madang_"
        await thread(thief.quit)
        await until(lambda: stay.bot.nick == "madang")
        await until(lambda: stay.record.lines[-1].kind is Kind.NICK)
        assert stay.record.lines[-1].text == "madang"


async def test_inspircd_limit_spreads_channels(tmp_path: Path) -> None:
    names = [f"#c{number}" for number in range(7)]
    server = await thread(Inspircd(tmp_path / "in", max_channels=3).start)
    try:
        record = Record()
        bot = NetworkBot(network(server.port), record, channels=names, patience=SOON)
        async with running(bot):
            await until(lambda: all(map(record.is_in, names)), 20)
            assert bot.nicks == ["madang", "madang2", "madang3"]
            assert all(bot.say(name, "here") for name in names)
            await until(lambda: all("here" in record.texts(name) for name in names))
    finally:
        await thread(server.close)


async def test_two_bots_on_two_linked_servers_hear_the_same_ids(
    inspircd_pair: tuple[Inspircd, Inspircd], irc_user: MakeUser
) -> None:
    one, two = inspircd_pair
    async with staying(one) as first, staying(two, nick="madang-b") as second:
        ann = await thread(irc_user, "ann", one, "#yard")
        for number in range(20):
            ann.say("#yard", f"line {number}")
        await first.hears("line 19")
        await second.hears("line 19")
        ids = [
            [line.msgid for line in stay.record.lines if line.nick == "ann" and line.text]
            for stay in (first, second)
        ]
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == 20


async def test_a_bouncers_buffer_is_the_past(
    session_inspircd: Inspircd, irc_user: MakeUser
) -> None:
    znc = await thread(Znc(session_inspircd, nick="bouncer", channel="#bounce").start)
    try:
        ann = await thread(irc_user, "ann", session_inspircd, "#bounce")
        began = datetime.now(UTC)
        ann.say("#bounce", "bouncer: said while away")
        await thread(ann.sync)
        options = {"environ": {"PW": znc.login}}
        async with staying(
            znc, "#bounce", options=options, began=began, nick="bouncer", password_env="PW"
        ) as stay:
            await until(lambda: stay.record.past)
            ann.say("#bounce", "said now")
            await stay.hears("said now", "#bounce")
            assert [line.text for line in stay.record.past] == ["bouncer: said while away"]
            assert stay.record.texts("#bounce") == ["said now"]
            assert stay.record.replays[0][0] == "#bounce"
            assert stay.record.addresses == []
    finally:
        await thread(znc.close)


async def test_accounts_are_known_by_tag_and_by_joining(
    session_inspircd: Inspircd, session_account: Account, irc_user: MakeUser
) -> None:
    login = Login(session_account.name, session_account.password)
    async with staying(session_inspircd, "#accounts", nick="logger") as stay:
        ann = await thread(
            lambda: irc_user("ann", session_inspircd, "#accounts", caps=["sasl"], login=login)
        )
        ann.say("#accounts", "it is me")
        line = await stay.hears("it is me", "#accounts")
        assert line.account == session_account.name
        joins = [x for x in stay.record.lines if (x.kind, x.nick) == (Kind.JOIN, "ann")]
        assert [x.account for x in joins] == [session_account.name]
