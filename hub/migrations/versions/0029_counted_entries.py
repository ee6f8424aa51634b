"""What would grow with history is kept: the number of timelines' entries, the words of tasks' titles."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_STEP = 2_000
_WORD = re.compile(r"\w+")


def upgrade() -> None:
    """Create the tables, and fill them from what there is."""
    op.create_table(
        "timeline_count",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("entries", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO timeline_count (kind, entries) SELECT kind, count(*) FROM timeline GROUP BY kind"
    )
    op.create_table(
        "task_word",
        sa.Column(
            "word",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            primary_key=True,
        ),
        sa.Column(
            "task_id", sa.Integer, sa.ForeignKey("task.id", ondelete="CASCADE"), primary_key=True
        ),
    )
    op.create_index("task_word_of_task", "task_word", ["task_id", "word"])
    _fill_words(op.get_bind())


def _fill_words(connection: sa.Connection) -> None:
    task = sa.table("task", sa.column("id", sa.Integer), sa.column("title", sa.Text))
    words = sa.table("task_word", sa.column("word", sa.Text), sa.column("task_id", sa.Integer))
    after = 0
    while True:
        some = sa.select(task.c.id, task.c.title).where(task.c.id > after).order_by(task.c.id)
        rows = connection.execute(some.limit(_STEP)).all()
        if not rows:
            return
        after = rows[-1][0]
        told = [{"word": word, "task_id": id_} for id_, title in rows for word in _words(title)]
        if told:
            connection.execute(sa.insert(words), told)


def _words(title: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", title).casefold()
    return {word[:40] for word in _WORD.findall(folded)}


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
