"""API tokens: told once, with scopes that `may` keeps to, and an end."""

from datetime import timedelta

import pytest

from hub.accounts.handles import bind_handle
from hub.accounts.people import suspend
from hub.accounts.tokens import create_token, list_tokens, read_token, revoke_token, touch_token
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.people import Actor, Role, may
from tests.databases import OPERATOR
from tests.hub.accounts.conftest import House


def makes(
    house: House, *scopes: str, slug: str = "ann", actor: Actor | None = None, days: int | None = 30
) -> str:
    ends = None if days is None else house.now + timedelta(days=days)
    by = actor or house.actor(slug)
    _, secret = house.do(create_token, by, slug, "my bot", scopes, ends, house.now)
    return secret


def comes(house: House, secret: str) -> Actor:
    found = house.see(read_token, secret, house.now)
    assert found is not None
    assert found.csrf == ""
    return found.actor


def test_a_token_is_told_once_and_only_its_digest_is_kept(house: House) -> None:
    house.has("ann")
    secret = makes(house, "read")
    assert secret.startswith("madang_")
    assert len(secret) > 45
    assert secret not in str(house.yard.rows("SELECT * FROM api_token"))
    (info,) = house.see(list_tokens, "ann")
    assert (info.name, info.scopes, info.used_at) == ("my bot", ("read",), None)
    assert comes(house, secret).person == "ann"


def test_scopes_bound_what_even_an_administrator_may(house: House) -> None:
    house.has("ann", role=Role.ADMINISTRATOR)
    expected = {
        "read": {"read"},
        "write": {"read", "close", "write", "edit", "maintain"},
        "admin": {"read", "close", "write", "edit", "maintain", "redact", "secure", "administer"},
    }
    for scope, verbs in expected.items():
        actor = comes(house, makes(house, scope))
        found = {verb for verb in expected["admin"] if may(actor, verb, "story:1", "private")}
        assert found == verbs


def test_a_scope_gives_no_more_than_the_person_has(house: House) -> None:
    house.has("ann")
    actor = comes(house, makes(house, "admin", "write", "read"))
    assert not may(actor, "administer", "person:bob")
    assert not may(actor, "read", "story:1", "private")
    assert may(actor, "write", "story:1")


def test_a_token_without_admin_changes_nothing_that_opens_the_account(house: House) -> None:
    house.has("ann")
    actor = comes(house, makes(house, "write"))
    with pytest.raises(Refused):
        makes(house, "read", actor=actor)
    with pytest.raises(Refused):
        house.do(bind_handle, actor, "ann", "irc", "net", "ann", now=house.now)


def test_a_token_ends(house: House) -> None:
    house.has("ann")
    secret = makes(house, "read", days=1)
    house.waits(hours=23, minutes=59)
    comes(house, secret)
    house.waits(minutes=1)
    assert house.see(read_token, secret, house.now) is None


def test_only_the_operator_makes_one_without_an_end(house: House) -> None:
    house.has("ann")
    for days in (None, 0, -1, 367):
        with pytest.raises(Invalid):
            makes(house, "read", days=days)
    secret = makes(house, "read", actor=OPERATOR, days=None)
    house.waits(days=5000)
    comes(house, secret)


@pytest.mark.parametrize("scopes", [(), ("all",), ("read", "root"), ("READ",)])
def test_scopes_are_chosen_from_the_list(house: House, scopes: tuple[str, ...]) -> None:
    house.has("ann")
    with pytest.raises(Invalid):
        makes(house, *scopes)


def test_a_token_is_revoked_by_its_owner_only(house: House) -> None:
    house.has("ann")
    house.has("bob")
    secret = makes(house, "read")
    (info,) = house.see(list_tokens, "ann")
    with pytest.raises(Refused):
        house.do(revoke_token, house.actor("bob"), "ann", info.id, now=house.now)
    with pytest.raises(NotFound):
        house.do(revoke_token, house.actor("bob"), "bob", info.id, now=house.now)
    house.do(revoke_token, house.actor("ann"), "ann", info.id, now=house.now)
    assert house.see(read_token, secret, house.now) is None
    assert [act.verb for act in house.acts()] == ["token-revoke", "token"]


def test_nobody_makes_a_token_for_another(house: House) -> None:
    house.has("ann")
    house.has("bob")
    with pytest.raises(Refused):
        makes(house, "read", actor=house.actor("bob"))


def test_who_is_suspended_has_no_token_until_restored(house: House) -> None:
    house.has("ann")
    secret = makes(house, "read")
    house.do(suspend, OPERATOR, "ann", now=house.now)
    assert house.see(read_token, secret, house.now) is None


def test_no_other_text_is_a_token(house: House) -> None:
    house.has("ann")
    secret = makes(house, "read")
    for text in ("", "madang_", secret[:-1], secret.upper(), secret[7:], "madang_" + "x" * 9999):
        assert house.see(read_token, text, house.now) is None


def test_use_is_noted_once_an_hour(house: House) -> None:
    house.has("ann")
    secret = makes(house, "read")
    found = house.see(read_token, secret, house.now)
    assert found is not None
    assert found.is_stale
    house.do(touch_token, found.token_id, now=house.now)
    house.waits(minutes=59)
    found = house.see(read_token, secret, house.now)
    assert found is not None
    assert not found.is_stale


def test_tokens_are_not_made_without_end(house: House) -> None:
    house.has("ann")
    for _ in range(50):
        makes(house, "read")
    with pytest.raises(Conflict):
        makes(house, "read")
