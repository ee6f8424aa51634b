"""What goes out when, how long is waited, and which channels are asked for."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ctcp import CtcpAnswers
from bot.identity import Identity, user_name
from bot.outbox import Outbox, Urgency, urgency_of
from bot.places import Places, Stand, join_lines
from bot.timing import Backoff, Patience
from tests.bot.scene import at

NOW = at("2026-05-12 21:00:30")
PATIENCE = Patience(join_retry_s=60, longest_join_retry_s=600, join_answer_s=30)


def places(*names: str) -> Places:
    made = Places(PATIENCE, Random(1))
    for name in names:
        made.add(name, recalled=True)
    return made


def test_a_burst_then_the_rate() -> None:
    outbox: Outbox[int] = Outbox(burst=3, rate_per_s=0.5)
    for number in range(6):
        outbox.put(number, Urgency.SPEECH)
    assert outbox.due(0.0) == [0, 1, 2]
    assert outbox.due(1.9) == []
    assert outbox.wait_s(1.9) == pytest.approx(0.1)
    assert outbox.due(2.0) == [3]
    assert outbox.due(6.0) == [4, 5]
    assert outbox.wait_s(6.0) is None


def test_commands_overtake_speech_and_the_urgent_never_wait() -> None:
    outbox: Outbox[str] = Outbox(burst=1, rate_per_s=1)
    for line in ("PRIVMSG #c :a", "PRIVMSG #c :b", "JOIN #d", "PONG x", "CAP END"):
        outbox.put(line, urgency_of(line))
    assert outbox.due(0.0) == ["PONG x", "CAP END"]
    assert outbox.due(1.0) == ["JOIN #d"]
    assert outbox.due(3.0) == ["PRIVMSG #c :a"]


@given(
    st.lists(st.tuples(st.sampled_from(list(Urgency)), st.floats(0, 3)), max_size=60),
    st.integers(1, 10),
    st.floats(0.1, 20),
)
def test_never_faster_than_the_bucket_allows(
    puts: list[tuple[Urgency, float]], burst: int, rate: float
) -> None:
    outbox: Outbox[Urgency] = Outbox(burst, rate)
    now, patient = 0.0, 0
    for urgency, passed in puts:
        now += passed
        outbox.put(urgency, urgency)
        patient += sum(one is not Urgency.URGENT for one in outbox.due(now))
        assert patient <= burst + rate * now + 1e-6


def test_what_waits_is_bounded() -> None:
    outbox: Outbox[int] = Outbox(1, 1, limit=10)
    taken = [outbox.put(number, Urgency.SPEECH) for number in range(12)]
    assert taken == [True] * 10 + [False] * 2
    assert (outbox.dropped, len(outbox)) == (2, 10)
    assert outbox.put(99, Urgency.URGENT)


def test_waits_double_are_jittered_and_bounded() -> None:
    backoff = Backoff(Patience(first_retry_s=2, longest_retry_s=300), Random(7))
    waits = [backoff.after(0, "") for _ in range(20)]
    assert all(2**n <= wait * 2 <= 2 ** (n + 2) for n, wait in enumerate(waits[:7]))
    assert all(150 <= wait <= 300 for wait in waits[8:])
    assert len(set(waits)) == 20


@pytest.mark.parametrize(
    ("reason", "least"),
    [
        ("ERROR: Throttled: Reconnecting too fast", 90),
        ("Trying to reconnect too fast.", 90),
        ("Too many connections from your host", 90),
        ("You are banned from this server", 900),
        ("K-Lined: spam", 900),
        ("G:Lined", 900),
    ],
)
def test_a_server_that_complains_is_left_alone_for_longer(reason: str, least: float) -> None:
    assert Backoff(Patience(), Random(1)).after(0, reason) >= least


def test_each_channel_is_asked_for_once_until_it_answers() -> None:
    made = places("#a", "#b")
    ask, _ = made.to_ask(0, lambda _: None)
    assert [place.name for place in ask] == ["#a", "#b"]
    assert made.to_ask(1, lambda _: None) == ([], [])
    assert made.joined("#a") is not None
    assert [place.name for place in made.silent(30)] == ["#b"]


def test_a_refused_channel_is_asked_for_again_ever_more_slowly() -> None:
    made = places("#a")
    now, waits = 0.0, []
    for _ in range(8):
        assert made.to_ask(now, lambda _: None)[0]
        wait_s = made.refused("#a", now)
        assert wait_s is not None
        assert made.to_ask(now + wait_s - 1, lambda _: None)[0] == []
        waits.append(wait_s)
        now += wait_s
    assert waits[0] <= 60
    assert all(300 <= wait_s <= 600 for wait_s in waits[4:])


def test_a_kick_is_final_until_the_channel_is_wanted_anew() -> None:
    made = places("#a")
    made.to_ask(0, lambda _: None)
    made.joined("#a")
    made.kicked("#a", ["=ann"])
    made.lost(NOW)
    assert made.to_ask(1e9, lambda _: None)[0] == []
    assert made.joined("#a") is None
    made.add("#a")
    assert [place.name for place in made.to_ask(1e9, lambda _: None)[0]] == ["#a"]


def test_a_lost_connection_makes_all_channels_wanted_again() -> None:
    made = places("#a", "#b")
    made.to_ask(0, lambda _: None)
    made.joined("#a")
    assert [place.name for place in made.lost(NOW)] == ["#a"]
    assert {place.stand for place in made} == {Stand.WANTED}
    assert [place.heard_until for place in made] == [NOW, None]


def test_a_channel_is_not_asked_for_before_it_is_known_until_when_it_was_heard() -> None:
    made = Places(PATIENCE, Random(1))
    place = made.add("#a")
    assert made.to_ask(0, lambda _: None)[0] == []
    place.is_recalled = True
    assert made.to_ask(0, lambda _: None)[0] == [place]


def test_what_was_said_after_a_kick_is_not_ours_to_know() -> None:
    made = places("#a")
    place = made.add("#a")
    place.heard_until = NOW
    made.kicked("#a", [])
    assert made.add("#a").heard_until is None


def test_no_more_channels_are_asked_for_than_the_server_allows() -> None:
    made = places("#a", "#b", "#c", "&d")
    ask, beyond = made.to_ask(0, lambda name: ("#", 2) if name[0] == "#" else None)
    assert [place.name for place in ask] == ["#a", "#b", "&d"]
    assert [place.name for place in beyond] == ["#c"]


def test_join_lines_hold_keys_first_and_keep_to_the_limits() -> None:
    made = places(*(f"#channel-{number}" for number in range(60)))
    made.add("#locked", "secret")
    lines = join_lines(made, most=7)
    assert lines[0].startswith("JOIN #locked,#channel-0,")
    assert lines[0].endswith(" secret")
    assert all(line.count("#") <= 7 for line in lines)
    assert all(len(line.encode()) <= 200 for line in join_lines(made, most=99, limit=200))
    assert sum(line.count("#") for line in join_lines(made, most=99, limit=200)) == 61


def test_ctcp_answers_say_what_the_bot_is() -> None:
    identity = Identity("Yard", "https://hub.example.org", "ann@example.org", "0.1")
    answers = CtcpAnswers(identity)
    assert answers.answer("\x01VERSION\x01", NOW, 0) == (
        "\x01VERSION Madang 0.1, logging bot - https://hub.example.org\x01"
    )
    assert answers.answer("\x01PING 123 456\x01", NOW, 0) == "\x01PING 123 456\x01"
    assert answers.answer("\x01SOURCE\x01", NOW, 10) == "\x01SOURCE https://hub.example.org\x01"
    assert answers.answer("\x01time\x01", NOW, 20) == "\x01TIME 2026-05-12T21:00:30Z\x01"
    for text in ("hello", "\x01DCC SEND x\x01", "\x01ACTION waves\x01", "\x01\x01", "\x01"):
        assert answers.answer(text, NOW, 99) is None


def test_a_crowd_that_asks_gets_few_answers() -> None:
    answers = CtcpAnswers(Identity())
    given = [answers.answer("\x01VERSION\x01", NOW, second) for second in range(60)]
    assert sum(answer is not None for answer in given) <= 3 + 60 * 0.2


def test_the_bot_names_its_hub_and_contact() -> None:
    identity = Identity("Yard", "https://hub.example.org", "ann@example.org")
    assert identity.realname() == "Yard logging bot - https://hub.example.org - ann@example.org"
    assert identity.realname("my own words") == "my own words"
    assert (user_name("Madang[bot]"), user_name("[[")) == ("madangbot", "madang")
