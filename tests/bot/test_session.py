"""Who is where, and nothing that a server says can tear it."""

from bot.isupport import Isupport
from bot.session import Session
from bot.wire import Message, parse


def hear(session: Session, *lines: str) -> None:
    for line in lines:
        message = parse(line)
        assert message is not None
        session.follow(message)


def in_yard(*names: str, isupport: str = "") -> Session:
    session = Session("test")
    hear(session, ":s 001 madang :Hi", f":s 005 madang {isupport} :are")
    hear(session, ":madang!m@b JOIN #yard", f":s 353 madang = #yard :madang {' '.join(names)}")
    session.keep("#yard")
    return session


def test_members_come_and_go() -> None:
    session = in_yard("ann")
    hear(session, ":bob!u@h JOIN #yard", ":ann!u@h PART #yard", ":bob!u@h NICK rob")
    assert session.shared("rob") == ["#yard"]
    assert session.shared("ann") == session.shared("bob") == []


def test_strangers_who_leave_and_nicks_that_collide_do_no_harm() -> None:
    session = in_yard("ann", "bob")
    hear(
        session,
        ":ghost!u@h PART #yard",
        ":ghost!u@h QUIT",
        ":ann!u@h KICK #yard ghost",
        ":ann!u@h KICK #nowhere bob",
        ":bob!u@h NICK ann",
        ":ann!u@h QUIT :bye",
        ":ann!u@h QUIT :bye again",
        ":carl!u@h NICK",
        ":s MODE #yard +o",
        ":s 353 madang",
    )
    assert session.shared("ann") == session.shared("bob") == []
    assert session.misunderstood > 0
    hear(session, ":ann!u@h JOIN #yard")
    assert session.shared("ann") == ["#yard"]


def test_operators_are_known_by_prefix_and_mode() -> None:
    session = in_yard("@ann", "+bob", "&carl", isupport="PREFIX=(qaohv)~&@%+")
    assert session.operators("#yard") == {"ann", "carl"}
    hear(session, ":s MODE #yard +o-a bob carl")
    assert session.operators("#yard") == {"ann", "bob"}


def test_casemappings_are_the_networks() -> None:
    assert Session("test").fold("A[~") == "a{^"
    assert in_yard(isupport="CASEMAPPING=ascii").fold("A[~") == "a[~"
    assert in_yard(isupport="CASEMAPPING=rfc1459-strict").fold("A[~") == "a{~"
    assert in_yard(isupport="CASEMAPPING=rfc7613").fold("A[~") == "a{^"


def test_the_own_prefix_is_learnt_from_join_and_host_changes() -> None:
    session = in_yard()
    assert session.prefix == "madang!m@b"
    hear(session, ":s 396 madang cloak/bot :is now your host")
    assert session.prefix == "madang!m@cloak/bot"
    session.learn_own_mask("madang!x@y")
    session.learn_own_mask("other!x@z")
    session.learn_own_mask("madang")
    assert session.prefix == "madang!x@y"


def test_an_unknown_own_prefix_counts_as_long() -> None:
    session = Session("test")
    hear(session, ":s 001 madang :Hi")
    assert len(session.prefix) >= len("madang!") + 10 + 1 + 63


def test_accounts_are_known_by_whox() -> None:
    session = in_yard("ann", isupport="WHOX")
    assert session.whox("#yard").startswith("WHO #yard n%")
    hear(session, ":s 354 madang 735 u 1.2.3.4 h s ann H annacc :Ann")
    assert session.account("ann") == "annacc"


def test_only_kept_channels_are_told() -> None:
    session = in_yard()
    assert session.kept("#YARD") == "#yard"
    assert session.kept("@#yard") is None
    session.forsake("#Yard")
    assert session.kept("#yard") is None


def tokens(*given: str) -> Isupport:
    isupport = Isupport()
    isupport.from_tokens(list(given))
    return isupport


def test_limits_are_read_by_kind_of_channel() -> None:
    limits = tokens("CHANLIMIT=#&:120,+:")
    assert limits.limit_group("#a") == limits.limit_group("&b") == ("#&", 120)
    assert limits.limit_group("+c") is None
    assert limits.limit_group("!d") is None
    assert tokens("MAXCHANNELS=20").limit_group("#a") == ("#", 20)
    assert tokens().limit_group("#a") is None
    assert tokens("CHANLIMIT=#&+:0").limit_group("#a") is None  # ngIRCd's "no limit"


def test_numbers_that_are_none_are_the_default() -> None:
    given = tokens("LINELEN=abc", "TOPICLEN=-4", "CHATHISTORY=0", "TARGMAX=JOIN:4,NAMES:", "BOT=B")
    assert given.line_length == 512
    assert given.number("TOPICLEN", 390) == 390
    assert given.history_page == 100
    assert (given.targets("JOIN"), given.targets("NAMES"), given.targets("WHO")) == (4, 20, 20)
    assert given.bot_mode == "B"
    assert tokens("LINELEN=4096").line_length == 4096
    assert tokens("BOT=+x y").bot_mode == ""
    assert tokens("CHATHISTORY=50").history_page == 50
    assert tokens().history_page == 0


def test_a_token_can_be_taken_back_and_escaped() -> None:
    given = tokens("MONITOR=100", "NETWORK=a\\x20b\\")
    assert given.monitors
    assert given.raw["NETWORK"] == "a b\\"
    given.from_tokens(["-MONITOR"])
    assert not given.monitors


def test_a_message_without_anything_is_passed_over() -> None:
    session = in_yard()
    for command in (
        "001",
        "005",
        "353",
        "354",
        "396",
        "900",
        "901",
        "JOIN",
        "NICK",
        "KICK",
        "MODE",
    ):
        session.follow(Message(None, None, command, []))
        session.follow(Message(None, "x", command, []))
    assert session.nick == "madang"
