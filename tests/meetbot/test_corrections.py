"""Minutes that are corrected by hand: what a form makes of them, and what differs. Pure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Invalid
from meetbot.corrections import LONGEST_TEXT, Row, assignees_in, corrected, named, rows_of
from meetbot.differences import differences
from meetbot.minutes import Minutes, minutes
from meetbot.read_json import read_object
from meetbot.render_json import as_object
from meetbot.state import ItemKind
from tests.meetbot.channel import Channel
from tests.meetbot.held import TALK


def held() -> Minutes:
    """Return the minutes of a short meeting."""
    channel = Channel()
    for line in TALK:
        nick, _, text = line.format(name="Swift").partition(" ")
        channel.says(nick, text)
    return minutes(channel.ended[0])


def changed(number: int, **given: object) -> Minutes:
    """Return the minutes with one row of the form filled in otherwise."""
    rows = [replace(r, **given) if r.number == number else r for r in rows_of(held())]  # type: ignore[arg-type]
    return corrected(held(), rows, "ann")


def told(written: Minutes) -> list[tuple[str, str]]:
    return [(item.kind.value, item.text) for item in written.items]


def sorts(old: Minutes, new: Minutes) -> list[tuple[str, str]]:
    found = differences(old, new)
    return [(d.sort, (d.after or d.before).text) for d in found]  # type: ignore[union-attr]


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    assert corrected(held(), rows_of(held()), "ann") == held()
    assert differences(held(), held()) == []


def test_an_action_has_another_text_and_other_people() -> None:
    better = changed(3, text="bob writes the handbook", assignees=("bob", "ann"))
    assert better.actions[0].text == "bob writes the handbook"
    assert better.actions[0].assignees == ("bob", "ann")
    assert better.actions[1:] == held().actions[1:]
    (difference,) = differences(held(), better)
    assert difference.sort == "changed"
    pieces = [(p.sort, p.text) for p in difference.pieces if p.sort != "kept"]
    assert ("new", "handbook") in pieces
    assert difference.before is not None
    assert difference.before.assignees == ("bob",)


def test_an_item_becomes_an_action_and_back() -> None:
    more = changed(2, kind=ItemKind.ACTION, assignees=("ann",))
    assert [a.assignees for a in more.actions] == [("ann",), ("bob",), ()]
    fewer = changed(3, kind=ItemKind.INFO, assignees=())
    assert [a.text for a in fewer.actions] == ["somebody mends the roof"]


def test_a_removed_item_is_gone() -> None:
    less = changed(4, is_removed=True)
    assert ("agreed", "we release") not in told(less)
    assert sorts(held(), less) == [("removed", "we release")]


def test_an_item_is_moved_between_others() -> None:
    moved = changed(7, place=1.5)
    assert [kind for kind, _ in told(moved)][:3] == ["topic", "link", "info"]
    assert ("moved", "https://example.org/roof") in sorts(held(), moved)
    assert len(moved.votes) == 1


def test_a_vote_can_be_moved_and_taken_out_but_not_changed() -> None:
    kept = changed(5, text="we all agreed", kind=ItemKind.AGREED, place=0.0)
    assert kept.items[0] == held().items[4]
    assert changed(5, is_removed=True).votes == []
    with pytest.raises(Invalid, match="vote"):
        changed(2, kind=ItemKind.VOTE)


def test_a_new_item_is_its_lines() -> None:
    rows = [*rows_of(held()), Row(0, ItemKind.INFO, "was overlooked", place=2.5, line=6)]
    written = corrected(held(), rows, "cy")
    item = written.items[2]
    assert (item.text, item.nick, item.line, item.at) == (
        "was overlooked", "bob", 6, held().log[5].at,
    )  # fmt: skip
    assert sorts(held(), written) == [("added", "was overlooked")]


def test_a_new_item_without_a_line_is_the_correctors() -> None:
    rows = [*rows_of(held()), Row(0, ItemKind.ACTION, "ann rests", ("ann",), place=99)]
    item = corrected(held(), rows, "cy").items[-1]
    assert (item.nick, item.at, item.line) == ("cy", held().ended_at, 12)


@pytest.mark.parametrize(
    ("row", "told_why"),
    [
        (Row(0, ItemKind.INFO, "x", line=99), "13 lines"),
        (Row(2, ItemKind.INFO, "", place=2), "no text"),
        (Row(0, ItemKind.INFO, "x" * (LONGEST_TEXT + 1)), "2000 characters"),
    ],
)
def test_what_can_t_be_taken_is_told(row: Row, told_why: str) -> None:
    rest = [r for r in rows_of(held()) if r.number != row.number]
    with pytest.raises(Invalid, match=told_why):
        corrected(held(), [*rest, row], "ann")


def test_too_many_items_are_not_taken() -> None:
    rows = [Row(0, ItemKind.INFO, "x")] * 1001
    with pytest.raises(Invalid, match="1000"):
        corrected(held(), rows, "ann")


def test_nicks_of_a_list() -> None:
    assert assignees_in(" ann, bob  지수,ann ") == ("ann", "bob", "지수")
    assert named("Bob: please ask (ann).", held()) == ("ann", "bob")


_rows = st.builds(
    Row,
    st.integers(0, 9),
    st.sampled_from([kind for kind in ItemKind if kind is not ItemKind.VOTE]),
    st.text(min_size=1, max_size=20),
    st.lists(st.text(min_size=1, max_size=5), max_size=2).map(tuple),
    st.floats(-5, 15),
    st.booleans(),
    st.integers(0, 13),
)


@given(st.lists(_rows, max_size=12, unique_by=lambda row: row.number))
def test_whatever_a_form_says_the_minutes_stay_whole(rows: list[Row]) -> None:
    """They are read back as they were written, and every difference has words."""
    written = corrected(held(), rows, "ann")
    again = read_object(as_object(written), written.log)
    assert told(again) == told(written)
    assert [a.assignees for a in again.actions] == [a.assignees for a in written.actions]
    for difference in differences(held(), written):
        old = "".join(p.text for p in difference.pieces if p.sort != "new")
        new = "".join(p.text for p in difference.pieces if p.sort != "gone")
        assert old == (difference.before.text if difference.before else "")
        assert new == (difference.after.text if difference.after else "")
    same = differences(written, written)
    assert same == []


def test_a_nick_is_no_longer_than_nicks_are() -> None:
    """An index of PostgreSQL takes 2,700 bytes."""
    assert assignees_in("x" * 9000 + ", bob") == ("x" * 100, "bob")
