"""The tables of files that were added to stories. Their bytes stand in the database: a backup holds them, two
processes see the same, and what is committed is on disk.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel


class AttachmentRow(SQLModel, table=True):
    """A file of a story. digest: SHA-256 of its bytes. removed_at: None while it is shown."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("attachment_by_story", "story_id", "id"),
        Index("attachment_by_digest", "digest"),
        Index("attachment_by_removal", "removed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(
        sa_column=Column(ForeignKey("story.id", ondelete="CASCADE"), nullable=False)
    )
    digest: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    size: int = Field(sa_type=BigInteger)
    author_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("person.id"), nullable=True, index=True)
    )
    author_name: str = Field(
        default="", sa_column=Column(Text, nullable=False, info={"names": "actor"})
    )
    created_at: int = Field(sa_type=BigInteger)
    removed_at: int | None = Field(default=None, sa_type=BigInteger)


class AttachedDataRow(SQLModel, table=True):
    """The bytes of files, each once."""

    __tablename__ = "attachment_data"

    digest: str = Field(primary_key=True, sa_type=Text)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


ATTACHMENT_TABLES = (AttachmentRow, AttachedDataRow)
