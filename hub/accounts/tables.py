"""The tables of people and rights.

Nothing in them lets a reader of the database log in: passwords are argon2id hashes, and of sessions, API
tokens and one-time codes only the SHA-256 of the secret is there. A person's row is never deleted; of one
who was erased it keeps a tombstone, so that records still point to somebody.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel

_ROLES = ("member", "administrator")
_STATES = ("active", "suspended", "erased")
_KINDS = ("oidc", "irc", "email", "nick", "former", "gone")
_TICKETS = ("setup", "invite", "reset", "verify", "link")
_LETTERS = ("reset", "verify", "notice", "digest")
_VERBS = ("read", "close", "write", "edit", "maintain")


def _person(*, nullable: bool = False, primary_key: bool = False) -> "Column[int]":
    return Column(
        ForeignKey("person.id"), nullable=nullable, primary_key=primary_key, index=not primary_key
    )


def _one_of(values: tuple[str, ...]) -> "Column[str]":
    return Column(Text, nullable=False, info={"one_of": values})


class PersonRow(SQLModel, table=True):
    """Somebody. `slug` is the name in addresses and records, `name` how they are called on pages.

    `password` is empty for who has none: one who logs in elsewhere, or was not there yet.
    """

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(sa_type=Text, unique=True)
    name: str = Field(default="", sa_type=Text)
    email: str = Field(default="", sa_type=Text)
    password: str = Field(default="", sa_type=Text)
    role: str = Field(default="member", sa_column=_one_of(_ROLES))
    state: str = Field(default="active", sa_column=_one_of(_STATES))
    language: str = Field(default="", sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)


class HandleRow(SQLModel, table=True):
    """A name under which somebody is known elsewhere, of one person at a time.

    kind: `oidc` (realm is the issuer), `irc` (a services account on the network realm), `nick` (there),
    `email` (verified), `former` (an earlier slug), `gone` (the digest of an erased one's slug).
    `subject` is how it compares, `shown` how it is written.
    """

    __tablename__ = "handle"
    __table_args__ = (Index("handle_by_name", "kind", "realm", "subject", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=_person())
    kind: str = Field(sa_column=_one_of(_KINDS))
    realm: str = Field(default="", sa_type=Text)
    subject: str = Field(sa_type=Text)
    shown: str = Field(default="", sa_type=Text)
    bound_at: int = Field(sa_type=BigInteger)


class SessionRow(SQLModel, table=True):
    """A browser that somebody is logged in with. `csrf` is the key of its forms' tokens."""

    __tablename__ = "login_session"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(sa_type=Text, unique=True)
    person_id: int = Field(sa_column=_person())
    csrf: str = Field(sa_type=Text)
    address: str = Field(default="", sa_type=Text)
    agent: str = Field(default="", sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger, index=True)


class TokenRow(SQLModel, table=True):
    """A program's key to the API. `scopes` are words with blanks between."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(sa_type=Text, unique=True)
    person_id: int = Field(sa_column=_person())
    name: str = Field(sa_type=Text)
    scopes: str = Field(sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)


class TicketRow(SQLModel, table=True):
    """A one-time code. `data` is what it is for besides its person, as JSON."""

    __tablename__ = "ticket"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_column=_one_of(_TICKETS))
    digest: str = Field(sa_type=Text, unique=True)
    person_id: int | None = Field(default=None, sa_column=_person(nullable=True))
    data: str = Field(default="{}", sa_type=Text)
    actor: str = Field(sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)


class LetterRow(SQLModel, table=True):
    """A mail that was promised and has not been sent yet.

    kind: `notice` and `digest` (hub/notices/letters.py; `wanted` says of what), `reset` (asked with the
    name or address `wanted`, which may be nobody's) or `verify` (of the address
    `wanted`, of a person). What it says is written when it is sent, so that no code stands here.
    """

    __tablename__ = "letter"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_column=_one_of(_LETTERS))
    wanted: str = Field(sa_type=Text)
    person_id: int | None = Field(default=None, sa_column=_person(nullable=True))
    language: str = Field(default="", sa_type=Text)
    tries: int = Field(default=0)
    asked_at: int = Field(sa_type=BigInteger)
    due_at: int = Field(sa_type=BigInteger, index=True)


class TeamRow(SQLModel, table=True):
    """People who are given things together."""

    __tablename__ = "team"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(sa_type=Text, unique=True)
    name: str = Field(default="", sa_type=Text)
    about: str = Field(default="", sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)


def _team(*, nullable: bool = False, primary_key: bool = False) -> "Column[int]":
    return Column(
        ForeignKey("team.id", ondelete="CASCADE"), nullable=nullable, primary_key=primary_key
    )


class MemberRow(SQLModel, table=True):
    """That somebody is in a team."""

    __tablename__ = "team_member"

    team_id: int = Field(sa_column=_team(primary_key=True))
    person_id: int = Field(sa_column=Column(ForeignKey("person.id"), primary_key=True, index=True))
    since_at: int = Field(sa_type=BigInteger)


class GrantRow(SQLModel, table=True):
    """A right that was given by name, to a person or to a team."""

    __tablename__ = "grant_"

    id: int | None = Field(default=None, primary_key=True)
    verb: str = Field(sa_column=_one_of(_VERBS))
    ref: str = Field(sa_type=Text, index=True)
    person_id: int | None = Field(default=None, sa_column=_person(nullable=True))
    team_id: int | None = Field(default=None, sa_column=_team(nullable=True))
    actor: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)


class AuditRow(SQLModel, table=True):
    """An administrative act: who did what to whom or what, when and from where."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BigInteger)
    actor: str = Field(sa_type=Text)
    verb: str = Field(sa_type=Text)
    ref: str = Field(sa_type=Text, index=True)
    detail: str = Field(default="", sa_type=Text)
    address: str = Field(default="", sa_type=Text)


class ErasureRow(SQLModel, table=True):
    """Somebody whose names are being taken out of what modules keep.

    `known` holds those names as JSON until that is done. `module` and `position` say where it goes on.
    """

    __tablename__ = "erasure"

    id: int | None = Field(default=None, primary_key=True)
    tombstone: str = Field(sa_type=Text)
    known: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)
    module: str = Field(default="", sa_type=Text)
    position: int = Field(default=0, sa_type=BigInteger)
    done_at: int | None = Field(default=None, sa_type=BigInteger)


TABLES = (
    PersonRow,
    HandleRow,
    SessionRow,
    TokenRow,
    TicketRow,
    LetterRow,
    TeamRow,
    MemberRow,
    GrantRow,
    AuditRow,
    ErasureRow,
)
