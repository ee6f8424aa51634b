"""What an update says, read before it is applied; and what is known of a pad."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from pad.engine import Engine, edits, merged
from pad.known import Known
from pad.lib0 import Malformed, Reader, blob, string, uint
from pad.protocol import read_message
from pad.update import EMPTY, Facts, Span, Unfit, read_update, with_deletions

TEXTS = st.text(st.sampled_from("ab한😀é\n"), max_size=12)


class Writer:
    """One client: its edits become updates."""

    def __init__(self, client: int) -> None:
        self.doc: Doc[Text] = Doc(client_id=client)
        self.text = self.doc.get("content", type=Text)

    def edit(self, at: float, gone: int, put: str) -> bytes:
        """Replace a few characters somewhere; return the update."""
        told, before = str(self.text), self.doc.get_state()
        start = int(at * len(told))
        end = min(len(told), start + gone)
        first, last = len(told[:start].encode()), len(told[:end].encode())
        with self.doc.transaction():
            if last > first:
                del self.text[first:last]
            if put:
                self.text.insert(first, put)
        return self.doc.get_update(before)


EDITS = st.lists(
    st.tuples(
        st.integers(0, 2), st.floats(0, 1, exclude_max=True), st.integers(0, 4), TEXTS,
        st.booleans(),
    ),
    max_size=25,
)  # fmt: skip


def session_of(edits_: list[tuple[int, float, int, str, bool]]) -> tuple[list[bytes], Writer]:
    """Let three clients edit, hearing of each other now and then; return all updates, and who has all."""
    writers = [Writer(100 + i) for i in range(3)]
    updates = []
    for who, at, gone, put, hears in edits_:
        if hears:
            for update in updates:
                writers[who].doc.apply_update(update)
        updates.append(writers[who].edit(at, gone, put))
    for update in updates:
        writers[0].doc.apply_update(update)
    return updates, writers[0]


@given(st.integers(0, (1 << 53) - 1))
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    reader = Reader(uint(value))
    assert reader.uint() == value
    assert reader.is_done


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 8, b"\xff" * 7 + b"\x7f"])
def test_a_number_without_end_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        Reader(data).uint()


@given(EDITS)
def test_clocks_are_known_as_the_engine_knows_them(
    given_: list[tuple[int, float, int, str, bool]],
) -> None:
    updates, last = session_of(given_)
    known, engine = Known(), Engine()
    for update in updates:
        facts = read_update(update)
        assert not known.lacks(facts)
        known.take(facts)
        engine.apply(update)
    reader = Reader(engine.vector())
    vector = {reader.uint(): reader.uint() for _ in range(reader.uint())}
    assert known.clocks == vector
    assert engine.text() == str(last.text)


@given(EDITS)
def test_what_is_known_says_nothing_new(given_: list[tuple[int, float, int, str, bool]]) -> None:
    updates, last = session_of(given_)
    known = Known()
    for update in updates:
        known.take(read_update(update))
    everything = read_update(last.doc.get_update())
    assert known.new_items(everything) == []
    assert known.new_deletions(everything) == []
    from_scratch = Known()
    from_scratch.take(everything)
    for update in updates:
        assert from_scratch.new_items(read_update(update)) == []
        assert from_scratch.new_deletions(read_update(update)) == []


@given(EDITS, st.data())
def test_an_update_whose_ground_is_missing_is_noticed(
    given_: list[tuple[int, float, int, str, bool]], data: st.DataObject
) -> None:
    updates, _ = session_of(given_)
    kept = [update for update in updates if data.draw(st.booleans())]
    known, doc = Known(), Doc[Text](client_id=1)
    text = doc.get("content", type=Text)
    for update in kept:
        facts = read_update(update)
        if known.lacks(facts):
            continue
        known.take(facts)
        doc.apply_update(update)
    # Nothing waits in the document for what is missing: an empty one that takes its state is the same.
    other = Engine([doc.get_update()])
    assert other.text() == str(text)
    reader = Reader(doc.get_state())
    assert known.clocks == {reader.uint(): reader.uint() for _ in range(reader.uint())}


@given(EDITS)
def test_deletions_that_are_left_out_are_left_out(
    given_: list[tuple[int, float, int, str, bool]],
) -> None:
    _, last = session_of(given_)
    update = last.doc.get_update()
    facts = read_update(update)
    assert with_deletions(update, facts, facts.deleted) == update
    assert read_update(with_deletions(update, facts, ())).deleted == []


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=20))
def test_deleted_parts_are_remembered_as_a_set_would(parts: list[tuple[int, int]]) -> None:
    known, gone = Known(), set[int]()
    for start, length in parts:
        span = Span(5, start, start + length)
        facts = Facts((), (span,), {}, 0, 0, 0)
        new = {i for part in known.new_deletions(facts) for i in range(part.start, part.end)}
        assert new == set(range(span.start, span.end)) - gone
        known.take(facts)
        gone |= set(range(span.start, span.end))


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_no_bytes_do_harm(data: bytes) -> None:
    for read in (read_update, read_message):
        try:
            read(data)
        except (Malformed, Unfit):
            continue


@given(EDITS, st.data())
@settings(max_examples=200)
def test_no_broken_update_does_harm(
    given_: list[tuple[int, float, int, str, bool]], data: st.DataObject
) -> None:
    _, last = session_of(given_)
    update = bytearray(last.doc.get_update())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(update) - 1))
        update[at] = data.draw(st.integers(0, 255))
    try:
        facts = read_update(bytes(update))
    except (Malformed, Unfit):
        return
    assert facts.inserted <= len(update)


def test_an_update_of_version_2_is_refused(tmp_path: object) -> None:
    # As Yjs 13.6 encodes "hi" by client 7 in version 2.
    update = bytes.fromhex("000001c70000000001070400000b07636f6e74656e7468690702010100010100")
    with pytest.raises((Malformed, Unfit)):
        read_update(update)


@pytest.mark.parametrize(
    "content",
    [
        b"\x27\x01" + string("other") + string("key") + b"\x01",
        b"\x08\x01" + string("meta") + b"\x01\x7e",
        b"\x07\x01" + string("content") + b"\x02",
        b"\x05\x01" + string("content") + string("{}"),
        b"\x03\x01" + string("content") + blob(b"x"),
        b"\x04\x00\x07\x00" + string("nested"),
        b"\x04\x01" + string("elsewhere") + string("x"),
    ],
    ids=["map", "other root", "type", "embed", "binary", "nested", "text elsewhere"],
)
def test_what_is_no_plain_text_is_refused(content: bytes) -> None:
    with pytest.raises(Unfit):
        read_update(b"\x01\x01\x07\x00" + content + b"\x00")


def test_the_size_of_what_is_inserted_is_told() -> None:
    facts = read_update(Writer(9).edit(0, 0, "a한😀"))
    assert facts.inserted == 8
    assert facts.spans == [Span(9, 0, 4)]
    assert read_update(EMPTY).spans == []


@given(TEXTS, TEXTS, TEXTS)
def test_a_text_is_changed_into_another(one: str, two: str, three: str) -> None:
    engine = Engine()
    updates = [engine.write(text) for text in (one, two, three)]
    assert engine.text() == three
    assert Engine(updates).text() == three
    assert Engine([merged(updates)]).text() == three


@given(TEXTS, TEXTS)
def test_edits_lead_from_one_text_to_the_other(old: str, new: str) -> None:
    told = old
    for start, end, put in reversed(edits(old, new)):
        told = told[:start] + put + told[end:]
    assert told == new


def test_what_did_not_change_keeps_its_place() -> None:
    old = "one\ntwo\nthree\n"
    assert edits(old, "one\ntwo and a half\nthree\n") == [(7, 7, " and a half")]
    assert edits(old, old) == []
