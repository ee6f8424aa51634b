"""The tracker's tables of what people write.

What pages and lists need of a story stands in its row: the state that its tasks make of it, their counts,
its heat. Who did something is a person's number; `..._name` has the actor's name where it was no person
(somebody on IRC, an import), and is empty where it was. Moments are microseconds since 1970 UTC; `updated_at`
is None until something changes. What is derived for lists stands in tracker/facet_tables.py.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Text, text
from sqlmodel import Field, SQLModel

from tracker.states import Importance, Stage, State, Status

KINDS = ("bug", "feature", "private_vulnerability", "public_vulnerability")
"""What a story is about; their places from 1 are StoryBoard's story types."""

TARGETS = ("task", "story", "project", "project_group", "worklist")
"""What somebody may subscribe to."""


def _key(target: str, *, nullable: bool = False, **given: Any) -> "Column[int]":
    return Column(ForeignKey(target, ondelete="CASCADE"), nullable=nullable, **given)


def _one_of(values: Any) -> "Column[str]":
    return Column(Text, nullable=False, info={"one_of": tuple(str(value) for value in values)})


def _named() -> "Column[str]":
    return Column(Text, nullable=False, info={"names": "actor"})


def _person(*, nullable: bool = True, **given: Any) -> "Column[int]":
    return Column(ForeignKey("person.id"), nullable=nullable, **given)


class ProjectGroupRow(SQLModel, table=True):
    """Projects that belong together; `name` is its name in addresses."""

    __tablename__ = "project_group"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    title: str = Field(default="", sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class ProjectRow(SQLModel, table=True):
    """Something that a team makes: `org/name`. template: what the text of a new story begins with."""

    __tablename__ = "project"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    description: str | None = Field(default=None, sa_type=Text)
    repo_url: str | None = Field(default=None, sa_type=Text)
    is_active: bool = Field(default=True, sa_type=Boolean)
    autocreate_branches: bool = Field(default=False, sa_type=Boolean)
    template: str | None = Field(default=None, sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class GroupedRow(SQLModel, table=True):
    """That a project is in a group; it may be in several."""

    __tablename__ = "project_in_group"
    __table_args__ = (Index("project_in_group_by_project", "project_id", "group_id"),)

    group_id: int = Field(sa_column=_key("project_group.id", primary_key=True))
    project_id: int = Field(sa_column=_key("project.id", primary_key=True))


class BranchRow(SQLModel, table=True):
    """A line of a project's development; each project has `master`."""

    __tablename__ = "branch"
    __table_args__ = (Index("branch_by_name", "project_id", "name", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(sa_column=_key("project.id"))
    name: str = Field(sa_type=Text)
    expired: bool = Field(default=False, sa_type=Boolean)
    expired_at: int | None = Field(default=None, sa_type=BigInteger)
    autocreated: bool = Field(default=False, sa_type=Boolean)
    restricted: bool = Field(default=False, sa_type=Boolean)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class MilestoneRow(SQLModel, table=True):
    """A release of a branch, in which merged tasks are."""

    __tablename__ = "milestone"
    __table_args__ = (Index("milestone_by_name", "branch_id", "name", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    branch_id: int = Field(sa_column=_key("branch.id"))
    name: str = Field(sa_type=Text)
    expired: bool = Field(default=False, sa_type=Boolean)
    expired_at: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class StoryRow(SQLModel, table=True):
    """Something that people want changed.

    `state`, `todo` ... `invalid`, `affected`, `votes`, `duplicates`, `comments` and `heat` are derived, see
    tracker/derived.py. `revision` grows with each change of title or description. `changed_at` is when
    anything of it changed last, its tasks and comments among it. `source` is the ref that it came out of.
    """

    __tablename__ = "story"
    __table_args__ = (
        Index("story_by_duplicate", "duplicate_of"),
        Index("story_by_change", "changed_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(sa_type=Text)
    description: str = Field(default="", sa_type=Text)
    kind: str = Field(default=KINDS[0], sa_column=_one_of(KINDS))
    creator_id: int | None = Field(default=None, sa_column=_person())
    creator_name: str = Field(default="", sa_column=_named())
    is_private: bool = Field(default=False, sa_type=Boolean)
    is_security: bool = Field(default=False, sa_type=Boolean)
    importance: str = Field(default=Importance.UNDECIDED, sa_column=_one_of(Importance))
    duplicate_of: int | None = Field(default=None)
    source: str = Field(default="", sa_type=Text)
    revision: int = Field(default=1)
    state: str = Field(default=State.UNTRIAGED, sa_column=_one_of(State))
    todo: int = Field(default=0)
    inprogress: int = Field(default=0)
    review: int = Field(default=0)
    merged: int = Field(default=0)
    invalid: int = Field(default=0)
    comments: int = Field(default=0)
    affected: int = Field(default=0)
    votes: int = Field(default=0)
    duplicates: int = Field(default=0)
    heat: int = Field(default=0)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)


class TaskRow(SQLModel, table=True):
    """What has to be done in one project for a story. `status` is what its stage is to StoryBoard."""

    __tablename__ = "task"
    __table_args__ = (
        Index("task_by_story", "story_id", "status"),
        Index("task_by_project", "project_id", "status", "id"),
        Index("task_by_assignee", "assignee_id", "status", "id"),
        Index("task_by_status", "status", "id"),
        Index("task_by_milestone", "milestone_id", "id"),
        Index("task_by_branch", "branch_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(sa_column=_key("story.id"))
    project_id: int = Field(sa_column=Column(ForeignKey("project.id"), nullable=False))
    branch_id: int = Field(sa_column=Column(ForeignKey("branch.id"), nullable=False))
    milestone_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("milestone.id"), nullable=True)
    )
    title: str = Field(sa_type=Text)
    stage: str = Field(default=Stage.NEW, sa_column=_one_of(Stage))
    status: str = Field(default=Status.TODO, sa_column=_one_of(Status))
    assignee_id: int | None = Field(default=None, sa_column=_person())
    creator_id: int | None = Field(default=None, sa_column=_person())
    creator_name: str = Field(default="", sa_column=_named())
    link: str | None = Field(default=None, sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class TagRow(SQLModel, table=True):
    """A word that stories share."""

    __tablename__ = "tag"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class StoryTagRow(SQLModel, table=True):
    """That a story has a tag."""

    __tablename__ = "story_tag"
    __table_args__ = (Index("story_tag_by_tag", "tag_id", "story_id"),)

    story_id: int = Field(sa_column=_key("story.id", primary_key=True))
    tag_id: int = Field(sa_column=_key("tag.id", primary_key=True))


class CommentRow(SQLModel, table=True):
    """What somebody says about a story. One that is not active was taken back; its text is gone."""

    __tablename__ = "comment"
    __table_args__ = (Index("comment_by_story", "story_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(sa_column=_key("story.id"))
    author_id: int | None = Field(default=None, sa_column=_person())
    author_name: str = Field(default="", sa_column=_named())
    content: str = Field(sa_type=Text)
    is_active: bool = Field(default=True, sa_type=Boolean)
    in_reply_to: int | None = Field(default=None)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class CommentVersionRow(SQLModel, table=True):
    """What a comment said before it was edited; `at` is when that ended."""

    __tablename__ = "comment_version"
    __table_args__ = (Index("comment_version_by_comment", "comment_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(sa_column=_key("comment.id"))
    content: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)


def _of_plans(column: str) -> Index:
    there = text(f"{column} IS NOT NULL")
    name = f"timeline_by_{column.removesuffix('_id')}"
    return Index(name, column, "id", sqlite_where=there, postgresql_where=there)


class TimelineRow(SQLModel, table=True):
    """What happened to a story. `info` is a JSON object with what was before and what came after.

    With `worklist_id` or `board_id` it happened to that one; `story_id` is then the story of the card that it
    was about: who may not know of the story is told nothing of it there.
    """

    __tablename__ = "timeline"
    __table_args__ = (
        Index("timeline_by_story", "story_id", "id"),
        _of_plans("worklist_id"),
        _of_plans("board_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    story_id: int | None = Field(default=None, sa_column=_key("story.id", nullable=True))
    comment_id: int | None = Field(default=None, sa_column=_key("comment.id", nullable=True))
    worklist_id: int | None = Field(default=None)
    board_id: int | None = Field(default=None)
    author_id: int | None = Field(default=None, sa_column=_person())
    author_name: str = Field(default="", sa_column=_named())
    kind: str = Field(sa_type=Text, index=True)
    info: str = Field(default="{}", sa_type=Text)
    at: int = Field(sa_type=BigInteger)


class DependencyRow(SQLModel, table=True):
    """That a story can't be done before another."""

    __tablename__ = "dependency"
    __table_args__ = (Index("dependency_by_needed", "needs_id", "story_id"),)

    story_id: int = Field(sa_column=_key("story.id", primary_key=True))
    needs_id: int = Field(sa_column=_key("story.id", primary_key=True))


class VoiceRow(SQLModel, table=True):
    """That a story affects somebody, or that they vote for it."""

    __tablename__ = "voice"

    story_id: int = Field(sa_column=_key("story.id", primary_key=True))
    person_id: int = Field(sa_column=_person(nullable=False, primary_key=True))
    kind: str = Field(
        sa_column=Column(Text, primary_key=True, info={"one_of": ("affects", "votes")})
    )


class SubscriptionRow(SQLModel, table=True):
    """That somebody wants to hear of a thing. Of which there are several kinds: no foreign key."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("subscription_once", "person_id", "target_type", "target_id", unique=True),
        Index("subscription_by_target", "target_type", "target_id", "person_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=_person(nullable=False))
    target_type: str = Field(sa_column=_one_of(TARGETS))
    target_id: int
    created_at: int = Field(sa_type=BigInteger)


TABLES = (
    ProjectGroupRow,
    ProjectRow,
    GroupedRow,
    BranchRow,
    MilestoneRow,
    StoryRow,
    TaskRow,
    TagRow,
    StoryTagRow,
    CommentRow,
    CommentVersionRow,
    TimelineRow,
    DependencyRow,
    VoiceRow,
    SubscriptionRow,
)
