"""`madang check` finds what can't be true of accounts."""

import re

import pytest

from hub.accounts.erasure import erase_person
from hub.accounts.handles import bind_handle
from hub.accounts.people import rename_person
from hub.accounts.sessions import open_session
from hub.accounts.teams import give
from hub.accounts.tickets import make_reset
from tests.databases import NETWORK, OPERATOR
from tests.hub.accounts.conftest import PASSWORD, House


@pytest.fixture
def lived(house: House) -> House:
    """A hub in which something of everything has happened to people."""
    house.has("ann", password=PASSWORD)
    house.has("bob")
    house.has("cy")
    house.do(bind_handle, OPERATOR, "ann", "irc", NETWORK, "Ann", now=house.now)
    house.do(rename_person, OPERATOR, "bob", new_slug="bobby", now=house.now)
    house.do(open_session, house.person("ann"), now=house.now)
    house.do(make_reset, OPERATOR, "bob", now=house.now)
    house.do(give, OPERATOR, "edit", "series:x", "person:bob", now=house.now)
    house.do(erase_person, OPERATOR, "cy", house.now)
    house.yard.settles()
    return house


DAMAGES = {
    "UPDATE person SET slug = 'Ann' WHERE slug = 'ann'": "the slug 'Ann'",
    "UPDATE person SET slug = 'bob' WHERE slug = 'ann'": "also the earlier one",
    "UPDATE person SET password = 'secret' WHERE slug = 'ann'": "not kept by argon2id",
    "UPDATE person SET role = 'king' WHERE slug = 'ann'": "role holds what has no place",
    "UPDATE person SET slug = 'cy' WHERE state = 'erased'": "was erased, but the name is there",
    "UPDATE person SET email = 'a@b' WHERE state = 'erased'": "an address, password or name is left",
    "UPDATE login_session SET person_id = 3": "still has a row of login_session",
    "UPDATE handle SET person_id = 3 WHERE kind = 'irc'": "still has the handle irc Ann",
    "UPDATE erasure SET known = 'x'": "its names are still kept",
    "UPDATE handle SET subject = 'Ann' WHERE kind = 'irc'": "Handle irc net Ann: it compares as Ann",
    "UPDATE login_session SET digest = 'token'": "Session: one keeps something else",
    "UPDATE ticket SET data = '[1]'": "data is no JSON object",
    "UPDATE ticket SET person_id = NULL": "a code of the kind reset is for nobody",
    "UPDATE grant_ SET person_id = NULL": "it should be one person's or one team's",
}


def test_people_who_lived_have_no_problems(lived: House) -> None:
    assert lived.yard.problems == []


@pytest.mark.parametrize("sql", DAMAGES)
def test_damage_is_found(lived: House, sql: str) -> None:
    lived.yard.sql(sql)
    problems = "\n".join(lived.yard.problems)
    assert re.search(re.escape(DAMAGES[sql]), problems), problems
