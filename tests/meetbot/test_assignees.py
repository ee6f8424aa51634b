"""Who an action names."""

import pytest

from meetbot.assignees import named_in
from meetbot.attendance import Attendance


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ann to do it", ["ann"]),
        ("ANN, and Bob's tests", ["ann", "bob"]),
        ("annotate the manual", []),
        ("ann-marie writes", ["ann-marie"]),
        ("ann-marie and ann write", ["ann", "ann-marie"]),
        ("ask [ann], (bob) or @bob", ["ann", "bob"]),
        ("x[y] and under_ do", ["x[y]", "under_"]),
        ("under does", []),
        ("fix x[y]z", []),
        ("^_^ smiles", ["^_^"]),
        ("지수가 고치고 bob이 본다", ["bob", "지수"]),
        ("Üţáhraptõr writes", ["üţáhraptõr"]),
        ("übob does", []),
        ("nobody", []),
        ("", []),
    ],
)
def test_a_nick_counts_as_a_whole_word(text: str, named: list[str]) -> None:
    present = Attendance()
    for nick in ("ann", "bob", "ann-marie", "x[y]", "under_", "^_^", "지수", "üţáhraptõr"):
        present = present.expect(nick)
    assert [person.nick for person in named_in(text, present.people.values())] == named


def test_every_nick_that_somebody_had_names_them() -> None:
    present = Attendance().expect("ann").rename("ann", "ann_away").alias(0, "AnnLee")
    for text in ("ann does", "ann_away does", "annlee does"):
        assert len(named_in(text, present.people.values())) == 1
