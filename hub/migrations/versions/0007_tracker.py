"""The tracker: projects, stories with tasks, what is said about them, and what lists of them go by."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables of the tracker."""
    _projects()
    _stories()
    _tasks()
    _tags()
    _talk()
    _people()
    _facets()


def _projects() -> None:
    op.create_table("project_group", _id(), _text("name", unique=True), _text("title"), *_moments())
    op.create_table(
        "project",
        _id(),
        _text("name", unique=True),
        _text("description", nullable=True),
        _text("repo_url", nullable=True),
        _flag("is_active"),
        _flag("autocreate_branches"),
        *_moments(),
    )
    op.create_table(
        "project_in_group",
        _of("project_group", "group_id", primary_key=True),
        _of("project", "project_id", primary_key=True),
    )
    op.create_index("project_in_group_by_project", "project_in_group", ["project_id", "group_id"])
    op.create_table(
        "branch",
        _id(),
        _of("project", "project_id"),
        _text("name"),
        _flag("expired"),
        sa.Column("expired_at", sa.BigInteger),
        _flag("autocreated"),
        _flag("restricted"),
        *_moments(),
    )
    op.create_index("branch_by_name", "branch", ["project_id", "name"], unique=True)
    op.create_table(
        "milestone",
        _id(),
        _of("branch", "branch_id"),
        _text("name"),
        _flag("expired"),
        sa.Column("expired_at", sa.BigInteger),
        *_moments(),
    )
    op.create_index("milestone_by_name", "milestone", ["branch_id", "name"], unique=True)


def _stories() -> None:
    counts = (
        "revision", "todo", "inprogress", "review", "merged", "invalid", "comments", "affected",
        "votes", "duplicates", "heat",
    )  # fmt: skip
    op.create_table(
        "story",
        _id(),
        *(_text(name) for name in ("title", "description", "kind")),
        _person("creator_id"),
        _text("creator_name"),
        _flag("is_private"),
        _flag("is_security"),
        _text("importance"),
        sa.Column("duplicate_of", sa.Integer),
        _text("source"),
        _text("state"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        *_moments(),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("story_by_duplicate", "story", ["duplicate_of"])


def _tasks() -> None:
    op.create_table(
        "task",
        _id(),
        _of("story", "story_id"),
        sa.Column("project_id", sa.Integer, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("branch_id", sa.Integer, sa.ForeignKey("branch.id"), nullable=False),
        sa.Column("milestone_id", sa.Integer, sa.ForeignKey("milestone.id")),
        *(_text(name) for name in ("title", "stage", "status")),
        _person("assignee_id"),
        _person("creator_id"),
        _text("creator_name"),
        _text("link", nullable=True),
        *_moments(),
    )
    for name, columns in {
        "story": ["story_id", "status"],
        "project": ["project_id", "status", "id"],
        "assignee": ["assignee_id", "status", "id"],
        "status": ["status", "id"],
        "milestone": ["milestone_id", "id"],
        "branch": ["branch_id", "id"],
    }.items():
        op.create_index(f"task_by_{name}", "task", columns)


def _tags() -> None:
    op.create_table("tag", _id(), _text("name", unique=True), *_moments())
    op.create_table(
        "story_tag",
        _of("story", "story_id", primary_key=True),
        _of("tag", "tag_id", primary_key=True),
    )
    op.create_index("story_tag_by_tag", "story_tag", ["tag_id", "story_id"])


def _talk() -> None:
    op.create_table(
        "comment",
        _id(),
        _of("story", "story_id"),
        _person("author_id"),
        _text("author_name"),
        _text("content"),
        _flag("is_active"),
        sa.Column("in_reply_to", sa.Integer),
        *_moments(),
    )
    op.create_index("comment_by_story", "comment", ["story_id", "id"])
    op.create_table(
        "comment_version",
        _id(),
        _of("comment", "comment_id"),
        _text("content"),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("comment_version_by_comment", "comment_version", ["comment_id", "id"])
    op.create_table(
        "timeline",
        _id(),
        _of("story", "story_id", nullable=True),
        _of("comment", "comment_id", nullable=True),
        _person("author_id"),
        *(_text(name) for name in ("author_name", "kind", "info")),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("timeline_by_story", "timeline", ["story_id", "id"])
    op.create_index("ix_timeline_kind", "timeline", ["kind"])


def _people() -> None:
    op.create_table(
        "dependency",
        _of("story", "story_id", primary_key=True),
        _of("story", "needs_id", primary_key=True),
    )
    op.create_index("dependency_by_needed", "dependency", ["needs_id", "story_id"])
    op.create_table(
        "voice",
        _of("story", "story_id", primary_key=True),
        _person("person_id", primary_key=True),
        _text("kind", primary_key=True),
    )
    op.create_table(
        "subscription",
        _id(),
        _person("person_id", nullable=False),
        _text("target_type"),
        sa.Column("target_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    columns = ["person_id", "target_type", "target_id"]
    op.create_index("subscription_once", "subscription", columns, unique=True)
    columns = ["target_type", "target_id", "person_id"]
    op.create_index("subscription_by_target", "subscription", columns)


def _facets() -> None:
    op.create_table(
        "story_facet",
        _text("facet", primary_key=True),
        _of("story", "story_id", primary_key=True),
        _text("state"),
        _flag("is_private"),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("heat", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("story_facet_of_story", "story_facet", ["story_id"])
    first = ["facet", "is_private", "state"]
    op.create_index("story_facet_new", "story_facet", [*first, "story_id"])
    op.create_index("story_facet_updated", "story_facet", [*first, "changed_at", "story_id"])
    op.create_index("story_facet_important", "story_facet", [*first, "rank", "story_id"])
    op.create_index("story_facet_hot", "story_facet", [*first, "heat", "story_id"])
    op.create_table(
        "facet_count",
        _text("facet", primary_key=True),
        _text("state", primary_key=True),
        sa.Column("stories", sa.Integer, nullable=False),
    )
    op.create_table(
        "story_word",
        sa.Column("word", _WORD, primary_key=True),
        _of("story", "story_id", primary_key=True),
    )
    op.create_index("story_word_of_story", "story_word", ["story_id", "word"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _text(name: str, **given: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **({"nullable": False} | given))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _of(table: str, name: str, **given: Any) -> sa.Column[int]:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Integer, key, **({"nullable": False} | given))


def _person(name: str, **given: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey("person.id"), **given)


def _moments() -> tuple[sa.Column[int], sa.Column[int]]:
    created = sa.Column("created_at", sa.BigInteger, nullable=False)
    return created, sa.Column("updated_at", sa.BigInteger)


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
