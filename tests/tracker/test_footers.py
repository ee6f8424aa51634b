"""What commit messages say of stories, and what that does to tasks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.gerrit.footers import Footer, Sort, Turn, next_stage, read_footers
from tracker.states import Stage, Status


@pytest.mark.parametrize(
    ("line", "footers"),
    [
        ("Task: 7", [Footer(Sort.TASK, 7)]),
        ("task #7", [Footer(Sort.TASK, 7)]),
        ("Story: 2007604", [Footer(Sort.STORY, 2007604)]),
        ("Closes-Bug: #42", [Footer(Sort.CLOSES, 42)]),
        ("closes-bug: 42", [Footer(Sort.CLOSES, 42)]),
        ("Fixes bug 42", [Footer(Sort.CLOSES, 42)]),
        ("Resolves: LP #42", []),
        ("LP: #42", [Footer(Sort.CLOSES, 42)]),
        ("bug 42", [Footer(Sort.CLOSES, 42)]),
        ("Partial-Bug: #42", [Footer(Sort.PARTIAL, 42)]),
        ("Related-Bug: #42", [Footer(Sort.RELATED, 42)]),
        ("Impacts-Bug: 42", [Footer(Sort.RELATED, 42)]),
        ("It fixes the bug 42 times", []),
        ("Task: 12345678901", []),
        ("Task: 0", []),
        ("Multitask: 7", []),
    ],
)
def test_a_footer_is_read(line: str, footers: list[Footer]) -> None:
    message = f"Mend the lid\n\nIt leaked at night.\n\n{line}\nChange-Id: I0123\n"
    assert list(read_footers(message)) == footers
    assert list(read_footers(message + message)) == footers


@given(st.text())
def test_no_message_is_too_strange(text: str) -> None:
    assert all(0 < footer.number < 10**9 for footer in read_footers(text))


@pytest.mark.parametrize(
    ("sort", "turn", "status", "stage"),
    [
        (Sort.TASK, Turn.PROPOSED, Status.TODO, Stage.REVIEW),
        (Sort.TASK, Turn.RESTORED, Status.TODO, Stage.REVIEW),
        (Sort.TASK, Turn.MERGED, Status.REVIEW, Stage.MERGED),
        (Sort.TASK, Turn.ABANDONED, Status.REVIEW, Stage.NEW),
        (Sort.TASK, Turn.ABANDONED, Status.MERGED, None),
        (Sort.TASK, Turn.MERGED, Status.INVALID, None),
        (Sort.STORY, Turn.MERGED, Status.TODO, None),
        (Sort.CLOSES, Turn.MERGED, Status.REVIEW, Stage.MERGED),
        (Sort.PARTIAL, Turn.PROPOSED, Status.TODO, Stage.IN_PROGRESS),
        (Sort.PARTIAL, Turn.PROPOSED, Status.REVIEW, None),
        (Sort.PARTIAL, Turn.MERGED, Status.INPROGRESS, None),
        (Sort.RELATED, Turn.MERGED, Status.TODO, None),
    ],
)
def test_a_task_moves_by_the_rules(
    sort: Sort, turn: Turn, status: Status, stage: Stage | None
) -> None:
    assert next_stage(sort, turn, status) == stage
