"""Whatever people ask, the bot does not flood a channel, nor talk to another bot for ever."""

from pathlib import Path

from bot.commands import is_answer
from bot.courtesy import EACH_ASKER, EACH_PLACE, Courtesy
from tests.promises.archives import Archive
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd


def test_who_asks_too_often_is_not_answered_until_some_time_has_passed() -> None:
    courtesy = Courtesy()
    answered = [courtesy.may_answer("ann", f"#{n}", 0.0) for n in range(50)]
    assert answered.count(True) == EACH_ASKER.burst
    assert courtesy.may_answer("bob", "#1", 0.0)
    assert courtesy.may_answer("ann", "#1", EACH_ASKER.every_s)


def test_a_crowd_does_not_make_the_bot_flood_a_channel() -> None:
    courtesy = Courtesy()
    answered = [courtesy.may_answer(f"u{n}", "#yard", n / 10) for n in range(600)]
    assert answered.count(True) <= EACH_PLACE.burst + 60 / EACH_PLACE.every_s


def test_names_without_end_do_not_fill_memory() -> None:
    courtesy = Courtesy()
    for number in range(5_000):
        courtesy.may_answer(f"u{number}", "#yard", 0.0)
    assert len(courtesy._buckets) <= 1_000


def test_a_flood_of_commands_is_answered_a_few_times(ngircd: Ngircd, tmp_path: Path) -> None:
    config = network_toml("net", ngircd.port)
    with Madang(tmp_path / "madang", config) as madang, IrcUser("mal", ngircd.port) as mal:
        mal.join("#yard")
        if not any("madang" in line for line in mal.lines if " 353 " in line):
            mal.wait_for(":madang!.* JOIN ")
        for number in range(60):
            mal.say("#yard", f"madang: nonsense{number}")
        mal.say("#yard", "the last")
        archive = Archive(madang)
        archive.wait_for("<mal> the last")
        wait_until(lambda: "_ignored_total" in madang.get("/metrics"), "questions ignored")
        answers = [line for line in mal.lines if "PRIVMSG #yard" in line and ":madang!" in line]
        assert len(answers) <= EACH_ASKER.burst + 1


def test_an_answer_is_no_question() -> None:
    assert is_answer("I don't know 'I'. Say help for what I know.")
    assert not is_answer("help")
