"""Passwords: what a good one is, how it is kept, and that a check gives no names away."""

import time
import unicodedata
from statistics import median

import pytest
from argon2 import PasswordHasher

from hub.accounts.handles import bind_handle
from hub.accounts.passwords import check_password, has_password, renew_hash, set_password
from hub.accounts.people import suspend
from hub.errors import Invalid, Refused
from hub.people import GUEST, Actor
from tests.databases import OPERATOR
from tests.hub.accounts.conftest import PASSWORD, House


def checks(house: House, name: str, password: str) -> bool:
    return house.see(check_password, name, password, house.now) is not None


def test_the_right_password_opens_and_no_other(house: House) -> None:
    house.has("ann", password=PASSWORD)
    assert checks(house, "ann", PASSWORD)
    assert checks(house, " ANN ", PASSWORD)
    for wrong in (
        "",
        PASSWORD + " ",
        PASSWORD.upper(),
        PASSWORD[:-1],
        "x" * 5000,
        "\ud800",
        "a\0b",
    ):
        assert not checks(house, "ann", wrong)


@pytest.mark.parametrize(
    "name", ["", "zoe", "a\0b", "\ud800", "x" * 9000, "a@b", "' OR 1=1 --", "%"]
)
def test_an_unknown_name_opens_nothing(house: House, name: str) -> None:
    house.has("ann", password=PASSWORD)
    assert not checks(house, name, PASSWORD)


def test_who_has_no_password_can_not_log_in_with_one(house: House) -> None:
    house.has("ann")
    assert not house.see(has_password, "ann")
    assert not checks(house, "ann", "")
    assert not checks(house, "ann", "nobody has this password")
    assert not checks(house, "zoe", "nobody has this password")


def test_who_is_suspended_can_not_log_in(house: House) -> None:
    house.has("ann", password=PASSWORD)
    house.do(suspend, OPERATOR, "ann", now=house.now)
    assert not checks(house, "ann", PASSWORD)


def test_a_verified_address_is_a_name_too(house: House) -> None:
    house.has("ann", password=PASSWORD, email="other@example.org")
    house.do(bind_handle, house.actor("ann"), "ann", "email", "", "Ann@Example.org", now=house.now)
    assert checks(house, "ann@example.ORG", PASSWORD)
    assert not checks(house, "other@example.org", PASSWORD)


def test_a_password_is_kept_by_argon2id_with_its_own_salt(house: House) -> None:
    house.has("ann", password=PASSWORD)
    house.has("bob", password=PASSWORD)
    (one,), (two,) = house.yard.rows("SELECT password FROM person")
    assert str(one).startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert one != two


def test_a_hash_of_older_parameters_is_renewed(house: House) -> None:
    house.has("ann")
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    house.yard.sql("UPDATE person SET password = :old", old=old)
    assert checks(house, "ann", PASSWORD)
    house.do(renew_hash, "ann", PASSWORD)
    ((new,),) = house.yard.rows("SELECT password FROM person")
    assert str(new).startswith("$argon2id$v=19$m=32768,")
    assert checks(house, "ann", PASSWORD)
    house.do(renew_hash, "ann", PASSWORD)
    assert house.yard.rows("SELECT password FROM person") == [(new,)]


@pytest.mark.parametrize("damaged", ["x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_damaged_hash_opens_nothing(house: House, damaged: str) -> None:
    house.has("ann")
    house.yard.sql("UPDATE person SET password = :damaged", damaged=damaged)
    assert not checks(house, "ann", PASSWORD)


def test_a_password_is_the_same_however_the_keyboard_composed_it(house: House) -> None:
    word = "마당에서 만나는 네 단어"
    house.has("ann", password=unicodedata.normalize("NFD", word))
    assert checks(house, "ann", unicodedata.normalize("NFC", word))


@pytest.mark.parametrize(
    "password",
    [
        "short", "x" * 1001, "password123", "Qwerty123456", "1234567890", "aaaaaaaaaaaa", "ababababab",
        "ann.example", "Ann.Example1!", "ann.example@mail.test", "dkssudgktpdy",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(house: House, password: str) -> None:
    house.has("ann.example", email="ann.example@mail.test")
    with pytest.raises(Invalid) as told:
        house.do(set_password, OPERATOR, "ann.example", password, now=house.now)
    assert told.value.field == "password"
    assert password not in str(told.value)


def test_a_password_is_set_by_its_owner_and_administrators(house: House) -> None:
    house.has("ann")
    house.has("bob")
    tokened = Actor("person:ann", person="ann", verbs=frozenset({"read", "write", "edit"}))
    for actor in (GUEST, house.actor("bob"), tokened):
        with pytest.raises(Refused):
            house.do(set_password, actor, "ann", PASSWORD, now=house.now)
    house.do(set_password, house.actor("ann"), "ann", PASSWORD, now=house.now)
    assert [(act.actor, act.ref) for act in house.acts("password")] == [
        ("person:ann", "person:ann")
    ]


def test_a_check_takes_as_long_for_a_name_that_there_is_not(house: House) -> None:
    house.has("ann", password=PASSWORD)

    def lasts(name: str) -> float:
        spans = []
        for _ in range(7):
            began = time.perf_counter()
            assert not checks(house, name, "not the password")
            spans.append(time.perf_counter() - began)
        return median(spans)

    lasts("zoe")
    known, unknown = lasts("ann"), lasts("zoe")
    assert 0.4 < known / unknown < 2.5
