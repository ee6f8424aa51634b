"""The table of programs that somebody logged in to from StoryBoard's address for it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Text
from sqlmodel import Field, SQLModel


class ProgramLoginRow(SQLModel, table=True):
    """A program that somebody let in: first a code, and then a token that it renews.

    Of code and of what renews only digests are kept. `token_id` is None until the code is used; with the
    token the row goes. `spent` is what renewed before `renews`. `expires_at` is when the code is over, then
    when `renews` is.
    """

    __tablename__ = "program_login"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=Column(ForeignKey("person.id"), nullable=False, index=True))
    token_id: int | None = Field(
        default=None,
        sa_column=Column(
            ForeignKey("api_token.id", ondelete="CASCADE"), nullable=True, unique=True
        ),
    )
    client: str = Field(sa_type=Text)
    redirect: str = Field(sa_type=Text)
    challenge: str = Field(default="", sa_type=Text)
    code: str = Field(sa_type=Text, unique=True)
    renews: str = Field(default="", sa_type=Text, index=True)
    spent: str = Field(default="", sa_type=Text, index=True)
    expires_at: int = Field(sa_type=BigInteger, index=True)


LOGIN_TABLES = (ProgramLoginRow,)
