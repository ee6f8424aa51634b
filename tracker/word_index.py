"""The words by which stories and tasks are found, kept beside them.

Law: whoever changes what stands in a title or description brings its words up to date in the same
transaction; `madang check` compares them all.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from tracker.facet_tables import TaskWordRow, WordRow
from tracker.tables import StoryRow, TaskRow
from tracker.words import words_of

_STORIES = WordRow.__table__  # type: ignore[attr-defined]
_TASKS = TaskWordRow.__table__  # type: ignore[attr-defined]


def index_story(session: Session, story: StoryRow, *, is_new: bool = False) -> None:
    """Bring the words by which a story is found up to date; is_new: there are none so far."""
    _index(session, _STORIES.c.story_id, story.id or 0, story_text(story), is_new=is_new)


def index_task(session: Session, task: TaskRow, *, is_new: bool = False) -> None:
    """Bring the words by which a task is found up to date; is_new: there are none so far."""
    _index(session, _TASKS.c.task_id, task.id or 0, task.title, is_new=is_new)


def story_text(story: StoryRow) -> str:
    """Return the text by whose words a story is found."""
    return f"{story.title}\n{story.description}"


def begins(word: Any, text: str) -> Any:
    """Return the condition that a column's word is a text, or begins with it: a walk along its index."""
    return (word >= text) & (word < f"{text}\U0010ffff")


def tasks_with(text: str) -> Any:
    """Return a query for the numbers of the tasks of whose title a word begins with a folded text."""
    return sa.select(_TASKS.c.task_id).where(begins(_TASKS.c.word, text))


def _index(session: Session, owner: Any, id_: int, text: str, *, is_new: bool) -> None:
    run, table = session.connection().execute, owner.table
    known = set() if is_new else set(run(sa.select(table.c.word).where(owner == id_)).scalars())
    wanted = set(words_of(text))
    if gone := known - wanted:
        run(sa.delete(table).where(owner == id_, table.c.word.in_(gone)))
    if new := sorted(wanted - known):
        run(sa.insert(table), [{"word": word, owner.key: id_} for word in new])
