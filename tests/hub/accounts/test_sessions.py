"""Sessions: whose they are, when they end, and what is kept of their secret."""

import pytest

from hub.accounts.passwords import set_password
from hub.accounts.people import suspend
from hub.accounts.sessions import (
    end_session,
    list_sessions,
    open_session,
    read_session,
    revoke_all,
    revoke_session,
    touch_session,
)
from hub.accounts.visits import Visit
from hub.errors import NotFound, Refused
from hub.people import GUEST, Role
from tests.databases import OPERATOR
from tests.hub.accounts.conftest import PASSWORD, House


def login(house: House, slug: str, agent: str = "Firefox") -> str:
    return house.do(
        open_session, house.person(slug), address="192.0.2.1", agent=agent, now=house.now
    )


def visit(house: House, token: str) -> Visit | None:
    return house.see(read_session, token, house.now)


def test_the_secret_of_a_session_is_the_person(house: House) -> None:
    house.has("ann", role=Role.ADMINISTRATOR, language="ko")
    found = visit(house, login(house, "ann"))
    assert found is not None
    assert (found.actor.name, found.actor.person) == ("person:ann", "ann")
    assert (found.actor.role, found.language) == (Role.ADMINISTRATOR, "ko")


def test_no_other_text_opens_a_session(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    for text in ("", token[:-1], token + "x", token.upper(), "x" * 10_000, "\ud800", "a\0b"):
        assert visit(house, text) is None


def test_only_a_digest_of_the_secret_is_stored(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    told = str(house.yard.rows("SELECT * FROM login_session"))
    assert token not in told
    assert len(token) >= 43


def test_two_logins_are_two_sessions_with_keys_of_their_own(house: House) -> None:
    house.has("ann")
    one, two = (visit(house, login(house, "ann")) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.session_id != two.session_id
    assert one.csrf != two.csrf


def test_a_session_ends_thirty_days_after_it_was_last_used(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    house.waits(days=29, hours=23)
    found = visit(house, token)
    assert found is not None
    assert found.session_id is not None
    house.do(touch_session, found.session_id, now=house.now)
    house.waits(days=29, hours=23)
    assert visit(house, token) is not None
    house.waits(hours=1)
    assert visit(house, token) is None


def test_a_session_ends_after_180_days_however_it_is_used(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    for _ in range(9):
        found = visit(house, token)
        assert found is not None
        assert found.session_id is not None
        house.do(touch_session, found.session_id, now=house.now)
        house.waits(days=20)
    assert visit(house, token) is None
    assert house.see(list_sessions, "ann", now=house.now) == []


def test_that_a_session_is_in_use_is_noted_once_an_hour(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    house.waits(minutes=59)
    found = visit(house, token)
    assert found is not None
    assert not found.is_stale
    house.waits(minutes=1)
    found = visit(house, token)
    assert found is not None
    assert found.is_stale


def test_a_list_of_sessions_tells_where_they_are(house: House) -> None:
    house.has("ann")
    login(house, "ann", agent="Firefox")
    house.waits(hours=1)
    login(house, "ann", agent="w3m")
    listed = house.see(list_sessions, "ann", now=house.now)
    assert [(one.agent, one.address) for one in listed] == [
        ("w3m", "192.0.2.1"),
        ("Firefox", "192.0.2.1"),
    ]


def test_a_session_is_revoked_by_its_owner_and_by_no_other(house: House) -> None:
    house.has("ann")
    house.has("bob")
    token = login(house, "ann")
    found = visit(house, token)
    assert found is not None
    with pytest.raises(Refused):
        house.do(revoke_session, house.actor("bob"), "ann", found.session_id)
    with pytest.raises(Refused):
        house.do(revoke_all, GUEST, "ann")
    with pytest.raises(NotFound):
        house.do(revoke_session, house.actor("bob"), "bob", found.session_id)
    house.do(revoke_session, house.actor("ann"), "ann", found.session_id)
    assert visit(house, token) is None


def test_all_other_sessions_are_revoked_at_once(house: House) -> None:
    house.has("ann")
    tokens = [login(house, "ann") for _ in range(3)]
    here = visit(house, tokens[0])
    assert here is not None
    house.do(revoke_all, here.actor, "ann", except_=here.session_id)
    assert [visit(house, token) is not None for token in tokens] == [True, False, False]


def test_logging_out_ends_the_session(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    house.do(end_session, token)
    assert visit(house, token) is None
    house.do(end_session, token)


def test_a_new_password_ends_all_sessions(house: House) -> None:
    house.has("ann", password=PASSWORD)
    token = login(house, "ann")
    house.do(set_password, house.actor("ann"), "ann", "another good one", now=house.now)
    assert visit(house, token) is None


def test_who_is_suspended_has_no_session(house: House) -> None:
    house.has("ann")
    token = login(house, "ann")
    house.do(suspend, OPERATOR, "ann", now=house.now)
    assert visit(house, token) is None


def test_sessions_that_ended_are_forgotten_when_the_next_begins(house: House) -> None:
    house.has("ann")
    login(house, "ann")
    house.waits(days=31)
    login(house, "ann")
    assert house.yard.rows("SELECT count(*) FROM login_session") == [(1,)]
