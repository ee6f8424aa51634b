"""What becomes a line, and what never does."""

from datetime import timedelta

import pytest

from archive.richtext import rich
from bot import translate
from bot.session import Session
from bot.wire import Message, parse
from hub.irc import NOT_LOGGED, REMOVED, Line
from tests.bot.scene import at

NOW = at("2026-05-12 21:00:30")


def session(*members: str) -> Session:
    """Return a session in #Yard (kept) and #elsewhere (not kept), with members in both."""
    made = Session("test")
    for line in (
        ":s 001 madang :Hi",
        ":s 005 madang STATUSMSG=@+ PREFIX=(ov)@+ CHANTYPES=# :are",
        ":madang!m@bot.test JOIN #Yard",
        f":s 353 madang = #Yard :madang {' '.join(members)}",
        ":madang!m@bot.test JOIN #elsewhere",
        f":s 353 madang = #elsewhere :madang {' '.join(members)}",
    ):
        made.follow(message(line))
    made.keep("#Yard")
    return made


def message(line: str) -> Message:
    parsed = parse(line)
    assert parsed is not None
    return parsed


def lines(line: str, past_of: str | None = None) -> list[Line]:
    return translate.lines(message(line), session("ann", "@bob"), NOW, past_of=past_of)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (":ann!u@h PRIVMSG #yard :hi there", ("say", "ann", "hi there")),
        (":ann!u@h PRIVMSG #YARD hi", ("say", "ann", "hi")),
        (":ann!u@h PRIVMSG #yard :", ("say", "ann", "")),
        (":ann!u@h PRIVMSG #yard :\x01ACTION waves\x01", ("action", "ann", "waves")),
        (":ann!u@h PRIVMSG #yard :\x01ACTION waves", ("action", "ann", "waves")),
        (":ann!u@h PRIVMSG #yard :\x01ACTION\x01", ("action", "ann", "")),
        (":ann!u@h NOTICE #yard :look", ("notice", "ann", "look")),
        (":ann!u@h PRIVMSG #yard :\x0304red\x02", ("say", "ann", "\x0304red\x02")),
        (":eve!u@h JOIN #yard", ("join", "eve", "")),
        (":eve!u@h JOIN #yard * :Eve", ("join", "eve", "")),
        (":ann!u@h PART #yard :bye", ("part", "ann", "bye")),
        (":ann!u@h PART #yard", ("part", "ann", "")),
        (":ann!u@h QUIT :a.net b.net", ("quit", "ann", "a.net b.net")),
        (":ann!u@h NICK :anna", ("nick", "ann", "anna")),
        (":ann!u@h TOPIC #yard :new", ("topic", "ann", "new")),
        (":ann!u@h TOPIC #yard :", ("topic", "ann", "")),
        (":s.net MODE #yard +o ann", ("mode", "s.net", "+o ann")),
        (":bob!u@h KICK #yard ann :be nice", ("kick", "bob", "ann be nice")),
        (":bob!u@h KICK #yard ann", ("kick", "bob", "ann")),
    ],
)
def test_what_happens_in_a_kept_channel_is_a_line(line: str, told: tuple[str, str, str]) -> None:
    (only,) = lines(line)
    assert (only.network, only.channel) == ("test", "#Yard")
    assert (only.kind, only.nick, only.text) == told


@pytest.mark.parametrize(
    "line",
    [
        ":ann!u@h PRIVMSG madang :secret",
        ":NickServ!s@services NOTICE madang :your password is x",
        ":s.net NOTICE madang :*** Looking up your hostname",
        ":s.net NOTICE #yard :*** bob invited eve into the channel",
        ":ann!u@h PRIVMSG @#yard :for operators only",
        ":ann!u@h NOTICE +#yard :for voices only",
        ":ann!u@h PRIVMSG $$* :to everybody",
        ":ann!u@h PRIVMSG #elsewhere :not asked to be here",
        ":ann!u@h PRIVMSG #unknown :hi",
        ":ann!u@h PRIVMSG #yard :\x01VERSION\x01",
        ":ann!u@h PRIVMSG #yard :\x01DCC SEND x 1 2 3\x01",
        ":ann!u@h PRIVMSG #yard :\x01ACTIONABLE\x01",
        ":ann!u@h NOTICE #yard :\x01VERSION mirc\x01",
        ":ann!u@h TAGMSG #yard",
        ":ann!u@h CHGHOST new host",
        ":ann!u@h AWAY :gone",
        ":ann!u@h INVITE madang #yard",
        ":stranger!u@h QUIT :bye",
        "PRIVMSG #yard :from nobody",
        ":!u@h PRIVMSG #yard :from nobody either",
    ],
)
def test_nothing_else_is_a_line(line: str) -> None:
    assert lines(line) == []


@pytest.mark.parametrize("text", ["[nolog] secret", "!- secret", "\x02[NoLog]\x02 secret"])
def test_what_its_author_wants_unlogged_leaves_a_tombstone(text: str) -> None:
    (only,) = lines(f":ann!u@h PRIVMSG #yard :{text}")
    assert only.text == NOT_LOGGED


@pytest.mark.parametrize(
    "typed",
    [
        NOT_LOGGED,
        REMOVED,
        f"hello {NOT_LOGGED}",
        f"{REMOVED}[off] and more",
        f"-=\x02 {REMOVED[3:]}[off]",
        f"-= {REMOVED}",
    ],
)
def test_a_typed_tombstone_is_none(typed: str) -> None:
    """It is shown as the words that were typed, and says nothing about operators."""
    (only,) = lines(f":eve!u@h PRIVMSG #yard :{typed}")
    shown = rich(only.text)
    assert "removed by an operator" not in shown
    assert shown.count("not logged, as its author asked") == typed.count("[off]")
    assert "-= THIS MESSAGE" in shown.replace("<b>", "").replace("</b>", "")


def test_off_hides_the_rest() -> None:
    (only,) = lines(":ann!u@h PRIVMSG #yard :\x01ACTION says [off] secret\x01")
    assert only.text == f"says {NOT_LOGGED}"


def test_a_quit_is_a_line_in_each_kept_channel() -> None:
    made = session("ann")
    made.keep("#elsewhere")
    told = translate.lines(message(":ann!u@h QUIT :bye"), made, NOW)
    assert [line.channel for line in told] == ["#Yard", "#elsewhere"]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("+b *!*@203.0.113.5", "+b *!*@(hidden)"),
        ("+b ann!~ann@host.example", "+b ann!*@(hidden)"),
        ("+bb ann@host 203.0.113.0/24", "+bb *!*@(hidden) (hidden)"),
        ("+b 2001:db8::1", "+b (hidden)"),
        ("+ov ann bob", "+ov ann bob"),
        ("+l 12", "+l 12"),
        ("+b $a:ann", "+b $a:ann"),
    ],
)
def test_hosts_are_hidden_in_modes(arguments: str, shown: str) -> None:
    (only,) = lines(f":bob!u@h MODE #yard {arguments}")
    assert only.text == shown


@pytest.mark.parametrize(
    ("tag", "seen"),
    [
        ("2026-05-12T21:00:29.250Z", "2026-05-12 21:00:29.250"),
        ("2026-05-12T23:00:29+02:00", "2026-05-12 21:00:29"),
        ("2020-01-01T00:00:00Z", "2026-05-11 21:00:30"),
        ("2031-01-01T00:00:00Z", "2026-05-12 21:05:30"),
        ("yesterday", "2026-05-12 21:00:30"),
        ("2026-05-12T21:00:60Z", "2026-05-12 21:00:30"),
        ("2026-05-12", "2026-05-12 21:00:30"),
        ("0001-01-01T00:00:00+23:59", "2026-05-12 21:00:30"),
        ("", "2026-05-12 21:00:30"),
    ],
)
def test_a_live_line_has_the_servers_time_if_it_makes_sense(tag: str, seen: str) -> None:
    (only,) = lines(f"@time={tag} :ann!u@h PRIVMSG #yard :hi")
    assert only.at == at(seen)


def test_a_line_of_the_past_keeps_its_time() -> None:
    (only,) = lines("@time=2020-01-01T00:00:00Z :ann!u@h PRIVMSG #yard :hi", "#yard")
    assert only.at == at("2020-01-01 00:00:00")
    (only,) = lines("@time=2031-01-01T00:00:00Z :ann!u@h PRIVMSG #yard :hi", "#yard")
    assert only.at == NOW + timedelta(minutes=5)


def test_a_quit_in_a_channels_past_concerns_that_channel_and_needs_no_member() -> None:
    (only,) = lines(":long-gone!u@h QUIT :bye", "#yard")
    assert (only.channel, only.nick) == ("#Yard", "long-gone")


@pytest.mark.parametrize(
    ("line", "account"),
    [
        ("@account=ann.example :ann!u@h PRIVMSG #yard :hi", "ann.example"),
        (":ann!u@h JOIN #yard annacc :Ann", "annacc"),
        (":ann!u@h JOIN #yard * :Ann", None),
        ("@account=a\\r\\nb :ann!u@h PRIVMSG #yard :hi", None),
        (":ann!u@h PRIVMSG #yard :hi", None),
    ],
)
def test_the_account_is_by_tag_or_by_extended_join(line: str, account: str | None) -> None:
    (only,) = lines(line)
    assert only.account == account


def test_a_known_account_is_that_of_all_lines() -> None:
    made = session("ann")
    made.follow(message(":ann!u@h ACCOUNT anna"))
    (only,) = translate.lines(message(":ann!u@h PRIVMSG #yard :hi"), made, NOW)
    assert only.account == "anna"
    made.follow(message(":ann!u@h ACCOUNT *"))
    (only,) = translate.lines(message(":ann!u@h PRIVMSG #yard :hi"), made, NOW)
    assert only.account is None


def test_the_message_id_is_kept() -> None:
    (only,) = lines("@msgid=001~17~3 :ann!u@h PRIVMSG #yard :hi")
    assert only.msgid == "001~17~3"


def test_no_host_is_in_any_line() -> None:
    for line in (
        ":ann!user@secret.host PRIVMSG #yard :hi",
        ":ann@secret.host PRIVMSG #yard :hi",
        ":eve!user@secret.host JOIN #yard account :real name",
        ":bob!user@secret.host MODE #yard +b *!*user@secret.host",
        ":ann!user@secret.host QUIT :bye",
    ):
        for told in lines(line):
            assert "secret" not in repr(told), line
            assert "user" not in repr(told), line
