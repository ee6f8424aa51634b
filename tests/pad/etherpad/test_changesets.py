"""Changesets say what became of a text, and nothing unsound is applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pad.engine import Engine, edits
from pad.etherpad.changesets import Unsound, apply, changeset, told_edits
from pad.matching import narrowed

LETTERS = st.text(alphabet="ab \n한😀", max_size=40)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


@given(LETTERS, LETTERS)
def test_a_changeset_makes_the_new_text_of_the_old_one(before: str, after: str) -> None:
    old, new = before + "\n", after + "\n"
    assert apply(changeset(old, new, 3), utf16(old)) == utf16(new)
    change = narrowed(old, new)
    told = told_edits(old, [change] if change else [], None)
    assert apply(told, utf16(old)) == utf16(new)


@given(st.lists(LETTERS, max_size=6))
def test_the_engine_says_what_the_changesets_say(texts: list[str]) -> None:
    engine, other, text = Engine(), Engine(), ""
    for new in texts:
        other.apply(engine.edit(edits(text, new)))
        change = narrowed(text, new)
        if change:
            assert text[: change[0]] + change[2] + text[change[1] :] == new
        text = new
        assert engine.text() == other.text() == new


@pytest.mark.parametrize(
    "told",
    [
        "", "x", "Z:1>0", "Z:2>0$", "Z:1>1$", "Z:1>1+1$", "Z:1>0$x", "Z:1>0-2$", "Z:1>0=5$",
        "Z:1>0?$", "Z:1>zzzzzzzzzzzzz$", "Z:1<1=1$", "Z:1>0*$", "Z:1>0+$",
    ],
)  # fmt: skip
def test_what_is_unsound_is_refused(told: str) -> None:
    with pytest.raises(Unsound):
        apply(told, utf16("\n"))


@given(st.text(alphabet="Z:1>0<+-=|*$ab\n", max_size=30))
def test_nothing_else_than_unsound_is_raised(told: str) -> None:
    try:
        apply(told, utf16("ab\n"))
    except Unsound:
        pass


def test_very_many_equal_lines_are_compared_in_time() -> None:
    before, after = "a\n" + "\n" * 200_000 + "b\n", "c\n" + "\n" * 200_001 + "d\n"
    engine = Engine()
    engine.write(before)
    engine.write(after)
    assert engine.text() == after
