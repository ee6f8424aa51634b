"""What imports keep: drafts that wait for a yes, and which pads came from an Etherpad."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel


def _pad() -> "Column[int]":
    return Column(ForeignKey("pad.id", ondelete="CASCADE"), nullable=False)


class DraftRow(SQLModel, table=True):
    """A text that somebody brought, shown to them before it is taken. `id` is a digest of its secret.

    runs: who wrote what of it, as JSON: [[characters, name], ...], or empty.
    """

    __tablename__ = "pad_draft"
    __table_args__ = (
        Index("pad_draft_by_time", "at"),
        Index("pad_draft_by_pad", "pad_id"),
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    pad_id: int = Field(sa_column=_pad())
    author: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)
    source: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    runs: str = Field(sa_type=Text)


class ImportedPadRow(SQLModel, table=True):
    """A pad of another system, by its name there: which one it is here, and its last update by the import."""

    __tablename__ = "pad_imported"
    __table_args__ = (Index("pad_imported_by_pad", "pad_id"),)

    name: str = Field(sa_column=Column(Text, primary_key=True))
    pad_id: int = Field(sa_column=_pad())
    digest: str = Field(sa_type=Text)
    head: int = Field(sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)


IMPORT_TABLES = (DraftRow, ImportedPadRow)
