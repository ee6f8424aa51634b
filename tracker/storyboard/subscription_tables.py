"""The table of what happened to what somebody follows, as StoryBoard's clients ask for it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel


class SubscriptionEventRow(SQLModel, table=True):
    """That an entry of the timeline is for a follower, until they delete it."""

    __tablename__ = "subscription_event"
    __table_args__ = (
        Index("subscription_event_by_person", "subscriber_id", "id"),
        Index("subscription_event_by_entry", "timeline_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(sa_column=Column(ForeignKey("person.id"), nullable=False))
    timeline_id: int = Field(
        sa_column=Column(ForeignKey("timeline.id", ondelete="CASCADE"), nullable=False)
    )
    created_at: int = Field(sa_type=BigInteger)


SUBSCRIPTION_TABLES = (SubscriptionEventRow,)
