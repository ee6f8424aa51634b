"""The log of updates on each kind of database."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from hub.app import App
from hub.backup import back_up, restore
from hub.bootstrap import CHECKS
from hub.checking import problems
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.events import events_since
from hub.people import GUEST, Actor, Role
from hub.personal import Erasure, Identity
from pad import log, pads
from pad.checks import check_pads
from pad.engine import Engine
from pad.names import clean
from pad.pads import Pad
from pad.personal import erase_from_pads, export_pads, what_goes_on
from pad.segments import Logged, pack_updates, unpack_updates
from pad.tables import TABLES, KeyframeRow, SegmentRow, UpdateRow
from pad.titles import title_of
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, begun, scribble, write_texts


def _found(session: Session, name: str = "notes") -> Pad:
    pad = pads.find_pad(session, name)
    assert pad is not None
    return pad


def _count(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


LOGGED = st.lists(
    st.tuples(st.integers(0, 4 * 10**15), st.integers(0, 10**9), st.binary(max_size=40)),
    max_size=30,
)


@given(LOGGED, st.integers(1, 10**9))
def test_a_segment_holds_what_was_packed(told: list[tuple[int, int, bytes]], first: int) -> None:
    logged = [Logged(first + i, at, who, update) for i, (at, who, update) in enumerate(told)]
    assert unpack_updates(first, pack_updates(logged)) == logged


def test_any_revision_is_there_before_and_after_sealing(app: App) -> None:
    texts = [f"{i} " * (i % 7) + "한글😀" for i in range(1, 2 * log.SEALED + 50)]

    def write(session: Session) -> None:
        write_texts(session, begun(session), *texts)

    app.db.write(write)

    def text_at(seq: int) -> str:
        return app.db.read(lambda s: pads.text_at(s, _found(s), seq))

    tried = (0, 1, 999, 1000, 1001, 1500, 1501, 2049)
    before = [text_at(seq) for seq in tried]
    assert before == ["", *(texts[seq - 1] for seq in tried[1:])]
    app.db.write(lambda s: log.seal(s, _found(s).id))
    app.db.write(
        lambda s: log.put_keyframe(
            s, _found(s).id, 1500, log.replay(s, _found(s).id, 1500).engine.encode()
        )
    )
    assert app.db.read(lambda s: _count(s, SegmentRow)) == 2
    assert app.db.read(lambda s: _count(s, UpdateRow)) == 49
    assert [text_at(seq) for seq in tried] == before
    assert app.db.read(lambda s: pads.text_of(s, _found(s))) == texts[-1]
    with pytest.raises(NotFound):
        app.db.read(lambda s: pads.text_at(s, _found(s), len(texts) + 1))
    assert problems(app, [check_pads]) == []


def test_of_the_keyframes_those_that_history_needs_stay(app: App) -> None:
    def write(session: Session) -> list[int]:
        pad = begun(session)
        for seq in range(1_000, 3 * log.KEPT, 1_000):
            log.put_keyframe(session, pad.id, seq, b"\x00\x00")
        return list(session.exec(select(KeyframeRow.seq).order_by(col(KeyframeRow.seq))))

    assert app.db.write(write) == [1_000, 9_000, 17_000, 24_000]


def test_numbers_have_no_holes_whoever_writes_at_the_same_time(app: App) -> None:
    app.db.write(begun)

    def append(author: log.Author) -> None:
        engine = Engine()
        for i in range(20):
            update = engine.write("x" * i + "y")
            entry = log.Entry(i, author, update)
            app.db.write(lambda s, e=entry: log.append(s, _found(s).id, _found(s).epoch, [e, e]))

    threads = [threading.Thread(target=append, args=(who,)) for who in (ANN, BOB, ANN, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    logged = app.db.read(lambda s: log.updates_after(s, _found(s).id, 0))
    assert [one.seq for one in logged] == list(range(1, 161))
    assert app.db.read(lambda s: _found(s).head) == 160


def test_an_update_that_cannot_be_applied_is_left_out_and_the_rest_stays(app: App) -> None:
    def write(session: Session) -> log.Replay:
        pad = begun(session)
        write_texts(session, pad, "good")
        log.append(session, pad.id, pad.epoch, [log.Entry(1, BOB, b"\x01\x01\x07\x00\x04")])
        write_texts_after(session, pad)
        return log.replay(session, pad.id)

    def write_texts_after(session: Session, pad: Pad) -> None:
        engine = Engine([log.updates_after(session, pad.id, 0, 1)[0].update])
        log.append(session, pad.id, pad.epoch, [log.Entry(2, ANN, engine.write("good again"))])

    replay = app.db.write(write)
    assert replay.engine.text() == "good again"
    assert list(replay.broken) == [2]
    app.db.write(lambda s: log.quarantine(s, _found(s).id, replay.broken))
    assert app.db.read(lambda s: log.replay(s, _found(s).id).broken) == {}
    assert problems(app, [check_pads]) == []


def test_a_forgotten_history_is_gone_and_the_text_stays(app: App) -> None:
    app.db.write(lambda s: write_texts(s, begun(s), "secret plan", "plan"))
    before = app.db.read(_found)
    app.db.write(lambda s: pads.forget_history(s, OPERATOR, "notes", now=NOW))
    after = app.db.read(_found)
    assert after.epoch != before.epoch
    assert after.head == 1
    assert app.db.read(lambda s: pads.text_of(s, _found(s))) == "plan"
    every = app.db.read(lambda s: log.updates_after(s, after.id, 0))
    assert all(b"secret" not in one.update for one in every)
    assert app.db.read(lambda s: log.writers_of(s, after.id).retired) == {7}
    with pytest.raises(Conflict):
        app.db.write(lambda s: write_texts(s, before, "late"))
    with pytest.raises(Refused):
        app.db.write(lambda s: pads.forget_history(s, GUEST, "notes", now=NOW))


def test_the_kept_text_is_as_new_as_its_number_says(app: App) -> None:
    app.db.write(lambda s: write_texts(s, begun(s), "one", "# Two\n"))
    pad = app.db.read(_found)
    assert app.db.write(lambda s: pads.save_text(s, OPERATOR, pad, 2, "# Two\n", now=NOW))
    assert not app.db.write(lambda s: pads.save_text(s, OPERATOR, pad, 1, "one", now=NOW))
    assert app.db.read(_found).title == "Two"
    names = [e.name for e in app.db.read(lambda s: events_since(s, 0))]
    assert names == ["pad.created", "pad.saved"]
    assert problems(app, [check_pads]) == []


def test_pads_are_listed_and_found_without_opening_them(app: App) -> None:
    def write(session: Session) -> None:
        for name, text in (("a", "Alpha 50%"), ("b", "Beta 한글"), ("empty", "")):
            pad = begun(session, name)
            if text:
                write_texts(session, pad, text)
                pads.save_text(session, OPERATOR, pad, 1, text, now=NOW)

    app.db.write(write)

    def names(*words: str) -> list[str]:
        return sorted(
            p.name for p in app.db.read(lambda s: pads.list_pads(s, OPERATOR, words=words))
        )

    assert names() == ["a", "b"]
    assert names("한글") == ["b"]
    assert names("alpha", "50%") == ["a"]
    assert names("%") == ["a"]


def test_what_the_hub_writes_is_an_edit_like_others(app: App) -> None:
    app.db.write(lambda s: write_texts(s, begun(s, access="public"), "one\ntwo\n"))
    member = Actor("person:ann", Role.MEMBER, person="ann")

    def write(actor: Actor, text: str) -> int | None:
        return app.db.write(lambda s: pads.write_text(s, actor, _found(s), text, ANN, now=NOW))

    assert write(member, "one\n2\n") == 2
    assert write(member, "one\n2\n") is None
    assert app.db.read(lambda s: pads.text_of(s, _found(s))) == "one\n2\n"
    with pytest.raises(Refused):
        write(GUEST, "graffiti")


def test_pads_move_with_a_backup_to_the_other_database(
    request: pytest.FixtureRequest, app: App, tmp_path: Path
) -> None:
    app.db.write(scribble)
    other: App = request.getfixturevalue("postgres_app" if app.db.is_sqlite else "sqlite_app")
    back_up(app, tmp_path / "backup", NOW)
    restore(other, tmp_path / "backup", replace=True)
    for table in TABLES:
        rows = [
            sorted(
                map(
                    repr,
                    hub.db.read(lambda s, t=table: [r.model_dump() for r in s.exec(select(t))]),
                )
            )
            for hub in (app, other)
        ]
        assert rows[0] == rows[1]
        assert rows[0], f"{table.__name__} is empty"
    told = problems(other, CHECKS)
    assert [p for p in told if "pad" in p] == []


def test_an_update_that_is_left_out_for_nothing_is_a_problem(app: App) -> None:
    app.db.write(scribble)
    app.db.write(lambda s: log.quarantine(s, 1, {5: "a mistake"}))
    told = problems(app, CHECKS)
    assert [p for p in told if "left out" in p] == [
        "Update 5 of pad scribbles is left out though nothing is wrong with it."
    ]


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("a b", "a_b"),
        ("  tc:agenda ", "tc_agenda"),
        ("@infra-2021.05", "@infra-2021.05"),
        ("회의록", "회의록"),
    ],
)
def test_names_are_kept_as_etherpad_keeps_them(given_: str, kept: str) -> None:
    assert clean(given_) == kept


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "a?b", "a#b", "a&b", "g.1$x", "r.123", "..", "x" * 51, "a\x00"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        clean(name)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("\n# TC agenda #\nx", "TC agenda"),
        ("---\n- [ ] first", "[ ] first"),
        ("* * *\n", ""),
    ],
)
def test_a_title_is_the_first_line_with_words(text: str, title: str) -> None:
    assert title_of(text) == title


def test_a_person_is_told_where_they_wrote_and_their_name_leaves(app: App) -> None:
    app.db.write(lambda s: write_texts(s, begun(s), "one", author=ANN))
    app.db.write(lambda s: write_texts(s, _found(s), "one two", author=BOB))
    ann = Identity("ann", ("person:ann",))
    assert app.db.read(lambda s: export_pads(s, ann)) == {
        "said": [],
        "wrote": [{"pad": "pad:notes", "name": "Ann"}],
        "began": [],
        "authors": [],
    }
    erasure = Erasure(ann, "erased-1", NOW)
    for _ in range(2):
        assert app.db.write(lambda s: erase_from_pads(s, erasure, 0)) is None
    names = {a.name for a in app.db.read(lambda s: log.authors_of(s, _found(s).id)).values()}
    assert names == {"erased-1", "밥"}
    assert app.db.read(lambda s: pads.text_of(s, _found(s))) == "one two"


def test_the_yard_shows_the_pads_written_in_last(app: App) -> None:
    app.db.write(lambda s: write_texts(s, begun(s), "# Tea\n"))
    pad = app.db.read(_found)
    app.db.write(lambda s: pads.save_text(s, OPERATOR, pad, 1, "# Tea\n", now=NOW))
    (panel,) = app.db.read(lambda s: what_goes_on(app, s, GUEST, NOW))
    assert [(item.title, item.url) for item in panel.items] == [("Tea", "/p/notes")]
