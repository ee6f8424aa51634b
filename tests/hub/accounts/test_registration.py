"""Joining: by which rule, with which one-time code; and who becomes the first administrator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from hub.accounts.passwords import check_password
from hub.accounts.people import has_administrator, list_people, suspend
from hub.accounts.registration import (
    Registration,
    begin_setup,
    complete_reset,
    complete_setup,
    join_by_login,
    register,
)
from hub.accounts.sessions import open_session, read_session
from hub.accounts.tickets import (
    TicketKind,
    invite,
    list_invites,
    make_reset,
    make_ticket,
    peek_ticket,
    use_ticket,
    withdraw_invite,
)
from hub.errors import Invalid, NotFound, Refused
from hub.people import GUEST, Role
from tests.databases import OPERATOR
from tests.hub.accounts.conftest import PASSWORD, House

ANN = Registration("Ann", "Ann A", "ann@example.org", PASSWORD, "ko")
ISSUER = "https://id.example.org"


def invited(house: House) -> str:
    return house.do(invite, OPERATOR, now=house.now)


def test_in_an_open_hub_everybody_may_join(house: House) -> None:
    person = house.do(register, "open", ANN, now=house.now, address="192.0.2.1")
    assert (person.slug, person.name, person.role, person.language) == (
        "ann",
        "Ann A",
        Role.MEMBER,
        "ko",
    )
    assert house.see(check_password, "ann", PASSWORD, house.now) == person
    (act,) = house.acts("register")
    assert (act.actor, act.detail, act.address) == ("person:ann", "openly", "192.0.2.1")


@pytest.mark.parametrize("mode", ["invite", "closed", "anything else"])
def test_elsewhere_nobody_joins_without_more(house: House, mode: str) -> None:
    with pytest.raises(Refused):
        house.do(register, mode, ANN, now=house.now)
    assert house.see(list_people) == []


def test_an_invitation_lets_one_in(house: House) -> None:
    code = invited(house)
    house.do(register, "invite", ANN, invite=code, now=house.now)
    with pytest.raises(Refused):
        house.do(
            register, "invite", Registration("bob", password=PASSWORD), invite=code, now=house.now
        )
    assert [act.detail for act in house.acts("register")] == [f"invited by {OPERATOR.name}"]


def test_a_closed_hub_is_closed_to_the_invited_too(house: House) -> None:
    with pytest.raises(Refused):
        house.do(register, "closed", ANN, invite=invited(house), now=house.now)


@pytest.mark.parametrize(
    "wrong",
    [Registration("a b", password=PASSWORD), Registration("ann", password="short"),
     Registration("ann"), Registration("taken", password=PASSWORD)],
)  # fmt: skip
def test_a_mistake_in_the_form_costs_no_invitation(house: House, wrong: Registration) -> None:
    house.has("taken")
    code = invited(house)
    with pytest.raises(Invalid):
        house.do(register, "invite", wrong, invite=code, now=house.now)
    house.do(register, "invite", ANN, invite=code, now=house.now)


def test_an_address_that_somebody_else_gave_tells_nothing(house: House) -> None:
    house.do(register, "open", ANN, now=house.now)
    house.do(register, "open", Registration("bob", "", ANN.email, PASSWORD), now=house.now)


def test_invitations_are_made_by_administrators_and_can_be_taken_back(house: House) -> None:
    house.has("bob")
    for actor in (GUEST, house.actor("bob")):
        with pytest.raises(Refused):
            house.do(invite, actor, now=house.now)
    code = house.do(invite, OPERATOR, email="zoe@example.org", now=house.now)
    (waiting,) = house.see(list_invites, now=house.now)
    assert waiting.data == {"email": "zoe@example.org"}
    with pytest.raises(Refused):
        house.do(withdraw_invite, house.actor("bob"), waiting.id, now=house.now)
    house.do(withdraw_invite, OPERATOR, waiting.id, now=house.now)
    with pytest.raises(NotFound):
        house.do(withdraw_invite, OPERATOR, waiting.id, now=house.now)
    with pytest.raises(Refused):
        house.do(register, "invite", ANN, invite=code, now=house.now)


def test_of_a_code_only_a_digest_is_kept(house: House) -> None:
    code = invited(house)
    assert code not in str(house.yard.rows("SELECT * FROM ticket"))
    assert len(code) >= 32


def test_a_code_is_good_for_its_kind_until_its_end(house: House) -> None:
    code = invited(house)
    assert house.see(peek_ticket, TicketKind.RESET, code, house.now) is None
    assert house.see(peek_ticket, TicketKind.INVITE, code, house.now) is not None
    assert house.see(peek_ticket, TicketKind.INVITE, code, house.now) is not None
    later = house.now + timedelta(days=14)
    assert house.see(peek_ticket, TicketKind.INVITE, code, later) is None
    assert house.do(use_ticket, TicketKind.INVITE, code, later) is None
    for text in ("", "x", code.swapcase(), code + "x" * 999, "\ud800"):
        assert house.do(use_ticket, TicketKind.INVITE, text, house.now) is None


def test_two_at_once_use_a_code_once(house: House) -> None:
    code = house.do(make_ticket, OPERATOR, TicketKind.INVITE, now=house.now)
    with ThreadPoolExecutor(4) as pool:
        used = list(
            pool.map(lambda _: house.do(use_ticket, TicketKind.INVITE, code, house.now), range(4))
        )
    assert sum(ticket is not None for ticket in used) == 1


def test_the_setup_link_makes_the_first_administrator(house: House) -> None:
    code = house.do(begin_setup, now=house.now)
    person = house.do(complete_setup, code, ANN, now=house.now)
    assert person.role is Role.ADMINISTRATOR
    assert house.see(has_administrator)
    assert house.do(begin_setup, now=house.now) is None
    with pytest.raises(Refused):
        house.do(complete_setup, code, Registration("bob", password=PASSWORD), now=house.now)


def test_only_the_link_of_the_last_start_is_good(house: House) -> None:
    first = house.do(begin_setup, now=house.now)
    second = house.do(begin_setup, now=house.now)
    with pytest.raises(Refused):
        house.do(complete_setup, first, ANN, now=house.now)
    assert not house.see(has_administrator)
    house.do(complete_setup, second, ANN, now=house.now)


def test_a_setup_link_is_worth_nothing_once_there_is_an_administrator(house: House) -> None:
    code = house.do(begin_setup, now=house.now)
    house.has("zoe", role=Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        house.do(complete_setup, code, ANN, now=house.now)


def test_the_first_visitor_is_nobody_special(house: House) -> None:
    house.do(begin_setup, now=house.now)
    person = house.do(register, "open", ANN, now=house.now)
    assert person.role is Role.MEMBER
    for guess in ("", "setup", "x" * 32):
        with pytest.raises(Refused):
            house.do(complete_setup, guess, Registration("eve", password=PASSWORD), now=house.now)


def test_a_reset_link_sets_the_password_once_and_ends_sessions(house: House) -> None:
    house.has("ann", password=PASSWORD)
    session = house.do(open_session, house.person("ann"), now=house.now)
    code = house.do(make_reset, OPERATOR, "ann", now=house.now)
    with pytest.raises(Invalid):
        house.do(complete_reset, code, "short", now=house.now)
    assert house.do(complete_reset, code, "another good one", now=house.now).slug == "ann"
    assert house.see(check_password, "ann", PASSWORD, house.now) is None
    assert house.see(check_password, "ann", "another good one", house.now) is not None
    assert house.see(read_session, session, house.now) is None
    with pytest.raises(Refused):
        house.do(complete_reset, code, "yet another one", now=house.now)


def test_a_newer_reset_link_ends_the_older_and_a_suspension_all(house: House) -> None:
    house.has("ann")
    house.has("bob")
    older = house.do(make_reset, OPERATOR, "ann", now=house.now)
    newer = house.do(make_reset, OPERATOR, "ann", now=house.now)
    with pytest.raises(Refused):
        house.do(complete_reset, older, PASSWORD, now=house.now)
    house.do(suspend, OPERATOR, "ann", now=house.now)
    with pytest.raises(Refused):
        house.do(complete_reset, newer, PASSWORD, now=house.now)
    with pytest.raises(Refused):
        house.do(make_reset, house.actor("bob"), "ann", now=house.now)


def test_a_login_elsewhere_is_one_person_whatever_they_are_called_there(house: House) -> None:
    first = house.do(join_by_login, "open", ISSUER, "42", ANN, now=house.now)
    again = house.do(
        join_by_login, "closed", ISSUER, "42", Registration("other name"), now=house.now
    )
    assert first == again
    other = house.do(join_by_login, "open", "https://b.example", "42", ANN, now=house.now)
    assert (first.slug, other.slug) == ("ann", "ann-2")


@pytest.mark.parametrize(
    ("wanted", "slug"),
    [("Ann Example!", "ann-example"), ("안나", "member"), ("x", "x-1"), ("guest", "guest-2"),
     ("../..", "member"), ("a" * 99, "a" * 24)],
)  # fmt: skip
def test_a_login_elsewhere_gets_a_slug_that_is_one(house: House, wanted: str, slug: str) -> None:
    assert (
        house.do(join_by_login, "open", ISSUER, "1", Registration(wanted), now=house.now).slug
        == slug
    )


def test_a_login_elsewhere_joins_by_the_rule_of_the_hub(house: House) -> None:
    with pytest.raises(Refused):
        house.do(join_by_login, "invite", ISSUER, "1", ANN, now=house.now)
    house.do(join_by_login, "invite", ISSUER, "1", ANN, invite=invited(house), now=house.now)
    house.do(suspend, OPERATOR, "ann", now=house.now)
    with pytest.raises(Refused):
        house.do(join_by_login, "open", ISSUER, "1", ANN, now=house.now)
