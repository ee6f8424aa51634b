"""A pad's past: named revisions, comparisons, the way back; and pads that move or go."""

import base64
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import Session

from hub.accounts.people import create_person
from hub.accounts.visits import actor_of
from hub.app import App
from hub.bootstrap import CHECKS
from hub.checking import problems
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.people import GUEST, Actor
from pad import log, pads
from pad.engine import Engine
from pad.kept import compared, go_back, keep_revision, kept_revisions
from pad.module import document
from pad.moving import bring_back, copy_pad, delete_pad, forget_deleted, rename_pad
from pad.pads import Pad, begin_pad, find_pad
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, begun, write_texts
from tests.web.hub import Hub, hub_in

TEXTS = ("one\n", "one\ntwo\n", "one\ntwo\nthree\n", "")


def written(app: App, *texts: str) -> Pad:
    """Begin a pad and let it say one text after the other."""

    def write(session: Session) -> Pad:
        write_texts(session, begun(session), *(texts or TEXTS))
        return existing(session)

    return app.db.write(write)


def existing(session: Session, name: str = "notes") -> Pad:
    """Return a pad that is there."""
    found = find_pad(session, name)
    assert found is not None
    return found


def test_a_revision_is_named_and_named_again(app: App) -> None:
    pad = written(app)
    for label in ("draft", "  final \n draft "):
        app.db.write(
            lambda s, label=label: keep_revision(s, OPERATOR, pad, 2, label, "Olga", now=NOW)
        )
    (kept,) = app.db.read(lambda s: kept_revisions(s, pad.id))
    assert (kept.seq, kept.label, kept.who, kept.why) == (2, "final draft", "Olga", "named")


@pytest.mark.parametrize(
    ("seq", "label", "error"), [(9, "late", NotFound), (1, " ", Invalid), (1, "x" * 81, Invalid)]
)
def test_what_is_no_revision_or_no_name_is_refused(
    app: App, seq: int, label: str, error: type[Exception]
) -> None:
    pad = written(app)
    with pytest.raises(error):
        app.db.write(lambda s: keep_revision(s, OPERATOR, pad, seq, label, "Olga", now=NOW))


def test_going_back_is_an_edit_of_who_goes_back(app: App) -> None:
    pad = written(app)
    seq = app.db.write(lambda s: go_back(s, OPERATOR, pad, 3, BOB, now=NOW))
    assert seq == 5
    after = app.db.read(existing)
    assert app.db.read(lambda s: pads.text_of(s, after)) == "one\ntwo\nthree\n"
    assert app.db.read(lambda s: pads.text_at(s, after, 4)) == ""
    (edit,) = app.db.read(lambda s: log.updates_after(s, pad.id, 4))
    authors = app.db.read(lambda s: log.authors_of(s, pad.id))
    assert authors[edit.author_id].key == BOB.key
    assert app.db.write(lambda s: go_back(s, OPERATOR, after, 3, BOB, now=NOW)) is None


def test_what_the_hub_wrote_for_somebody_is_known_as_theirs(app: App) -> None:
    pad = written(app)
    app.db.write(lambda s: go_back(s, OPERATOR, pad, 3, BOB, now=NOW))
    clocks = app.db.read(lambda s: log.clocks_of(s, pad.id))
    authors = app.db.read(lambda s: log.authors_of(s, pad.id))
    whose = [(client, clock, authors[number].key) for client, clock, number in clocks]
    assert (1, len("one\ntwo\nthree\n"), BOB.key) in whose


def test_a_known_author_keeps_their_colour(app: App) -> None:
    pad = written(app)
    known = app.db.read(lambda s: log.known_author(s, pad.id, log.Author(ANN.key, "", 0)))
    assert known == ANN
    other = app.db.read(lambda s: log.known_author(s, pad.id, log.Author("person:x", "X", 0)))
    assert other == log.Author("person:x", "X", 0)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a\nb\n", "a\nc\n", [" a", "-b", "+c"]),
        ("same\n", "same\n", []),
        ("", "new\n", ["+new"]),
        ("\n".join("123456789"), "\n".join("12345678X"), ["…", " 6", " 7", " 8", "-9", "+X"]),
        ("\n".join("123456789"), "\n".join("X23456789"), ["-1", "+X", " 2", " 3", " 4", "…"]),
    ],
)
def test_a_comparison_tells_what_went_and_what_came(
    before: str, after: str, told: Sequence[str]
) -> None:
    assert [row.sign + row.text for row in compared(before, after)] == told


def test_a_former_name_leads_to_the_pad(app: App) -> None:
    pad = written(app)
    app.db.write(lambda s: rename_pad(s, OPERATOR, pad, "plans", now=NOW))
    assert app.db.read(lambda s: existing(s, "notes").name) == "plans"
    assert app.db.read(lambda s: document(s, "pad:notes")) is None
    app.db.write(lambda s: rename_pad(s, OPERATOR, existing(s), "ideas", now=NOW))
    assert app.db.read(lambda s: (existing(s).name, existing(s, "plans").name)) == ("ideas",) * 2
    app.db.write(lambda s: rename_pad(s, OPERATOR, existing(s), "notes", now=NOW))
    assert app.db.read(lambda s: existing(s, "ideas").name) == "notes"
    assert problems(app, CHECKS) == []


def test_a_name_that_is_taken_is_refused(app: App) -> None:
    pad = written(app)
    app.db.write(lambda s: begun(s, "other"))
    for do in (rename_pad, lambda *given, now: copy_pad(*given, ANN, access="open", now=now)):
        with pytest.raises(Conflict):
            app.db.write(lambda s, do=do: do(s, OPERATOR, pad, "other", now=NOW))
    app.db.write(lambda s: rename_pad(s, OPERATOR, pad, "plans", now=NOW))
    with pytest.raises(Conflict):
        app.db.write(lambda s: rename_pad(s, OPERATOR, existing(s, "other"), "notes", now=NOW))


def test_a_copy_says_the_same_and_goes_its_own_way(app: App) -> None:
    pad = written(app, "tea", "tea at four")
    app.db.write(lambda s: copy_pad(s, OPERATOR, pad, "more notes", ANN, access="open", now=NOW))
    copy = app.db.read(lambda s: existing(s, "more_notes"))
    assert app.db.read(lambda s: pads.text_of(s, copy)) == "tea at four"
    assert copy.head == 1
    app.db.write(lambda s: pads.write_text(s, OPERATOR, copy, "coffee", ANN, now=NOW))
    assert app.db.read(lambda s: pads.text_of(s, existing(s))) == "tea at four"


def test_a_deleted_pad_is_gone_and_can_be_brought_back(app: App) -> None:
    pad = written(app, "tea")
    app.db.write(lambda s: delete_pad(s, OPERATOR, pad, now=NOW))
    assert app.db.read(lambda s: find_pad(s, "notes")) is None
    assert app.db.read(lambda s: pads.list_pads(s, OPERATOR)) == []
    assert app.db.read(lambda s: document(s, "pad:notes")) is None
    with pytest.raises(Refused):
        app.db.write(lambda s: begun(s, "notes"))
    with pytest.raises(Conflict):
        app.db.write(lambda s: log.append(s, pad.id, pad.epoch, [log.Entry(1, ANN, b"\0\0")]))
    app.db.write(lambda s: bring_back(s, OPERATOR, "notes", now=NOW + timedelta(days=29)))
    assert app.db.read(lambda s: pads.text_of(s, existing(s))) == "tea"
    assert problems(app, CHECKS) == []


def test_after_thirty_days_nothing_of_a_deleted_pad_is_left(app: App) -> None:
    from tests.pad.scribbles import scribble

    app.db.write(scribble)
    pad = app.db.read(lambda s: existing(s, "scribbles"))
    app.db.write(lambda s: delete_pad(s, OPERATOR, pad, now=NOW))
    day = timedelta(days=1)
    assert app.db.write(lambda s: forget_deleted(s, now=NOW + 30 * day)) == 0
    assert app.db.write(lambda s: forget_deleted(s, now=NOW + 31 * day)) == 1
    assert app.db.read(lambda s: log.updates_after(s, pad.id, 0)) == []
    app.db.write(lambda s: begun(s, "scribbles"))


def test_who_began_a_pad_moves_it_and_guests_do_not(app: App) -> None:
    def begin(session: Session) -> tuple[Pad, Actor]:
        ann = actor_of(session, create_person(session, OPERATOR, "ann", now=NOW))
        return begin_pad(session, ann, "hers", access="open", now=NOW), ann

    pad, ann = app.db.write(begin)
    theirs = app.db.write(lambda s: begin_pad(s, GUEST, "theirs", access="open", now=NOW))
    for one in (pad, theirs):
        with pytest.raises(Refused):
            app.db.write(lambda s, one=one: delete_pad(s, GUEST, one, now=NOW))
    app.db.write(lambda s: delete_pad(s, ann, pad, now=NOW))
    with pytest.raises(Refused):
        app.db.write(lambda s: bring_back(s, GUEST, "hers", now=NOW))


@pytest.fixture
def hub(tmp_path: "pytest.TempPathFactory") -> Hub:
    """A hub with one pad."""
    made = hub_in(tmp_path / "data")  # type: ignore[operator]
    written(made.app, "# Plans\n", "# Plans\ntea\n", "# Plans\ncoffee\n")
    return made


def test_the_page_names_compares_and_goes_back(hub: Hub) -> None:
    client = hub.client()
    client.get("/p/notes")  # who a guest is, their browser tells
    kept = client.post("/p/notes/keep", data={"revision": "2", "label": "tea time"})
    assert kept.headers["location"] == "/p/notes/timeslider?rev=2"
    page = client.get(kept.headers["location"]).text
    assert "tea time" in page
    diff = client.get("/p/notes/timeslider?rev=3&since=2").text
    assert '<del dir="auto">tea</del><ins dir="auto">coffee</ins>' in diff
    back = client.post("/p/notes/back", data={"revision": "2"})
    assert back.headers["location"] == "/p/notes"
    assert client.get("/p/notes/export/txt").text == "# Plans\ntea\n"
    assert client.get("/p/notes/4/export/txt").text == "# Plans\ntea\n"
    assert client.post("/p/notes/back", data={"revision": "99"}).status_code == 404
    assert client.post("/p/notes/back", data={"revision": "wiped"}).status_code == 404


def test_the_parts_of_the_history_make_the_text(hub: Hub) -> None:
    told = hub.client().get("/p/notes/history?from=0").json()
    engine = Engine([base64.b64decode(update) for _, _, _, update in told["edits"]])
    assert engine.text() == "# Plans\ncoffee\n"
    assert [edit[0] for edit in told["edits"]] == [1, 2, 3]
    assert {author["name"] for author in told["authors"].values()} == {"Ann"}
    assert told["writers"]
    assert hub.client().get("/p/notes/history?from=4").status_code == 404


def test_who_only_reads_keeps_and_brings_back_nothing(hub: Hub) -> None:
    pad = hub.app.db.read(existing)
    reading = f"/p/r.{pad.reading}"
    assert hub.client().get(f"{reading}/timeslider").status_code == 200
    for way in ("keep", "back"):
        given = {"revision": "1", "label": "x"}
        assert hub.client().post(f"{reading}/{way}", data=given).status_code == 404


def test_a_renamed_pads_address_leads_on(hub: Hub) -> None:
    hub.app.db.write(lambda s: rename_pad(s, OPERATOR, existing(s), "plans", now=NOW))
    answer = hub.client().get("/p/notes")
    assert (answer.status_code, answer.headers["location"]) == (302, "/p/plans")
    assert hub.client().get("/p/notes/export/txt").text == "# Plans\ncoffee\n"


def test_guests_copy_and_may_not_delete(hub: Hub) -> None:
    client = hub.client()
    made = client.post("/p/notes/copy", data={"to": "copy of notes"})
    assert made.headers["location"] == "/p/copy_of_notes"
    assert client.get("/p/copy_of_notes/export/txt").text == "# Plans\ncoffee\n"
    assert client.post("/p/notes/delete").status_code == 403
    assert client.post("/p/notes/rename", data={"to": "mine"}).status_code == 403


def test_a_deleted_pad_is_for_others_as_if_there_was_none(hub: Hub) -> None:
    hub.app.db.write(lambda s: delete_pad(s, OPERATOR, existing(s), now=NOW))
    for path in ("/p/notes", "/p/notes/export/txt", "/p/notes/timeslider", "/p/notes/history"):
        assert hub.client().get(path).status_code == 404
