"""`may`: who may do what, for all roles, rights and token scopes at once."""

from hypothesis import given
from hypothesis import strategies as st

from hub.people import GUEST, VERBS, Actor, Role, may, operator, person_ref

VERB = st.sampled_from(sorted(VERBS))
REF = st.sampled_from(["story:1", "meeting:swift/1", "person:ann", "person:bob", "project:swift"])
SEEN = st.sampled_from(["public", "private"])
PERSON = st.sampled_from([None, "ann", "bob"])
SCOPES = st.none() | st.frozensets(VERB)
ACTOR = st.builds(
    Actor,
    st.just("x"),
    st.sampled_from(list(Role)),
    st.frozensets(st.tuples(VERB, REF), max_size=3),
    PERSON,
    st.just(frozenset[str]()),
    SCOPES,
)
ALL = (Role.OPERATOR, Role.ADMINISTRATOR)


@given(ACTOR, VERB, REF, SEEN)
def test_nothing_private_opens_without_a_reason(
    actor: Actor, verb: str, ref: str, seen: str
) -> None:
    if not may(actor, verb, ref, seen):
        return
    given_by_name = (verb, ref) in actor.rights or ("maintain", ref) in actor.rights
    is_self = actor.person is not None and ref == person_ref(actor.person)
    assert seen == "public" or given_by_name or is_self or actor.role in ALL


@given(ACTOR, VERB, REF, SEEN, VERB)
def test_a_scope_only_takes_away(actor: Actor, verb: str, ref: str, seen: str, scope: str) -> None:
    limited = Actor("x", actor.role, actor.rights, actor.person, verbs=frozenset({scope}))
    free = Actor("x", actor.role, actor.rights, actor.person)
    assert may(limited, verb, ref, seen) == (verb == scope and may(free, verb, ref, seen))


@given(ACTOR, REF, SEEN)
def test_what_changes_others_is_never_a_matter_of_being_a_member(
    actor: Actor, ref: str, seen: str
) -> None:
    for verb in ("redact", "administer"):
        if may(actor, verb, ref, seen):
            assert actor.role in ALL or (verb, ref) in actor.rights
    if may(actor, "secure", ref, seen):
        assert (
            actor.role in ALL or ("secure", ref) in actor.rights or ref == f"person:{actor.person}"
        )


@given(ACTOR, VERB, REF)
def test_what_is_public_opens_no_less_than_what_is_private(
    actor: Actor, verb: str, ref: str
) -> None:
    assert may(actor, verb, ref, "public") or not may(actor, verb, ref, "private")


def allowed(actor: Actor, ref: str = "story:1", seen: str = "public") -> set[str]:
    return {verb for verb in VERBS if may(actor, verb, ref, seen)}


def test_each_role_may_what_it_may() -> None:
    assert allowed(GUEST) == {"read"}
    assert allowed(Actor("irc:net/ann", Role.SPEAKER)) == {"read", "close"}
    assert allowed(Actor("person:ann", Role.MEMBER, person="ann")) == {"read", "close", "write"}
    assert allowed(Actor("person:ann", Role.ADMINISTRATOR, person="ann"), seen="private") == VERBS
    assert allowed(operator("root"), seen="private") == VERBS


def test_who_maintains_a_thing_may_all_with_it_that_is_not_administered() -> None:
    actor = Actor("person:ann", Role.MEMBER, frozenset({("maintain", "project:swift")}), "ann")
    assert allowed(actor, "project:swift", "private") == {
        "maintain",
        "read",
        "close",
        "write",
        "edit",
    }
    assert allowed(actor, "project:nova", "private") == set()


def test_everybody_is_their_own() -> None:
    actor = Actor("person:ann", Role.MEMBER, person="ann")
    assert allowed(actor, "person:ann", "private") == {"read", "edit", "secure"}
    assert allowed(actor, "person:ann2", "private") == set()
