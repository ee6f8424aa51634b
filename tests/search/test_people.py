"""People are found by the names that anybody may know, and nobody by any other."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from hub.accounts.erasure import erase_person
from hub.accounts.handles import bind_handle, unbind_handle
from hub.accounts.people import create_person, rename_person, restore_person, suspend
from hub.people import GUEST, Actor, Role
from search.finding import Asker
from search.suggesting import suggestions
from tests.databases import NETWORK, OPERATOR, START
from tests.search.office import Office

MEMBER = Actor("person:eve", Role.MEMBER, person="eve")


@pytest.fixture
def house(office: Office) -> Office:
    """Mina is known on IRC as mina_kim, Hidden Heo only here."""

    def write(session: Session) -> None:
        create_person(
            session, OPERATOR, "mina", name="김미나", email="secret@example.org", now=START
        )
        bind_handle(session, OPERATOR, "mina", "irc", NETWORK, "mina_kim", now=START)
        create_person(session, OPERATOR, "heo", name="Hidden Heo", now=START)

    does(office, write)
    return office


def does(office: Office, write: Callable[[Session], object]) -> None:
    """Do something, and let the index follow."""
    office.app.db.write(write)
    office.shelf.follows()


@pytest.mark.parametrize("asked", ["mina", "mina_kim", "김미나", "미나", "kind:person kim"])
def test_somebody_is_found_by_each_public_name(house: Office, asked: str) -> None:
    (hit,) = house.shelf.finds(asked).hits
    assert (hit.kind, hit.title, hit.url) == ("person", "김미나", "/people/mina")
    assert dict(house.shelf.finds("mina").facets["kind"]) == {"person": 1}


def test_a_nick_that_an_administrator_bound_is_public_too(house: Office) -> None:
    does(house, lambda s: bind_handle(s, OPERATOR, "heo", "nick", NETWORK, "hidden", now=START))
    assert [hit.url for hit in house.shelf.finds("heo").hits] == ["/people/heo"]


@pytest.mark.parametrize("actor", [GUEST, MEMBER], ids=["guest", "member"])
@pytest.mark.parametrize("asked", ["heo", "Hidden", "secret", "example.org", "kind:person heo"])
def test_nobody_is_found_by_what_is_not_public(house: Office, asked: str, actor: Actor) -> None:
    assert house.shelf.finds(asked, actor).total == 0


def test_a_name_is_suggested_with_its_page(house: Office) -> None:
    asker = Asker(GUEST, house.app.modules)
    told = house.app.db.read(lambda s: suggestions(s, house.shelf.index, asker, "min", START))
    assert [(one.label, one.url) for one in told if one.url] == [("김미나", "/people/mina")]


def test_what_may_be_meant_is_there_under_the_same_filters(house: Office) -> None:
    assert house.shelf.finds("kind:person minna").better == "kind:person mina"
    assert house.shelf.finds("kind:pad minna").better == ""


def test_a_person_is_found_under_the_new_name_only(house: Office) -> None:
    does(
        house,
        lambda s: rename_person(s, OPERATOR, "mina", new_slug="kim", name="Kim Mina", now=START),
    )
    (hit,) = house.shelf.finds("mina").hits
    assert (hit.title, hit.url) == ("Kim Mina", "/people/kim")
    assert house.shelf.finds("김미나").total == 0
    assert house.shelf.contents == house.shelf.rebuilt


def test_who_is_suspended_is_not_found_until_they_are_back(house: Office) -> None:
    does(house, lambda s: suspend(s, OPERATOR, "mina", now=START))
    assert house.shelf.finds("mina_kim").total == 0
    does(house, lambda s: restore_person(s, OPERATOR, "mina", now=START))
    assert house.shelf.finds("mina_kim").total == 1


def test_who_has_no_name_on_irc_any_more_is_not_found(house: Office) -> None:
    does(house, lambda s: unbind_handle(s, OPERATOR, "mina", "irc", NETWORK, "mina_kim", now=START))
    assert house.shelf.finds("mina").total == 0
    assert house.shelf.contents == house.shelf.rebuilt


def test_nothing_of_who_was_erased_stays_in_the_index(house: Office) -> None:
    does(house, lambda s: erase_person(s, OPERATOR, "mina", START))
    house.yard.settles()
    house.shelf.follows()
    assert house.shelf.finds("mina").total == 0
    assert not [word for word in house.shelf.contents if "mina" in word or "미나" in word]
    assert house.shelf.contents == house.shelf.rebuilt
    events = house.yard.rows("SELECT ref, name FROM event")
    assert not [ref for ref, _ in events if "mina" in ref]
