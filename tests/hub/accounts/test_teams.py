"""Teams and rights by name: given by administrators, taken back, and gone with who had them."""

import pytest

from hub.accounts.people import find_person
from hub.accounts.teams import (
    add_member,
    create_team,
    delete_team,
    find_team,
    give,
    list_grants,
    list_teams,
    members_of,
    remove_member,
    take_back,
    teams_of,
)
from hub.accounts.visits import actor_of
from hub.errors import Invalid, NotFound, Refused
from hub.people import Actor, may
from tests.databases import OPERATOR
from tests.hub.accounts.conftest import House


@pytest.fixture
def team(house: House) -> House:
    """A hub with Ann in the team `infra`, and Bob in none."""
    house.has("ann")
    house.has("bob")
    house.do(create_team, OPERATOR, "infra", name="Infra", about="keeps it up", now=house.now)
    house.do(add_member, OPERATOR, "infra", "ann", now=house.now)
    return house


def rights(house: House, slug: str) -> frozenset[tuple[str, str]]:
    person = house.see(find_person, slug)
    assert person is not None
    return house.see(actor_of, person).rights


def test_a_right_of_a_team_is_each_members(team: House) -> None:
    team.do(give, OPERATOR, "maintain", "project:swift", "team:infra", now=team.now)
    assert rights(team, "ann") == {("maintain", "project:swift")}
    assert rights(team, "bob") == frozenset()
    assert may(team.actor("ann"), "edit", "project:swift", "private")
    assert not may(team.actor("bob"), "edit", "project:swift", "private")
    team.do(remove_member, OPERATOR, "infra", "ann", now=team.now)
    assert rights(team, "ann") == frozenset()


def test_a_right_of_a_person_is_theirs_alone(team: House) -> None:
    team.do(give, OPERATOR, "edit", "series:swift", "person:bob", now=team.now)
    team.do(give, OPERATOR, "edit", "series:swift", "person:bob", now=team.now)
    (grant,) = team.see(list_grants, to="person:bob")
    assert (grant.verb, grant.ref, grant.to) == ("edit", "series:swift", "person:bob")
    assert team.see(list_grants, ref="series:swift") == [grant]
    team.do(take_back, OPERATOR, grant.id, now=team.now)
    assert rights(team, "bob") == frozenset()
    with pytest.raises(NotFound):
        team.do(take_back, OPERATOR, grant.id, now=team.now)
    assert [act.detail for act in team.acts("grant")] == ["edit to person:bob"]
    assert [act.detail for act in team.acts("revoke")] == ["edit from person:bob"]


def test_an_actor_has_their_teams_as_groups(team: House) -> None:
    assert team.actor("ann").groups == {"team:infra"}
    assert team.see(teams_of, "ann") == ["infra"]
    assert [person.slug for person in team.see(members_of, "infra")] == ["ann"]


def test_a_dissolved_team_leaves_nothing(team: House) -> None:
    team.do(give, OPERATOR, "maintain", "project:swift", "team:infra", now=team.now)
    team.do(delete_team, OPERATOR, "infra", now=team.now)
    assert team.see(list_teams) == []
    assert team.see(list_grants) == []
    assert rights(team, "ann") == frozenset()
    assert team.yard.rows("SELECT * FROM team_member") == []


def test_only_administrators_change_teams_but_everybody_may_leave(team: House) -> None:
    bob = team.actor("bob")
    for change in (
        lambda s: create_team(s, bob, "mine", now=team.now),
        lambda s: add_member(s, bob, "infra", "bob", now=team.now),
        lambda s: remove_member(s, bob, "infra", "ann", now=team.now),
        lambda s: delete_team(s, bob, "infra", now=team.now),
        lambda s: give(s, bob, "edit", "series:swift", "person:bob", now=team.now),
    ):
        with pytest.raises(Refused):
            team.app.db.write(change)
    team.do(remove_member, team.actor("ann"), "infra", "ann", now=team.now)
    assert team.see(members_of, "infra") == []


@pytest.mark.parametrize(
    ("verb", "ref", "to"),
    [("administer", "people:all", "person:bob"), ("redact", "line:x", "person:bob"),
     ("edit", "series", "person:bob"), ("edit", "a b:c", "person:bob"), ("edit", "series:x", "bob")],
)  # fmt: skip
def test_what_can_not_be_given_is_refused(team: House, verb: str, ref: str, to: str) -> None:
    with pytest.raises(Invalid):
        team.do(give, OPERATOR, verb, ref, to, now=team.now)


def test_nobody_is_given_anything(team: House) -> None:
    for to in ("person:zoe", "team:zoe"):
        with pytest.raises(NotFound):
            team.do(give, OPERATOR, "edit", "series:x", to, now=team.now)


@pytest.mark.parametrize("slug", ["", "A", "a b", "-a", "a/b", "x" * 33, "infra"])
def test_a_team_has_a_short_name_of_its_own(team: House, slug: str) -> None:
    with pytest.raises(Invalid):
        team.do(create_team, OPERATOR, slug, now=team.now)
    assert team.see(find_team, "a\0b\ud800") is None


def test_a_token_gives_rights_no_wider_than_its_scope(team: House) -> None:
    team.do(give, OPERATOR, "edit", "series:swift", "person:ann", now=team.now)
    ann = team.actor("ann")
    reading = Actor(ann.name, ann.role, ann.rights, ann.person, verbs=frozenset({"read"}))
    assert may(ann, "edit", "series:swift")
    assert not may(reading, "edit", "series:swift")
