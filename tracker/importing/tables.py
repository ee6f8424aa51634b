"""The table of what was taken in from elsewhere, so that doing it again changes nothing."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class ImportedRow(SQLModel, table=True):
    """Something of another tracker: its number there, and here.

    realm: the other's address. digest: of what it said there. changed_at: of the story's row as the import
    left it; a later one says that somebody has changed the story here since.
    """

    __tablename__ = "imported"
    __table_args__ = (Index("imported_by_id", "kind", "id"),)

    realm: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    id: int = Field(sa_type=BigInteger)
    digest: str = Field(default="", sa_type=Text)
    changed_at: int = Field(default=0, sa_type=BigInteger)


IMPORT_TABLES = (ImportedRow,)
