"""The tables of reviews: changes to code, and the stories that they are for."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel

STATUSES = ("open", "merged", "abandoned")
_SORTS = ("task", "story", "closes", "partial", "related")


class ReviewRow(SQLModel, table=True):
    """A change that is reviewed. `votes` is JSON: points by label and voter; `builds`: results by pipeline.

    `event_s` is when Gerrit did the last thing that counted, in seconds since 1970.
    """

    __tablename__ = "review"
    __table_args__ = (Index("review_by_number", "host", "number", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    host: str = Field(sa_type=Text)
    number: int
    project: str = Field(sa_type=Text)
    branch: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    owner: str = Field(default="", sa_type=Text)
    status: str = Field(
        default=STATUSES[0], sa_column=Column(Text, nullable=False, info={"one_of": STATUSES})
    )
    patchset: int = Field(default=0)
    votes: str = Field(default="{}", sa_type=Text)
    builds: str = Field(default="{}", sa_type=Text)
    event_s: int = Field(default=0, sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)


class ReviewLinkRow(SQLModel, table=True):
    """That a review is for a story; `task_id` where its message names a task of it."""

    __tablename__ = "review_link"
    __table_args__ = (Index("review_link_by_story", "story_id", "review_id"),)

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(
        sa_column=Column(ForeignKey("review.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    story_id: int = Field(
        sa_column=Column(ForeignKey("story.id", ondelete="CASCADE"), nullable=False)
    )
    task_id: int | None = Field(
        default=None,
        sa_column=Column(ForeignKey("task.id", ondelete="CASCADE"), nullable=True, index=True),
    )
    sort: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": _SORTS}))


class DeliveryRow(SQLModel, table=True):
    """An event that was taken in: a second one of the same digest changes nothing."""

    __tablename__ = "hook_delivery"

    digest: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(sa_type=BigInteger, index=True)


class AnnouncementRow(SQLModel, table=True):
    """What the bot of a network has still to say in a channel."""

    __tablename__ = "announcement"
    __table_args__ = (Index("announcement_by_network", "network", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    network: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)


GERRIT_TABLES = (ReviewRow, ReviewLinkRow, DeliveryRow, AnnouncementRow)
