"""Whose a pad is: what each kind of visitor sees of it at every address, and that it ends at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlmodel import Session
from starlette.testclient import TestClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hub.accounts.people import create_person, require_person
from hub.accounts.sessions import open_session
from hub.accounts.teams import add_member, create_team, list_grants, remove_member
from hub.accounts.visits import actor_of
from hub.app import App
from hub.documents import may_see
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.people import GUEST, Actor, Role
from pad import protocol
from pad.beginning import templates
from pad.freezing import freeze
from pad.module import document
from pad.moving import copy_pad, delete_pad, make_room, rename_pad
from pad.pads import (
    Pad,
    begin_pad,
    drop_if_empty,
    find_pad,
    list_pads,
    may_begin,
    may_pad,
    readable_by,
    save_text,
)
from pad.sharing import (
    Invited,
    Level,
    hand_over,
    invite,
    invited,
    new_link,
    set_access,
    uninvite,
)
from pad.tables import CHOICES
from pad.tags import common_tags
from tests.pad.frames import frame, item
from tests.pad.scribbles import ANN, NOW, OPERATOR, begun, write_texts
from tests.pad.test_frozen import rights, turned, wanted
from tests.pad.test_socket import address, close_code, stored, told
from tests.pad.test_talk import csrf_of
from tests.web.hub import Hub, Site, hub_in

TEXT = "---\ntitle: Saltmarsh\ntags: samphire, template\n---\nglasswort\n"
PEOPLE = ("ann", "bob", "cho", "dee", "eve")
"""The owner, one invited to write, one of the invited team, one invited to read, and one who is logged in."""


def populate(session: Session) -> None:
    """Let there be Ann's pad, and people."""
    for slug in PEOPLE:
        create_person(session, OPERATOR, slug, name=slug.title(), now=NOW)
    create_person(session, OPERATOR, "ada", role=Role.ADMINISTRATOR, now=NOW)
    create_team(session, OPERATOR, "marsh", now=NOW)
    add_member(session, OPERATOR, "marsh", "cho", now=NOW)
    ann = who(session, "ann")
    pad = begin_pad(session, ann, "notes", access="open", now=NOW)
    seq = write_texts(session, pad, TEXT)
    save_text(session, ann, pad, seq, TEXT, now=NOW)


def share(session: Session, access: str) -> None:
    """Make the pad private, or the members', and invite the three."""
    pad, ann = wanted(session), who(session, "ann")
    set_access(session, ann, pad, access, now=NOW)
    invite(session, ann, pad, "bob", "write", now=NOW)
    invite(session, ann, pad, "team:marsh", "write", now=NOW)
    invite(session, ann, pad, "@Dee", "read", now=NOW)


def who(session: Session, slug: str) -> Actor:
    """Return somebody with the rights that they were given."""
    return actor_of(session, require_person(session, slug))


@pytest.fixture
def people(app: App) -> App:
    """A hub on each kind of database, with the pad and its people."""
    app.db.write(populate)
    return app


@dataclass(frozen=True, slots=True)
class Town:
    """A hub in which each of the people has a browser."""

    hub: Hub
    browsers: Mapping[str, TestClient]

    def statuses(self, method: str, path: str) -> dict[str, int]:
        """Return what each of them is answered."""
        return {
            slug: browser.request(method, path).status_code
            for slug, browser in self.browsers.items()
        }


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A hub with the pad, in which only who is logged in begins new ones."""
    hub = hub_in(tmp_path / "data", pads={"access": "public"})
    hub.app.db.write(populate)
    return Town(hub, {"guest": hub.client()} | {s: logged_in(hub, s) for s in (*PEOPLE, "ada")})


def logged_in(hub: Hub, slug: str) -> TestClient:
    """Return the browser of somebody whom the hub knows."""
    client = hub.client()
    client.cookies.set("session", session_of(hub.app, slug))
    return client


def session_of(app: App, slug: str) -> str:
    """Log somebody in; return the secret of their session."""
    return app.db.write(lambda s: open_session(s, require_person(s, slug), now=NOW))


GETS = (
    "", "/timeslider", "/timeslider?rev=0&since=0", "/history", "/authors", "/talk",
    "/export/txt", "/export/md", "/export/html", "/export/etherpad", "/1/export/txt",
)  # fmt: skip
POSTS = ("/preview", "/say", "/keep", "/back", "/rename", "/copy", "/delete", "/import",
         "/access", "/invite", "/uninvite", "/link", "/owner", "/freeze", "/thaw")  # fmt: skip


def test_a_private_pad_is_for_those_who_are_invited_at_every_address(town: Town) -> None:
    town.hub.app.db.write(lambda s: share(s, "private"))
    for path in GETS:
        found = town.statuses("GET", f"/p/notes{path}")
        assert found == dict.fromkeys(found, 200) | {"guest": 404, "eve": 404}, path
    for path in (*GETS, "/settings", "/import", "/revert"):
        for slug in ("guest", "eve"):
            hidden = town.browsers[slug].get(f"/p/notes{path}")
            assert hidden.status_code == 404, path
            assert "glasswort" not in hidden.text
            assert "Saltmarsh" not in hidden.text
    for path in POSTS:
        assert town.browsers["guest"].post(f"/p/notes{path}", data={"text": "x"}).status_code == 404
    assert {s for s, status in town.statuses("GET", "/p/notes/settings").items() if status == 200} == {
        "ann", "ada",
    }  # fmt: skip


def test_the_members_pad_is_for_all_who_are_logged_in(town: Town) -> None:
    town.hub.app.db.write(lambda s: set_access(s, who(s, "ann"), wanted(s), "members", now=NOW))
    for path in GETS:
        found = town.statuses("GET", f"/p/notes{path}")
        assert found == dict.fromkeys(found, 200) | {"guest": 404}, path
    assert "data-write" in town.browsers["eve"].get("/p/notes").text


def test_who_is_invited_to_read_does_not_write(town: Town) -> None:
    town.hub.app.db.write(lambda s: share(s, "private"))
    writers = {s for s, b in town.browsers.items() if "data-write" in b.get("/p/notes").text}
    assert writers == {"ann", "bob", "cho", "ada"}
    dee = town.browsers["dee"]
    token = csrf_of(dee.get("/p/notes").text)
    answer = dee.post("/p/notes/say", data={"csrf": token, "text": "hi"})
    assert answer.status_code == 403


def test_nothing_of_it_shows_to_others(town: Town) -> None:
    def also(session: Session) -> None:
        share(session, "private")
        text = "see [[notes]] and https://hub.example.org/p/notes"
        pad = begun(session, "other")
        save_text(session, OPERATOR, pad, write_texts(session, pad, text), text, now=NOW)

    town.hub.app.db.write(also)
    pages = ("/", "/p/", "/p/?q=glasswort", "/p/?tag=samphire", "/people/ann", "/p/other")
    for slug, is_told in (("guest", False), ("eve", False), ("dee", True)):
        shown = "".join(town.browsers[slug].get(path).text for path in pages)
        assert ("Saltmarsh" in shown) == is_told
        tagged = town.browsers[slug].get("/p/").text
        assert ("samphire" in tagged) == is_told
        assert ('value="notes"' in tagged) == is_told, "as a template"
    assert "Private" in town.browsers["dee"].get("/p/").text


def test_lists_know_what_each_may_read(people: App) -> None:
    people.db.write(lambda s: share(s, "private"))

    def readers(session: Session) -> dict[str, tuple[bool, ...]]:
        pad, told_of = wanted(session), document(session, "pad:notes")
        assert told_of is not None
        return {
            actor.name: (
                may_pad(actor, "read", pad),
                bool(list_pads(session, actor)),
                bool(templates(session, actor)),
                bool(common_tags(session, readable_by(actor), 9)),
                may_see(actor, told_of) or actor.name == "person:ann",
            )
            for actor in (GUEST, *(who(session, slug) for slug in PEOPLE), OPERATOR)
        }

    found = people.db.read(readers)
    nothing, everything = (False,) * 5, (True,) * 5
    assert found == dict.fromkeys(found, everything) | {
        "guest": nothing,
        "person:eve": nothing,
    }


def test_search_knows_owners_by_their_rights(town: Town) -> None:
    town.hub.app.db.write(lambda s: share(s, "private"))
    found = town.hub.app.db.read(
        lambda s: actor_of(s, require_person(s, "ann"), modules=town.hub.app.modules)
    )
    assert ("maintain", "pad:notes") in found.rights


def test_a_token_that_only_reads_owns_nothing(people: App) -> None:
    def look(session: Session) -> tuple[bool, bool]:
        ann, pad = replace(who(session, "ann"), verbs=frozenset({"read"})), wanted(session)
        return may_pad(ann, "read", pad), may_pad(ann, "maintain", pad)

    people.db.write(lambda s: share(s, "private"))
    assert people.db.read(look) == (True, False)


def test_only_who_maintains_a_pad_says_whose_it_is(people: App) -> None:
    def refused(session: Session) -> None:
        pad = wanted(session)
        for actor in (GUEST, who(session, "bob"), who(session, "eve")):
            for change in (
                lambda a=actor: set_access(session, a, pad, "open", now=NOW),
                lambda a=actor: invite(session, a, pad, "eve", "write", now=NOW),
                lambda a=actor: uninvite(session, a, pad, "person:bob", now=NOW),
                lambda a=actor: new_link(session, a, pad, is_on=True, now=NOW),
                lambda a=actor: hand_over(session, a, pad, "eve", now=NOW),
                lambda a=actor: freeze(session, pad, a, NOW),
            ):
                with pytest.raises(Refused):
                    change()
        for wrong in ("nobody", "team:nobody", "", "x:y"):
            with pytest.raises(Invalid):
                invite(session, who(session, "ann"), pad, wrong, "write", now=NOW)
        with pytest.raises(Invalid):
            set_access(session, OPERATOR, pad, "group", now=NOW)

    people.db.write(lambda s: share(s, "private"))
    people.db.write(refused)


def test_invitations_change_and_end(people: App) -> None:
    def change(session: Session) -> list[Invited]:
        pad, ann = wanted(session), who(session, "ann")
        invite(session, ann, pad, "person:dee", "maintain", now=NOW)
        uninvite(session, ann, pad, "team:marsh", now=NOW)
        uninvite(session, ann, pad, "person:nobody", now=NOW)
        return list(invited(session, pad))

    people.db.write(lambda s: share(s, "private"))
    before = people.db.read(wanted).settled_at
    assert people.db.write(change) == [
        Invited("person:bob", Level.WRITE),
        Invited("person:dee", Level.MAINTAIN),
    ]
    pad = people.db.read(wanted)
    assert pad.settled_at > before
    assert people.db.read(lambda s: may_pad(who(s, "dee"), "maintain", pad))
    assert not people.db.read(lambda s: may_pad(who(s, "cho"), "read", pad))


def test_it_is_handed_over(people: App) -> None:
    people.db.write(lambda s: share(s, "private"))
    people.db.write(lambda s: hand_over(s, who(s, "ann"), wanted(s), "bob", now=NOW))
    pad = people.db.read(wanted)
    assert pad.owner == "person:bob"
    assert pad.created_by == "person:ann"
    people.db.write(lambda s: uninvite(s, who(s, "bob"), pad, "person:ann", now=NOW))
    assert not people.db.read(lambda s: may_pad(who(s, "ann"), "read", pad))


def test_a_link_for_reading_ends_with_the_next_and_when_a_pad_becomes_private(people: App) -> None:
    def reads(link: str) -> bool:
        found = people.db.read(lambda s: find_pad(s, link))
        return found is not None and may_pad(GUEST, "read", found, link)

    def link() -> str:
        return f"r.{people.db.read(wanted).reading}"

    first = link()
    assert reads(first)
    people.db.write(lambda s: share(s, "private"))
    assert not reads(first)
    assert not reads(link()), "it is off until it is wanted"
    people.db.write(lambda s: new_link(s, who(s, "ann"), wanted(s), is_on=True, now=NOW))
    second = link()
    assert reads(second)
    assert not may_pad(OPERATOR, "write", people.db.read(wanted), second)
    people.db.write(lambda s: new_link(s, who(s, "ann"), wanted(s), is_on=False, now=NOW))
    assert not reads(second)


def test_names_of_private_pads_are_not_told_by_errors(people: App) -> None:
    def clash(session: Session) -> None:
        eve = who(session, "eve")
        own = begin_pad(session, eve, "own", access="open", now=NOW)
        with pytest.raises(Conflict, match="notes is not free"):
            rename_pad(session, eve, own, "notes", now=NOW)
        with pytest.raises(Conflict, match="notes is not free"):
            copy_pad(session, eve, own, "notes", ANN, access="open", now=NOW)
        with pytest.raises(NotFound, match="There is no pad notes"):
            begin_pad(session, eve, "notes", access="open", now=NOW)

    people.db.write(lambda s: share(s, "private"))
    people.db.write(clash)


def test_rights_follow_a_pad_to_its_new_name_and_nobody_inherits_them(people: App) -> None:
    people.db.write(lambda s: share(s, "private"))
    people.db.write(lambda s: rename_pad(s, who(s, "ann"), wanted(s), "moved", now=NOW) and None)
    pad = people.db.read(lambda s: wanted(s, "moved"))
    assert people.db.read(lambda s: may_pad(who(s, "bob"), "write", pad))
    assert people.db.read(lambda s: list_grants(s, ref="pad:notes")) == []
    people.db.write(lambda s: delete_pad(s, who(s, "ann"), pad, now=NOW))
    people.db.write(lambda s: make_room(s, "moved"))
    assert people.db.read(lambda s: list_grants(s, ref="pad:moved")) == []


def test_a_copy_is_for_no_more_people_than_its_source(people: App) -> None:
    people.db.write(lambda s: share(s, "private"))

    def copy(session: Session) -> str:
        dee = who(session, "dee")
        return copy_pad(session, dee, wanted(session), "copy", ANN, access="open", now=NOW)

    name = people.db.write(copy)
    made = people.db.read(lambda s: wanted(s, name))
    assert (made.access, made.owner) == ("private", "person:dee")
    assert not people.db.read(lambda s: may_pad(who(s, "ann"), "read", made))


def test_who_begins_what(people: App) -> None:
    eve = people.db.read(lambda s: who(s, "eve"))
    assert [may_begin(GUEST, "new", access) for access in CHOICES] == [True, False, False, False]
    assert all(may_begin(eve, "new", access) for access in CHOICES)


def test_an_empty_pad_of_which_something_was_settled_stays(people: App) -> None:
    def make(session: Session) -> Pad:
        pad = begin_pad(session, who(session, "ann"), "empty", access="open", now=NOW)
        invite(session, who(session, "ann"), pad, "bob", "write", now=NOW)
        drop_if_empty(session, pad.id)
        return wanted(session, "empty")

    assert people.db.write(make).name == "empty"


def test_the_settings_work_as_plain_forms(town: Town) -> None:
    ann = town.browsers["ann"]
    form = {"csrf": csrf_of(ann.get("/p/notes/settings").text)}

    def post(last: str, **values: str) -> httpx.Response:
        return ann.post(f"/p/notes/{last}", data=form | values)

    assert post("access", access="private").status_code == 303
    assert post("invite", to="bob", level="read").status_code == 303
    wrong = post("invite", to="bobb", level="read")
    assert wrong.status_code == 400
    assert "nobody called bobb" in wrong.text
    assert 'value="bobb"' in wrong.text
    shown = ann.get("/p/notes/settings").text
    assert "Bob" in shown
    assert town.browsers["bob"].get("/p/notes").status_code == 200
    assert post("link", link="new").status_code == 303
    link = ann.get("/p/notes/settings").text.split('href="/p/r.')[1].split('"')[0]
    assert town.browsers["guest"].get(f"/p/r.{link}").status_code == 200
    assert "glasswort" in town.browsers["guest"].get(f"/p/r.{link}/export/txt").text
    assert post("link", link="off").status_code == 303
    assert town.browsers["guest"].get(f"/p/r.{link}").status_code == 404
    assert post("uninvite", to="person:bob").status_code == 303
    assert town.browsers["bob"].get("/p/notes").status_code == 404
    assert post("owner", to="eve").status_code == 303
    assert town.browsers["eve"].get("/p/notes/settings").status_code == 200


def test_a_pad_is_begun_for_those_whom_the_form_says(town: Town) -> None:
    eve, guest = town.browsers["eve"], town.browsers["guest"]
    shown = eve.get("/p/").text
    assert '<option value="private">' in shown
    form = {"csrf": csrf_of(shown), "go": "secret plan", "access": "private"}
    assert eve.post("/p/begin", data=form).headers["location"] == "/p/secret_plan"
    assert town.hub.app.db.read(lambda s: wanted(s, "secret_plan")).access == "private"
    assert guest.get("/p/secret_plan").status_code == 404
    for access in ("private", "open"):
        assert guest.post("/p/begin", data={"go": "mine", "access": access}).status_code == 303
        assert town.hub.app.db.read(lambda s: find_pad(s, "mine")) is None
        assert guest.get("/p/mine").status_code == 404
    assert eve.post("/p/begin", data=form | {"access": "group"}).status_code == 400


@pytest.fixture
def quay(site: Site) -> Site:
    """A hub on a real socket with the pad, shared in private."""
    site.app.db.write(populate)
    site.app.db.write(lambda s: share(s, "private"))
    return site


def enter(site: Site, slug: str = "", name: str = "notes") -> ClientConnection:
    """Open the pad as somebody."""
    cookie = {"Cookie": f"session={session_of(site.app, slug)}"} if slug else {}
    return connect(address(site, name, "?ack=1"), additional_headers=cookie)


def is_turned_away(site: Site, slug: str = "", name: str = "notes") -> int:
    """Return the status with which somebody is not let in."""
    with pytest.raises(InvalidStatus) as refused:
        enter(site, slug, name)
    return refused.value.response.status_code


def test_sockets_are_for_those_who_are_invited(quay: Site) -> None:
    assert is_turned_away(quay) == 404
    assert is_turned_away(quay, "eve") == 404
    for slug, writes in (("ann", True), ("bob", True), ("cho", True), ("dee", False)):
        with enter(quay, slug) as socket:
            assert rights(socket)["write"] is writes
    with enter(quay, "dee") as reader:
        reader.send(frame(0, 2, item(0, "x", client=99)))
        reader.send(b"\x03")
        told(reader, 1)
    assert stored(quay) == TEXT


def test_who_is_no_more_invited_is_out_at_once(quay: Site) -> None:
    with enter(quay, "bob") as bob, enter(quay, "ann") as ann:
        rights(bob), rights(ann)
        turned(quay, lambda s: uninvite(s, who(s, "ann"), wanted(s), "person:bob", now=NOW))
        assert close_code(bob) == 4403
        assert is_turned_away(quay, "bob") == 404
        ann.send(frame(0, 2, item(0, "on ", client=5)))
        assert told(ann, 100) == protocol.ack(1)


def test_who_is_taken_out_of_the_team_is_out(quay: Site) -> None:
    with enter(quay, "cho") as cho:
        turned(quay, lambda s: remove_member(s, OPERATOR, "marsh", "cho", now=NOW))
        assert close_code(cho) == 4403


def test_who_may_write_from_now_on_writes_at_once(quay: Site) -> None:
    with enter(quay, "dee") as dee:
        assert rights(dee)["write"] is False
        turned(quay, lambda s: invite(s, who(s, "ann"), wanted(s), "dee", "write", now=NOW))
        assert rights(dee)["write"] is True
        dee.send(frame(0, 2, item(0, "dee ", client=5)))
        assert told(dee, 100) == protocol.ack(1)


def test_a_pad_that_becomes_private_is_closed_to_others_at_once(site: Site) -> None:
    site.app.db.write(populate)
    link = f"r.{site.app.db.read(wanted).reading}"
    with enter(site) as guest, enter(site, "eve") as eve, enter(site, name=link) as reader:
        for socket in (guest, eve, reader):
            rights(socket)
        turned(site, lambda s: set_access(s, who(s, "ann"), wanted(s), "private", now=NOW))
        assert [close_code(socket) for socket in (guest, eve, reader)] == [4403] * 3
    assert is_turned_away(site, name=link) == 404
