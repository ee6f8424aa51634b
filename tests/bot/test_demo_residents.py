"""The demo's residents help, and are never a nuisance."""

from datetime import UTC, datetime, timedelta

from bot.demo.residents import Courtesy
from bot.demo.script import HINTS, SMALL_TALK, is_korean
from bot.demo.server import DemoServer
from tests.conftest import MakeUser

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = "http://127.0.0.1:8723/irclogs/%23madang/latest.log.html#end"


def test_a_newcomer_is_told_where_the_talk_can_be_read() -> None:
    answer = Courtesy(PAGE).answer("Ann", "hello there", NOW)
    assert answer is not None
    assert answer.startswith("Ann: ")
    assert answer.endswith(PAGE)


def test_who_speaks_korean_is_answered_in_korean() -> None:
    answer = Courtesy(PAGE).answer("ann", "이거 비공개로 하려면요?", NOW)
    assert answer is not None
    assert "[nolog]" in answer
    assert is_korean(answer)


def test_a_question_is_answered_before_what_comes_next_in_order() -> None:
    answer = Courtesy(PAGE).answer("ann", "how do I get a permalink?", NOW)
    assert answer is not None
    assert "click the time" in answer


def test_nobody_is_answered_twice_in_a_minute_and_others_are() -> None:
    courtesy = Courtesy(PAGE)
    assert courtesy.answer("ann", "hi", NOW)
    assert courtesy.answer("ANN", "hi", NOW + timedelta(seconds=59)) is None
    assert courtesy.answer("bob", "hi", NOW + timedelta(seconds=1))
    assert courtesy.answer("ann", "hi", NOW + timedelta(seconds=60))


def test_each_hint_is_told_once_and_then_there_is_silence() -> None:
    courtesy = Courtesy(PAGE)
    at = [NOW + timedelta(minutes=minute) for minute in range(50)]
    answers = [answer for now in at if (answer := courtesy.answer("ann", "so", now))]
    assert len(answers) == len(set(answers)) == len(HINTS)


def test_a_new_nick_is_no_newcomer() -> None:
    """Nor is the old one, when its owner comes back to it."""
    courtesy = Courtesy(PAGE)
    assert courtesy.answer("ann", "hi", NOW)
    courtesy.renamed("ann", "Ann_away")
    assert courtesy.answer("ann_away", "hi", NOW + timedelta(seconds=5)) is None
    for minutes, nick in enumerate(("ann_away", "ann"), 2):
        answer = courtesy.answer(nick, "hi", NOW + timedelta(minutes=minutes))
        assert answer is not None
        assert PAGE not in answer


def test_who_changes_nick_is_greeted_once(irc_user: MakeUser) -> None:
    with DemoServer(pause_s=0.0, web_address="http://yard.example") as demo:
        ann = irc_user("ann", demo, "#madang")
        ann.say("#madang", "hello")
        ann.wait_for(
            r"ann: welcome!.* http://yard\.example/irclogs/%23madang/latest\.log\.html#end$"
        )
        ann.send("NICK anna")
        ann.wait_for(r"^:ann!\S+ NICK :anna$")
        ann.say("#madang", "hello")
        ann.sync()
        ann.say("#madang", "[nolog] still here")
        ann.sync()
        assert len(ann.heard(r"^:(ada|dalnim)!\S+ PRIVMSG")) == 1


def test_residents_sit_in_every_channel_and_say_that_they_are_bots(irc_user: MakeUser) -> None:
    with DemoServer() as demo:
        ann = irc_user("ann", demo)
        for channel in ("#madang", "#madang-dev", "#마당-한국어"):
            ann.join(channel)
            assert ann.heard(rf" 353 ann = {channel} :@ada ann @dalnim$")
        ann.send("WHOIS ada")
        ann.wait_for(r" 335 ann ada :is a bot")
        ann.say("ada", "psst")
        ann.sync()
        assert not ann.heard(r" 401 ")


def test_a_resident_answers_in_the_main_channel_only(irc_user: MakeUser) -> None:
    with DemoServer(pause_s=0.0) as demo:
        ann = irc_user("ann", demo, "#madang", "#madang-dev")
        ann.say("#madang-dev", "hello")
        ann.say("#madang", "안녕하세요")
        ann.wait_for(r"^:dalnim!\S+ PRIVMSG #madang :ann: 어서 오세요!")
        ann.sync()
        assert len(ann.heard(r"^:(ada|dalnim)!\S+ PRIVMSG")) == 1


def test_the_bot_and_an_unlogged_line_get_no_answer(irc_user: MakeUser) -> None:
    with DemoServer(pause_s=0.0, bots=("Madang",)) as demo:
        madang, ann = irc_user("madang", demo, "#madang"), irc_user("ann", demo, "#madang")
        madang.say("#madang", "hello")
        ann.say("#madang", "[nolog] hello")
        ann.say("#madang", "now openly: hello")
        ann.wait_for(r"^:ada!\S+ PRIVMSG #madang :ann: welcome")
        ann.sync()
        assert len(ann.heard(r"^:(ada|dalnim)!\S+ PRIVMSG")) == 1


def test_small_talk_begins_when_somebody_reads_along(irc_user: MakeUser) -> None:
    with DemoServer(watched=lambda: True, chat_every_s=0.3) as demo:
        ann = irc_user("ann", demo, "#madang")
        ann.wait_for(r"^:(ada|dalnim)!\S+ PRIVMSG #madang :")


def test_small_talk_ends_when_all_is_told(irc_user: MakeUser) -> None:
    asked = []

    def somebody() -> bool:
        asked.append(1)
        return True

    with DemoServer(watched=somebody, chat_every_s=0.01, turn_s=0.0) as demo:
        ann = irc_user("ann", demo, "#madang")
        while len(asked) < 5 * len(SMALL_TALK):
            ann.sync()
        told = [m[1] for m in ann.heard(r"^:(?:ada|dalnim)!\S+ PRIVMSG #madang :(.+)$")]
        assert len(told) == len(set(told)) <= 2 * len(SMALL_TALK)


def test_there_is_no_small_talk_for_nobody(irc_user: MakeUser) -> None:
    asked = []

    def nobody() -> bool:
        asked.append(1)
        return False

    with DemoServer(watched=nobody, chat_every_s=0.01) as demo:
        ann = irc_user("ann", demo, "#madang")
        while len(asked) < 10:
            ann.sync()
        assert not ann.heard(r"^:(ada|dalnim)!\S+ PRIVMSG")


def test_residents_can_be_left_out(irc_user: MakeUser) -> None:
    with DemoServer(residents=False) as demo:
        ann = irc_user("ann", demo, "#madang")
        assert ann.heard(r" 353 ann = #madang :ann$")
