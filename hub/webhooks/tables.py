"""The tables of webhooks. What is told stands in none of them: it is drawn anew when it is sent."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel

WAITING, DONE, FAILED, DROPPED = "waiting", "done", "failed", "dropped"
STATES = (WAITING, DONE, FAILED, DROPPED)


class WebhookRow(SQLModel, table=True):
    """An address that is told of events. scope: the ref of a project, or empty for all.

    kinds: names of events with blanks between. failures: tries in a row that failed.
    """

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Text)
    secret: str = Field(sa_type=Text)
    scope: str = Field(default="", sa_type=Text)
    kinds: str = Field(sa_type=Text)
    person_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("person.id"), nullable=True)
    )
    is_active: bool = Field(default=True, sa_type=Boolean)
    failures: int = Field(default=0)
    created_at: int = Field(sa_type=BigInteger)


class DeliveryRow(SQLModel, table=True):
    """That a webhook is told of an event, or of none for a test; and what came of it."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("webhook_delivery_by_hook", "webhook_id", "id"),
        Index("webhook_delivery_by_due", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text)
    webhook_id: int = Field(
        sa_column=Column(ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False)
    )
    kind: str = Field(sa_type=Text)
    ref: str = Field(default="", sa_type=Text)
    event_id: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(
        default=WAITING, sa_column=Column(Text, nullable=False, info={"one_of": STATES})
    )
    tries: int = Field(default=0)
    asked_at: int = Field(sa_type=BigInteger)
    due_at: int = Field(sa_type=BigInteger)
    tried_at: int | None = Field(default=None, sa_type=BigInteger)
    status: int | None = Field(default=None)
    latency_ms: int | None = Field(default=None)
    response: str = Field(default="", sa_type=Text)


TABLES = (WebhookRow, DeliveryRow)
