"""People: what they may be called, who may change what, and who is left to administer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.handles import bind_handle, handles_of, unbind_handle
from hub.accounts.naming import TOMBSTONE, right_email, right_name, right_slug
from hub.accounts.people import (
    create_person,
    find_person,
    list_people,
    person_by_handle,
    rename_person,
    require_person,
    restore_person,
    set_email,
    set_language,
    set_role,
    suspend,
)
from hub.accounts.registration import join_by_login
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.people import GUEST, Role
from tests.databases import OPERATOR
from tests.hub.accounts.conftest import PASSWORD, House


def test_somebody_new_is_found_by_their_slug_in_any_case(house: House) -> None:
    made = house.has("ann.b", name="안나", email="ann@example.org", language="ko")
    assert house.see(find_person, "Ann.B") == made
    assert (made.name, made.role, made.ref) == ("안나", Role.MEMBER, "person:ann.b")
    assert house.see(find_person, "bob") is None
    assert house.events("person.created") == [("person:ann.b", OPERATOR.name)]


@pytest.mark.parametrize(
    "slug",
    ["", "a", "-ann", "ann-", "a n", "안나", "x" * 33, "a/b", "guest", "erased-1", "me"],
)
def test_a_slug_that_can_be_none_is_refused(house: House, slug: str) -> None:
    with pytest.raises(Invalid) as told:
        house.has(slug)
    assert told.value.field == "slug"


def test_a_slug_is_one_persons(house: House) -> None:
    house.has("ann")
    for slug in ("ann", "ANN", " ann "):
        with pytest.raises(Invalid):
            house.has(slug)


@given(st.text(max_size=40))
def test_a_slug_is_safe_in_addresses_and_records(text: str) -> None:
    try:
        slug = right_slug(text)
    except Invalid:
        return
    assert slug.isascii()
    assert slug == slug.lower()
    assert 2 <= len(slug) <= 32
    assert not set(slug) & set("/:?#%& \"'<>@")
    assert slug[0].isalnum()
    assert slug[-1].isalnum()
    assert not slug.startswith(TOMBSTONE)
    assert right_slug(slug) == slug


@given(st.text(max_size=120))
def test_a_name_on_pages_is_one_printable_line(text: str) -> None:
    try:
        name = right_name(text)
    except Invalid:
        return
    assert name.isprintable()
    assert 1 <= len(name) <= 80
    assert name == name.strip()
    name.encode("utf-8")


@pytest.mark.parametrize(
    "email", ["ann", "@b", "a@", "a b@c", "a@b@c", "<a@b>", "a@b\x00", "a@b\x7f"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid):
        right_email(email)
    assert right_email(" ann@example.org ") == "ann@example.org"
    assert right_email("") == ""


def test_a_former_slug_leads_to_the_person_and_is_nobody_elses(house: House) -> None:
    house.has("ann", password=PASSWORD)
    house.do(rename_person, OPERATOR, "ann", new_slug="Annika", now=house.now)
    assert house.see(require_person, "ann").slug == "annika"
    with pytest.raises(Invalid):
        house.has("ann")
    house.do(rename_person, OPERATOR, "ann", new_slug="ann", now=house.now)
    assert house.see(require_person, "annika").slug == "ann"
    assert house.yard.problems == []


def test_people_change_how_they_are_called_and_nobody_elses_name(house: House) -> None:
    house.has("ann")
    house.has("bob")
    house.do(rename_person, house.actor("ann"), "ann", name="  Ann   B ", now=house.now)
    house.do(set_email, house.actor("ann"), "ann", "ann@example.org", now=house.now)
    house.do(set_language, house.actor("ann"), "ann", "ko", now=house.now)
    found = house.person("ann")
    assert (found.name, found.email, found.language) == ("Ann B", "ann@example.org", "ko")
    for change in (
        lambda s: rename_person(s, house.actor("bob"), "ann", name="x", now=house.now),
        lambda s: rename_person(s, house.actor("ann"), "ann", new_slug="x2", now=house.now),
        lambda s: set_email(s, GUEST, "ann", "", now=house.now),
        lambda s: set_role(s, house.actor("ann"), "ann", Role.ADMINISTRATOR, now=house.now),
        lambda s: suspend(s, house.actor("bob"), "ann", now=house.now),
    ):
        with pytest.raises(Refused):
            house.app.db.write(change)
    with pytest.raises(Invalid):
        house.do(set_language, house.actor("ann"), "ann", "xx", now=house.now)
    with pytest.raises(NotFound):
        house.do(set_email, OPERATOR, "zoe", "", now=house.now)


def test_administrative_acts_are_recorded(house: House) -> None:
    house.has("ann")
    house.do(set_role, OPERATOR, "ann", Role.ADMINISTRATOR, now=house.now)
    house.has("bob", role=Role.ADMINISTRATOR)
    house.do(suspend, house.actor("ann"), "bob", reason="spam", now=house.now)
    house.do(restore_person, house.actor("ann"), "bob", now=house.now)
    told = [(act.actor, act.verb, act.ref, act.detail) for act in house.acts()]
    assert told == [
        ("person:ann", "restore", "person:bob", ""),
        ("person:ann", "suspend", "person:bob", "spam"),
        (OPERATOR.name, "role", "person:ann", "administrator"),
    ]
    assert house.events("person.suspended") == [("person:bob", "person:ann")]
    assert house.events("person.restored") == [("person:bob", "person:ann")]


def test_somebody_is_left_to_administer(house: House) -> None:
    house.has("ann", role=Role.ADMINISTRATOR)
    with pytest.raises(Conflict):
        house.do(set_role, OPERATOR, "ann", Role.MEMBER, now=house.now)
    with pytest.raises(Conflict):
        house.do(suspend, OPERATOR, "ann", now=house.now)
    house.has("bob", role=Role.ADMINISTRATOR)
    house.do(suspend, OPERATOR, "bob", now=house.now)
    with pytest.raises(Conflict):
        house.do(set_role, OPERATOR, "ann", Role.MEMBER, now=house.now)


def test_doing_it_again_is_no_act(house: House) -> None:
    house.has("ann")
    house.do(suspend, OPERATOR, "ann", now=house.now)
    house.do(suspend, OPERATOR, "ann", now=house.now)
    house.do(restore_person, OPERATOR, "ann", now=house.now)
    house.do(restore_person, OPERATOR, "ann", now=house.now)
    house.do(set_role, OPERATOR, "ann", Role.MEMBER, now=house.now)
    assert [act.verb for act in house.acts()] == ["restore", "suspend"]


def test_people_are_listed_in_pages_and_by_words(house: House) -> None:
    for number in range(5):
        house.has(f"p{number}", name=f"Nr {number}_%")
    house.do(suspend, OPERATOR, "p3", now=house.now)

    def slugs(*args: object, **given: object) -> list[str]:
        return [person.slug for person in house.see(list_people, *args, **given)]

    assert slugs("", 2) == ["p0", "p1"]
    assert slugs("p1", 2) == ["p2", "p4"]
    assert slugs(words="NR 4") == ["p4"]
    assert slugs(words="_%") == ["p0", "p1", "p2", "p4"]
    assert slugs(words="% %") == ["p0", "p1", "p2", "p4"]
    assert slugs(words="x%") == []
    assert slugs(all_states=True)[3] == "p3"


def test_a_handle_is_one_persons_until_it_is_unbound(house: House) -> None:
    house.has("ann")
    house.has("bob")
    house.do(bind_handle, house.actor("ann"), "ann", "irc", "net", "Ann[x]", now=house.now)
    with pytest.raises(Conflict):
        house.do(bind_handle, house.actor("bob"), "bob", "irc", "net", "ann{X}", now=house.now)
    found = house.see(person_by_handle, "irc", "net", "ann{x}")
    assert found is not None
    assert found.slug == "ann"
    with pytest.raises(Refused):
        house.do(unbind_handle, house.actor("bob"), "ann", "irc", "net", "Ann[x]", now=house.now)
    with pytest.raises(NotFound):
        house.do(unbind_handle, house.actor("bob"), "bob", "irc", "net", "Ann[x]", now=house.now)
    house.do(unbind_handle, house.actor("ann"), "ann", "irc", "net", "ANN[X]", now=house.now)
    house.do(bind_handle, house.actor("bob"), "bob", "irc", "net", "Ann[x]", now=house.now)
    assert house.see(handles_of, "ann") == []


def test_nobody_proves_to_own_a_nick_and_no_odd_kind_is_bound(house: House) -> None:
    house.has("ann")
    with pytest.raises(Refused):
        house.do(bind_handle, house.actor("ann"), "ann", "nick", "net", "ann", now=house.now)
    house.do(bind_handle, OPERATOR, "ann", "nick", "net", "ann", now=house.now)
    for kind, name in (("former", "bob"), ("gone", "x"), ("irc", " "), ("email", "")):
        with pytest.raises(Invalid):
            house.do(bind_handle, OPERATOR, "ann", kind, "net", name, now=house.now)
    house.do(rename_person, OPERATOR, "ann", new_slug="annika", now=house.now)
    with pytest.raises(NotFound):
        house.do(unbind_handle, OPERATOR, "annika", "former", "", "ann", now=house.now)


def test_the_last_way_in_stays(house: House) -> None:
    person = house.do(
        join_by_login, "open", "https://id.example.org", "1", given_for("ann"), now=house.now
    )
    with pytest.raises(Conflict):
        house.do(
            unbind_handle, house.actor("ann"), "ann", "oidc", "https://id.example.org", "1",
            now=house.now,
        )  # fmt: skip
    house.do(
        bind_handle,
        house.actor("ann"),
        person.slug,
        "oidc",
        "https://b.example",
        "x",
        now=house.now,
    )
    house.do(
        unbind_handle, house.actor("ann"), "ann", "oidc", "https://id.example.org", "1",
        now=house.now,
    )  # fmt: skip
    assert [handle.realm for handle in house.see(handles_of, "ann")] == ["https://b.example"]


def given_for(slug: str) -> object:
    from hub.accounts.registration import Registration

    return Registration(slug)


def test_two_who_want_one_slug_at_once_do_not_both_get_it(house: House) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def join(_number: int) -> bool:
        try:
            house.do(create_person, OPERATOR, "ann", now=house.now)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(join, range(4))) == 1
