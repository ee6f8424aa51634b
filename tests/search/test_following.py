"""The index follows what happens, whatever happens to who writes it."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.redaction import redact_line, redact_nick
from hub import bootstrap
from hub.accounts.erasure import erase_person
from hub.accounts.handles import bind_handle
from hub.accounts.people import create_person
from hub.backup import back_up, restore
from hub.irc import Kind
from search.analyzer import ANALYZER_VERSION
from search.engine import Engine
from search.index import State
from search.module import engine_of
from search.place import BUILDING, WRITING, about, note_damage
from tests.databases import CHANNEL, NETWORK, OPERATOR, START, Yard, config_for
from tests.search.shelf import Shelf


@pytest.fixture
def shelf(yard: Yard, engine: Engine) -> Iterator[Shelf]:
    """The index of a hub, on each kind of database and with each engine."""
    made = Shelf(yard.app, engine)
    yield made
    made.close()


def test_a_line_is_found_once_it_is_written(yard: Yard, shelf: Shelf) -> None:
    first = yard.says("ann", "the compiler is slow")
    shelf.follows()
    second = yard.says("bob", "which compiler")
    assert shelf.refs("compiler") == [first]
    shelf.follows()
    assert set(shelf.refs("compiler")) == {first, second}
    assert shelf.finds("compiler").state is State.WHOLE


def test_what_is_redacted_leaves_the_index(yard: Yard, shelf: Shelf) -> None:
    ref = yard.says("ann", "my password is hunter2")
    yard.says("ann", "hello hunter")
    shelf.follows()
    assert shelf.refs("hunter2") == [ref]
    yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="private", at=yard.now))
    assert shelf.refs("hunter2") == []  # before the index has heard of it: its owner is asked
    shelf.follows()
    found = shelf.finds("hunter2")
    assert found.total == 0 or found.is_wide
    assert "hunter2" not in shelf.contents
    assert shelf.contents == shelf.rebuilt


def test_who_is_erased_is_found_by_the_tombstone_only(yard: Yard, shelf: Shelf) -> None:
    yard.app.db.write(lambda s: create_person(s, OPERATOR, "ann", now=yard.now))
    yard.app.db.write(
        lambda s: bind_handle(s, OPERATOR, "ann", "irc", NETWORK, "Ann", now=yard.now)
    )
    ref = yard.says("annie", "the compiler is slow", account="Ann")
    shelf.follows()
    assert shelf.refs("from:annie compiler") == [ref]
    now = yard.now + timedelta(seconds=1)
    gone = yard.app.db.write(lambda s: erase_person(s, OPERATOR, "ann", now))
    yard.settles()
    shelf.follows()
    assert shelf.refs(f"from:{gone} compiler") == [ref]
    assert shelf.refs("from:annie compiler") == []
    assert shelf.contents == shelf.rebuilt


def test_a_line_redacted_before_it_was_taken_in_never_comes_in(yard: Yard, shelf: Shelf) -> None:
    shelf.follows()
    ref = yard.says("ann", "my password is hunter2")
    yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="private", at=yard.now))
    shelf.follows()
    assert "hunter2" not in shelf.contents


def test_comings_and_goings_are_not_talk(yard: Yard, shelf: Shelf) -> None:
    yard.says("ann", "", kind=Kind.JOIN)
    yard.says("ann", "a new topic", kind=Kind.TOPIC)
    shelf.follows()
    assert set(shelf.contents) >= {"new", "topic"}
    assert "ann" not in shelf.contents


def test_a_missing_index_says_so_and_is_built(yard: Yard, shelf: Shelf) -> None:
    yard.says("ann", "hello")
    assert shelf.finds("hello").state is State.MISSING
    shelf.follows()
    assert shelf.finds("hello").total == 1


def test_an_index_that_is_built_is_read_while_it_grows(yard: Yard, shelf: Shelf) -> None:
    yard.says("ann", "hello")
    shelf.opened().step()
    assert shelf.finds("hello").state is State.GROWING
    shelf.follows()
    assert shelf.finds("hello").state is State.WHOLE


def test_a_damaged_index_is_built_again_while_search_answers(yard: Yard, shelf: Shelf) -> None:
    ref = yard.says("ann", "hello")
    shelf.follows()
    path = shelf.place.current()
    assert path is not None
    shelf.close()
    note_damage(path)
    assert shelf.finds("hello").state is State.MISSING
    shelf.follows()
    assert shelf.refs("hello") == [ref]
    assert shelf.place.current() != path
    assert not path.exists()


@pytest.mark.parametrize("engine", ["tantivy"], indirect=True)
def test_files_that_are_broken_are_noticed_when_they_are_read(yard: Yard, shelf: Shelf) -> None:
    """Whoosh maps its files when they are opened, and notices then."""
    ref = yard.says("ann", "hello")
    shelf.follows()
    shelf.close()
    path = shelf.place.current()
    assert path is not None
    for file in path.glob("*.term"):
        file.write_bytes(b"\0" * file.stat().st_size)
    assert shelf.finds("hello").hits == []
    shelf.follows()
    assert shelf.refs("hello") == [ref]


def test_an_old_index_answers_until_the_new_one_holds_all(yard: Yard, shelf: Shelf) -> None:
    ref = yard.says("ann", "hello")
    shelf.follows()
    path = shelf.place.current()
    assert path is not None
    shelf.close()
    told = path / "about.json"
    known = json.loads(told.read_text())
    assert known["analyzer"] == ANALYZER_VERSION
    told.write_text(json.dumps(known | {"analyzer": ANALYZER_VERSION - 1}))
    keeper = shelf.opened()
    keeper.step()
    assert shelf.finds("hello").state is State.OLD
    assert shelf.refs("hello") == [ref]
    shelf.follows()
    assert shelf.finds("hello").state is State.WHOLE
    assert shelf.place.current() != path


def test_reindexing_builds_beside_the_live_index_and_swaps(yard: Yard, shelf: Shelf) -> None:
    first = yard.says("ann", "hello one")
    shelf.follows()
    live, before = shelf.keeper, shelf.place.current()
    shelf.keeper = None
    again = shelf.opened(afresh=True)
    again.step()
    assert shelf.refs("hello") == [first]
    assert shelf.place.current() == before
    second = yard.says("ann", "hello two")
    while not again.mark.complete:
        again.step()
    again.close()
    assert shelf.place.current() != before
    assert set(shelf.refs("hello")) == {first, second}
    shelf.keeper = live
    third = yard.says("ann", "hello three")
    shelf.follows()
    assert third in shelf.refs("hello sort:new")[:2]
    assert shelf.finds("hello").total == 3
    assert shelf.contents == shelf.rebuilt


def test_two_do_not_build_at_once(yard: Yard, shelf: Shelf) -> None:
    with shelf.place.locked(BUILDING) as mine:
        assert mine
        assert not shelf.opened().step()
        assert not shelf.opened().is_open
    shelf.follows()
    assert shelf.finds("hello").state is State.WHOLE


def test_a_lock_is_held_by_one(yard: Yard, shelf: Shelf) -> None:
    with shelf.place.locked(WRITING) as mine, shelf.place.locked(WRITING) as other:
        assert (mine, other) == (True, False)


def test_a_restored_hub_has_another_index(yard: Yard, shelf: Shelf, tmp_path: Path) -> None:
    kept = yard.says("ann", "hello kept")
    back_up(yard.app, tmp_path / "a.backup", yard.now)
    yard.says("ann", "hello lost")
    shelf.follows()
    shelf.close()
    restore(yard.app, tmp_path / "a.backup", replace=True)
    shelf.follows()
    assert shelf.refs("hello") == [kept]
    assert shelf.contents == shelf.rebuilt


def test_the_index_says_what_made_it(yard: Yard, shelf: Shelf) -> None:
    shelf.follows()
    path = shelf.place.current()
    assert path is not None
    made = about(path)
    assert made is not None
    assert (made.engine, made.version) == (shelf.engine.name, shelf.engine.version)


WORDS = ("kimchi", "jar", "release", "오픈스택을", "회의록", "flash")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 2), st.lists(st.sampled_from(WORDS), max_size=4)),
        st.tuples(st.just("meet"), st.sampled_from(WORDS)),
        st.tuples(st.just("redact"), st.integers(0, 30)),
        st.tuples(st.just("forget"), st.integers(0, 2)),
        st.tuples(st.just("follow"), st.integers(1, 4)),
        st.tuples(st.just("die")),
        st.tuples(st.just("stop")),
        st.tuples(st.just("rebuild")),
    ),
    max_size=25,
)


@pytest.mark.parametrize("name", ["tantivy", "whoosh"])
@given(acts=ACTS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_the_index_equals_a_rebuilt_one(
    name: str, acts: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hub")
    app = bootstrap.build(config_for(f"sqlite:///{folder}/madang.db", folder))
    yard, shelf = Yard(app), Shelf(app, engine_of(name))
    try:
        refs: list[str] = []
        for act, *how in acts:
            _do(yard, shelf, refs, act, *how)
        yard.settles()
        shelf.follows()
        assert shelf.contents == shelf.rebuilt
    finally:
        shelf.close()
        app.db.close()


def _do(yard: Yard, shelf: Shelf, refs: list[str], act: str, *how: object) -> None:
    if act == "say":
        who, words = how
        refs.append(yard.says(f"nick{who}", " ".join(words)))  # type: ignore[arg-type]
    elif act == "meet":
        refs.append(yard.says("nick0", f"#startmeeting {how[0]}"))
        yard.says("nick0", f"#agreed on {how[0]} by {random.Random(len(refs)).choice(WORDS)}")
        yard.now += timedelta(seconds=90)
        yard.says("nick0", "#endmeeting")
    elif act == "redact" and refs:
        ref = refs[int(str(how[0])) % len(refs)]
        yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="r", at=yard.now))
        yard.settles()
    elif act == "forget" and refs:
        yard.app.db.write(
            lambda s: redact_nick(
                s, OPERATOR, NETWORK, CHANNEL, f"nick{how[0]}", reason="r", at=yard.now
            )
        )
    elif act == "follow":
        shelf.follows(int(str(how[0])))
    elif act == "die":
        shelf.dies()
    elif act == "stop":
        shelf.close()
    elif act == "rebuild":
        shelf.close()
        shelf.opened(afresh=True)
    assert yard.now >= START
