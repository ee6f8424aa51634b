"""`link CODE`: an account on IRC becomes a person's, by a code that only they know."""

import pytest

from bot.commands import answer, writes
from hub.accounts.handles import handles_of, speaker
from hub.accounts.linking import make_link_code
from hub.accounts.people import suspend
from hub.errors import Refused
from hub.module import Question
from hub.people import Role
from tests.databases import OPERATOR, PUBLIC
from tests.hub.accounts.conftest import House


def says(house: House, words: str, account: str | None = "ann", **given: object) -> str:
    """Say something to the bot, as the service passes it on; in private unless `channel` is given."""
    told: dict[str, object] = {"channel": None, "tells_accounts": True} | given
    channel = told["channel"]
    assert channel is None or isinstance(channel, str)
    asker = house.see(speaker, "net", account, "annie")
    question = Question(
        "net", channel, asker, "annie", words, account, bool(told["tells_accounts"])
    )
    assert writes(house.app, question)
    return house.do(lambda session: answer(house.app, session, question))


@pytest.fixture
def code(house: House) -> str:
    house.has("ann")
    return house.do(make_link_code, house.actor("ann"), "ann", now=house.app.clock())


def bound(house: House, slug: str = "ann") -> list[tuple[str, str]]:
    return [(h.realm, h.shown) for h in house.see(handles_of, slug, "irc")]


def test_an_account_becomes_the_persons(house: House, code: str) -> None:
    told = says(house, f"link {code}", account="Ann[m]")
    assert told == "Ann[m] on net is ann now. Your meetings and actions follow you."
    assert bound(house) == [("net", "Ann[m]")]
    assert house.see(speaker, "net", "aNN{m}", "whoever").person == "ann"
    assert house.events("person.changed") == [("person:ann", "person:ann")]
    assert [act.detail for act in house.acts("bind")] == ["irc net Ann[m]"]


def test_the_person_speaks_from_then_on_whatever_the_nick(house: House, code: str) -> None:
    before = house.see(speaker, "net", "ann", "annie")
    assert (before.name, before.role, before.person) == ("irc:net/ann", Role.SPEAKER, None)
    says(house, f"link {code.upper()}")
    after = house.see(speaker, "net", "ann", "somebody_else")
    assert (after.name, after.role) == ("person:ann", Role.MEMBER)
    assert house.see(speaker, "other", "ann", "ann").person is None
    assert house.see(speaker, "net", None, "ann").person is None


def test_a_code_is_good_once(house: House, code: str) -> None:
    says(house, f"link {code}")
    assert says(house, f"link {code}", account="mallory").startswith("That code is not good")
    assert bound(house) == [("net", "ann")]


def test_a_code_that_all_could_read_is_worth_nothing(house: House, code: str) -> None:
    told = says(house, f"link {code}", account="mallory", channel="#yard")
    assert told.startswith("All can read this")
    assert says(house, f"link {code}").startswith("That code is not good")
    assert bound(house) == []


def test_a_new_code_ends_the_one_before(house: House, code: str) -> None:
    newer = house.do(make_link_code, house.actor("ann"), "ann", now=house.app.clock())
    assert says(house, f"link {code}").startswith("That code is not good")
    assert "is ann now" in says(house, f"link {newer}")


@pytest.mark.parametrize("words", ["link nonsense", "link " + "x" * 400, "link a b", "link \udcff"])
def test_a_wrong_code_says_what_to_do(house: House, code: str, words: str) -> None:
    told = says(house, words)
    assert told == (
        f"That code is not good, or too old: they last 15 minutes. Make a new one at {PUBLIC}/me/handles"
    )


def test_without_a_code_it_is_said_where_to_get_one(house: House) -> None:
    assert says(house, "link") == (
        f"Make a code at {PUBLIC}/me/handles and tell me in private: link CODE"
    )


def test_one_who_is_not_logged_in_hears_why_and_what_to_do(house: House, code: str) -> None:
    told = says(house, f"link {code}", account=None)
    assert told.startswith(
        "I don't see you logged in to services, and a nick alone proves nothing."
    )
    told = says(house, f"link {code}", account=None, tells_accounts=False)
    assert told.startswith("net doesn't tell me about accounts")
    assert "is ann now" in says(house, f"link {code}")


def test_somebody_elses_account_stays_theirs(house: House, code: str) -> None:
    says(house, f"link {code}")
    house.has("bob")
    theirs = house.do(make_link_code, house.actor("bob"), "bob", now=house.app.clock())
    assert says(house, f"link {theirs}").startswith("ann is bound to somebody else.")
    assert bound(house, "bob") == []


def test_linking_again_changes_nothing(house: House, code: str) -> None:
    says(house, f"link {code}")
    again = house.do(make_link_code, house.actor("ann"), "ann", now=house.app.clock())
    assert says(house, f"link {again}") == "ann is ann already."
    assert len(house.acts("bind")) == 1


def test_nobody_makes_a_code_for_another(house: House, code: str) -> None:
    house.has("bob")
    with pytest.raises(Refused):
        house.do(make_link_code, house.actor("bob"), "ann", now=house.app.clock())


def test_who_is_suspended_is_only_a_speaker(house: House, code: str) -> None:
    says(house, f"link {code}")
    house.do(suspend, OPERATOR, "ann", now=house.now)
    assert house.see(speaker, "net", "ann", "ann").person is None
