"""Erasure: the name goes from everywhere, anchors and counts stay; and it stays away."""

from datetime import timedelta

import pytest

from archive.queries import find_line
from archive.redaction import redact_line
from archive.store import merge
from hub.accounts.audit import audit_log, record
from hub.accounts.erasure import erase_person, export_person, waiting_erasures
from hub.accounts.handles import bind_handle, handles_of, speaker
from hub.accounts.people import create_person, find_person, list_people, rename_person
from hub.accounts.sessions import open_session, read_session
from hub.accounts.teams import add_member, create_team, give
from hub.accounts.tokens import create_token, read_token
from hub.errors import Conflict, Invalid, Refused
from hub.irc import Kind
from hub.people import Role
from tests.databases import NETWORK, OPERATOR
from tests.hub.accounts.conftest import PASSWORD, House


@pytest.fixture
def ann(house: House) -> House:
    """A hub in which Ann has done something of everything."""
    yard = house.yard
    house.has("ann", name="Ann Example", email="ann@example.org", password=PASSWORD)
    house.do(bind_handle, OPERATOR, "ann", "irc", NETWORK, "Ann", now=house.now)
    yard.joins()
    yard.says("bob", "morning")
    yard.says("ann", "", kind=Kind.JOIN)
    yard.says("ann", "hello all", account="Ann")
    yard.says("bob", "ann: hi")
    yard.says("ann", "annie", kind=Kind.NICK, account="Ann")
    yard.says("annie", "tea", account="Ann")
    yard.says("bob", "annie be nice", kind=Kind.KICK)
    yard.says("bob", "+ov annie bob", kind=Kind.MODE)
    yard.says("annie", "another one", account="mallory")
    house.now = yard.now + timedelta(seconds=1)
    return house


def told(house: House) -> list[tuple[str, str, str]]:
    return [
        (str(kind), str(nick), str(text))
        for kind, nick, text in house.yard.rows("SELECT kind, nick, text FROM line ORDER BY id")
    ]


def erase(house: House, *nicks: tuple[str, str]) -> str:
    tombstone = house.do(erase_person, OPERATOR, "ann", house.now, nicks)
    house.yard.settles()
    return tombstone


def everything(house: House) -> str:
    """All words of the database."""
    names = [
        name
        for (name,) in house.yard.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if house.app.db.is_sqlite
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
    ]
    return "\n".join(str(house.yard.rows(f'SELECT * FROM "{name}"')) for name in names)


def test_the_names_on_irc_become_the_tombstone_and_nothing_else_changes(ann: House) -> None:
    before = told(ann)
    gone = erase(ann)
    assert told(ann) == [
        ("say", "bob", "morning"),
        ("join", gone, ""),
        ("say", gone, "hello all"),
        ("say", "bob", "ann: hi"),
        ("nick", gone, gone),
        ("say", gone, "tea"),
        ("kick", "bob", f"{gone} be nice"),
        ("mode", "bob", f"+ov {gone} bob"),
        ("say", "annie", "another one"),
    ]
    assert len(before) == len(told(ann))
    assert ann.yard.problems == []


def test_anchors_stay_and_pages_are_made_anew(ann: House) -> None:
    refs = ann.yard.rows("SELECT at, nth FROM line ORDER BY id")
    ((version,),) = ann.yard.rows("SELECT version FROM day")
    erase(ann)
    assert ann.yard.rows("SELECT at, nth FROM line ORDER BY id") == refs
    ((after,),) = ann.yard.rows("SELECT version FROM day")
    assert after > version


def test_each_line_that_can_be_found_is_told_of(ann: House) -> None:
    ann.yard.says("bob", "more")
    ann.now = ann.yard.now + timedelta(seconds=1)
    gone = erase(ann)
    assert ann.events("line.renamed") == [
        ("line:net/#yard/2021-05-12T21:00:33", f"person:{gone}"),
        ("line:net/#yard/2021-05-12T21:00:36", f"person:{gone}"),
    ]


def test_the_account_opens_nothing_any_more(ann: House) -> None:
    token = ann.do(open_session, ann.person("ann"), now=ann.now)
    _, secret = ann.do(
        create_token, ann.actor("ann"), "ann", "bot", ["read"], ann.now + timedelta(days=1), ann.now
    )
    gone = erase(ann)
    assert ann.see(read_session, token, ann.now) is None
    assert ann.see(read_token, secret, ann.now) is None
    assert ann.see(find_person, "ann") is None
    assert ann.see(handles_of, gone) == []
    assert ann.see(speaker, NETWORK, "Ann", "ann").person is None
    assert ann.see(list_people) == []
    assert ann.person(gone).state == "erased"


def test_nothing_of_the_name_is_left_but_what_others_said(ann: House) -> None:
    ann.do(rename_person, OPERATOR, "ann", new_slug="annika", now=ann.now)
    ann.do(create_team, OPERATOR, "tea", now=ann.now)
    ann.do(add_member, OPERATOR, "tea", "annika", now=ann.now)
    ann.do(give, OPERATOR, "edit", "series:swift", "person:annika", now=ann.now)
    ann.do(record, ann.actor("annika"), "redact", "line:x", now=ann.now, address="192.0.2.7")
    ann.do(erase_person, OPERATOR, "annika", ann.now)
    ann.yard.settles()
    left = everything(ann)
    assert "annika" not in left
    assert "Ann Example" not in left
    assert "ann@example.org" not in left
    assert "192.0.2.7" not in left
    assert "person:ann'" not in left
    assert left.count("ann: hi") == 1
    assert ann.yard.problems == []


def test_the_record_keeps_the_act_without_the_name(ann: House) -> None:
    ann.do(record, ann.actor("ann"), "redact", "line:x", "asked", now=ann.now)
    gone = erase(ann)
    acts = {act.verb: act for act in ann.see(audit_log)}
    assert (acts["redact"].actor, acts["redact"].detail) == (f"person:{gone}", "asked")
    assert (acts["bind"].ref, acts["bind"].detail) == (f"person:{gone}", "")
    assert acts["erase"].actor == OPERATOR.name


def test_one_with_a_longer_name_is_left_alone(ann: House) -> None:
    ann.has("anna")
    ann.has("ann-b")
    ann.do(create_team, OPERATOR, "tea", now=ann.now)
    for who in ("ann", "anna", "ann-b"):
        ann.do(add_member, OPERATOR, "tea", who, now=ann.now)
    gone = erase(ann)
    details = [act.detail for act in ann.acts("team-add")]
    assert details == ["person:ann-b", "person:anna", f"person:{gone}"]
    assert ann.person("anna").name == "anna"


def test_nobody_else_can_have_the_slug(ann: House) -> None:
    ann.do(rename_person, OPERATOR, "ann", new_slug="annika", now=ann.now)
    ann.do(erase_person, OPERATOR, "annika", ann.now)
    for slug in ("ann", "annika", "ANN"):
        with pytest.raises(Invalid):
            ann.do(create_person, OPERATOR, slug, now=ann.now)


def test_a_log_that_comes_again_brings_no_name_back(ann: House) -> None:
    yard = ann.yard
    log = [
        yard.line(nick, text, at=yard.now - timedelta(seconds=8 - place), kind=Kind(kind))
        for place, (kind, nick, text) in enumerate(told(ann))
    ]
    assert yard.app.db.write(lambda s: merge(s, NETWORK, "#yard", log)) == 0
    erase(ann)
    after = told(ann)
    assert yard.app.db.write(lambda s: merge(s, NETWORK, "#yard", log)) == 0
    assert told(ann) == after
    more = yard.line("ann", "never seen before", at=yard.now - timedelta(seconds=30))
    assert yard.app.db.write(lambda s: merge(s, NETWORK, "#yard", [more])) == 1
    assert told(ann)[-1][1].startswith("erased-")


def test_a_redacted_line_does_not_come_back_either(ann: House) -> None:
    yard = ann.yard
    at = yard.now + timedelta(seconds=1)
    ref = yard.says("ann", "my address", account="Ann")
    ann.now = yard.now + timedelta(seconds=1)
    yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=ann.now))
    gone = erase(ann)
    line = yard.line("ann", "my address", at=at)
    assert yard.app.db.write(lambda s: merge(s, NETWORK, "#yard", [line])) == 0
    found = yard.app.db.read(lambda s: find_line(s, ref))
    assert found is not None
    assert found[1].nick == gone


def test_nicks_without_accounts_go_when_an_administrator_says_so(ann: House) -> None:
    ann.yard.says("Ann|old", "from before")
    ann.yard.says("zoe", "me too")
    ann.now = ann.yard.now + timedelta(seconds=1)
    with pytest.raises(Refused):
        ann.do(erase_person, ann.actor("ann"), "ann", ann.now, [(NETWORK, "zoe")])
    gone = erase(ann, (NETWORK, "ann|OLD"))
    assert ("say", gone, "from before") in told(ann)
    assert ("say", "zoe", "me too") in told(ann)


def test_more_nicks_can_go_later(ann: House) -> None:
    gone = erase(ann)
    ann.yard.hears(ann.yard.line("ann_late", "hm", at=ann.now - timedelta(seconds=1)))
    with pytest.raises(Conflict):
        ann.do(erase_person, OPERATOR, gone, ann.now)
    again = ann.do(erase_person, OPERATOR, gone, ann.now, [(NETWORK, "ann_late")])
    ann.yard.settles()
    assert again == gone
    assert told(ann)[-1] == ("say", gone, "hm")


def test_what_is_said_afterwards_is_somebody_elses(ann: House) -> None:
    ann.do(erase_person, OPERATOR, "ann", ann.now)
    ann.yard.now = ann.now + timedelta(minutes=1)
    ann.yard.says("ann", "I am back", account="Ann")
    ann.yard.settles()
    assert told(ann)[-1] == ("say", "ann", "I am back")


def test_people_erase_themselves_and_nobody_else(ann: House) -> None:
    ann.has("bob")
    with pytest.raises(Refused):
        ann.do(erase_person, ann.actor("bob"), "ann", ann.now)
    gone = ann.do(erase_person, ann.actor("ann"), "ann", ann.now)
    ann.yard.settles()
    assert ann.events("person.erased") == [(f"person:{gone}", f"person:{gone}")]
    assert "person:ann'" not in everything(ann)


def test_the_only_administrator_stays(house: House) -> None:
    house.has("ann", role=Role.ADMINISTRATOR)
    with pytest.raises(Conflict):
        house.do(erase_person, OPERATOR, "ann", house.now)
    house.has("bob", role=Role.ADMINISTRATOR)
    house.do(erase_person, OPERATOR, "ann", house.now)


def test_the_names_are_kept_only_until_the_work_is_done(ann: House) -> None:
    ann.do(erase_person, OPERATOR, "ann", ann.now)
    assert ann.see(waiting_erasures) == 1
    assert '["net", "ann"]' in str(ann.yard.rows("SELECT known FROM erasure"))
    ann.yard.settles()
    assert ann.see(waiting_erasures) == 0
    assert ann.yard.rows("SELECT known FROM erasure") == [("",)]


def test_an_export_has_all_that_is_kept(ann: House) -> None:
    ann.do(open_session, ann.person("ann"), address="192.0.2.1", agent="w3m", now=ann.now)
    told = ann.see(export_person, "ann", ann.app.modules, now=ann.now)
    assert told["person"]["email"] == "ann@example.org"
    assert told["person"]["has_password"] is True
    assert [(h["kind"], h["realm"], h["shown"]) for h in told["handles"]] == [("irc", "net", "Ann")]
    assert told["sessions"][0]["agent"] == "w3m"
    assert [line["text"] for line in told["archive"]["lines"]] == ["hello all", "annie", "tea"]
    assert told["archive"]["lines"][0]["ref"] == "line:net/#yard/2021-05-12T21:00:33"
    assert "argon2" not in str(told)


def test_an_export_of_nobody_in_particular_is_small(house: House) -> None:
    house.has("bob")
    told = house.see(export_person, "bob", house.app.modules, now=house.now)
    assert told["archive"] == {"lines": []}
    assert told["meetbot"]["meetings"] == []
