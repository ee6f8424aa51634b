"""A consistent copy of the running hub in one file, and back; between SQLite and PostgreSQL too.

The file is gzip-compressed text, one JSON value a line: a head with the schema's version, then for each
table an object with its name and columns followed by an array for each row, at last the counts and the
SHA-256 of all lines before. A file without its last line is not whole, one with another digest was changed:
both are refused.
"""

import base64
import contextlib
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from hub import __version__
from hub.app import App
from hub.errors import Conflict, Invalid, Unavailable
from hub.events import in_order
from hub.lineage import begin_lineage
from hub.rows import wrong
from hub.schema import newest

_FORMAT = "madang-backup-1"
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup holds: when it was made, and rows by table."""

    at: str
    rows: dict[str, int]


def back_up(app: App, file: Path, now: datetime) -> Copied:
    """Write a copy of the hub as it is at one moment; the file is there whole or not at all.

    Raises: Conflict when the file exists, Unavailable when it can't be written.
    """
    if file.exists():
        raise Conflict(f"{file} exists already. Give a new name, for example with the date in it.")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with _private(draft) as raw:
            with gzip.open(raw, "wt", encoding="utf-8", compresslevel=4) as text:
                sheet = _Sheet(cast("TextIO", text))
                copied = app.db.read(lambda session: _write(session, sheet, now))
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise Unavailable(
            f"{file} can't be written: {error.strerror}. Choose a folder with enough free space."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return copied


def restore(app: App, file: Path, *, replace: bool = False) -> Copied:
    """Make the hub what it was when the backup was made, all at once, also while it runs.

    Raises: Invalid for a file that is no whole backup of this schema; Conflict when the hub holds lines
    and `replace` is not said.
    """
    copied = _checked(file)
    try:
        app.db.write(lambda session: _refill(session, file, replace=replace))
    except (sa.exc.StatementError, OverflowError) as error:
        told = str(error.orig if isinstance(error, sa.exc.StatementError) else error)
        raise Invalid(
            "file",
            f"{file} holds rows that don't go together: {told.splitlines()[0]}."
            " Nothing was changed. Use another backup.",
        ) from error
    return copied


@dataclass(slots=True)
class _Sheet:
    """Writes lines, and knows their digest."""

    text: TextIO
    digest: Any = field(default_factory=hashlib.sha256)

    def put(self, value: object) -> None:
        line = json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"
        self.digest.update(line.encode())
        self.text.write(line)


def _write(session: Session, sheet: _Sheet, now: datetime) -> Copied:
    at = now.isoformat()
    sheet.put({"format": _FORMAT, "madang": __version__, "schema": newest(), "at": at})
    rows = {table.name: _write_table(session, sheet, table) for table in _tables()}
    sheet.put({"end": rows, "sha256": sheet.digest.hexdigest()})
    return Copied(at, rows)


def _write_table(session: Session, sheet: _Sheet, table: sa.Table) -> int:
    sheet.put({"table": table.name, "columns": [column.name for column in table.columns]})
    count = 0
    found = session.execute(
        sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_CHUNK)
    )
    for row in found:
        sheet.put([_told(value) for value in row])
        count += 1
    return count


def _told(value: Any) -> Any:
    """Return a value as JSON can hold it: bytes as Base64."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _untold(column: "sa.Column[Any]", value: Any) -> Any:
    """Return what was told; what is no Base64 stays as it is, and is found to be wrong."""
    if isinstance(column.type, sa.LargeBinary) and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return base64.b64decode(value, validate=True)
    return value


def _refill(session: Session, file: Path, *, replace: bool) -> None:
    in_order(session)
    tables = {table.name: table for table in _tables()}
    if not replace and _holds_lines(session):
        raise Conflict(
            "This hub holds data already, which restoring would replace."
            " Give --replace if that is meant; a backup of what is there is made first."
        )
    _lock(session, tables)
    for table in reversed(tables.values()):
        session.execute(sa.delete(table))
    for table_name, rows in _chunks(file, tables):
        session.connection().execute(sa.insert(tables[table_name]), rows)
    _continue_ids(session, tables)
    begin_lineage(session, anew=True)


def _lock(session: Session, tables: Iterable[str]) -> None:
    """Let nobody else write until the end: on PostgreSQL others could between delete and insert."""
    if session.get_bind().dialect.name == "postgresql":
        names = ", ".join(f'"{name}"' for name in tables)
        session.execute(sa.text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def _holds_lines(session: Session) -> bool:
    names = SQLModel.metadata.tables
    return any(
        session.execute(sa.select(sa.literal(1)).select_from(names[name]).limit(1)).first()
        for name in ("line", "event")
        if name in names
    )


def _continue_ids(session: Session, tables: dict[str, sa.Table]) -> None:
    """Let PostgreSQL's sequences go on after the restored ids; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in tables:
        sequence = session.execute(
            sa.text(
                "SELECT pg_get_serial_sequence(:name, 'id') WHERE EXISTS (SELECT 1 FROM"
                " information_schema.columns WHERE table_name = :name AND column_name = 'id')"
            ),
            {"name": name},
        ).scalar()
        if sequence:
            session.execute(
                sa.text(f"SELECT setval(:s, (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)"),  # noqa: S608
                {"s": sequence},
            )


def _chunks(file: Path, tables: dict[str, sa.Table]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    table = ""
    columns: list[sa.Column[Any]] = []
    rows: list[dict[str, Any]] = []
    for value in _values(file):
        if isinstance(value, list):
            told = zip(columns, value, strict=True)
            rows.append({column.name: _untold(column, one) for column, one in told})
        if rows and (len(rows) == _CHUNK or isinstance(value, dict)):
            yield table, rows
            rows = []
        if isinstance(value, dict) and "table" in value:
            table, columns = value["table"], list(tables[value["table"]].columns)


def _checked(file: Path) -> Copied:
    """Read the whole file once before anything is touched.

    Raises: Invalid when it is not a whole backup of this schema.
    """
    values = _values(file)
    head = next(values, None)
    if not isinstance(head, dict) or head.get("format") != _FORMAT:
        raise Invalid(
            "file", f"{file} is not a backup of Madang. Give a file that `madang backup` made."
        )
    if head.get("schema") != newest():
        raise Invalid(
            "file",
            f"{file} has schema {head.get('schema')}, this Madang has {newest()}."
            f" Restore it with Madang {head.get('madang')} and upgrade then.",
        )
    counts = {table.name: 0 for table in _tables()}
    if _counted(file, values, counts) != counts:
        raise Invalid("file", f"{file} is not whole: rows are missing. Use another backup.")
    return Copied(str(head.get("at")), counts)


def _counted(file: Path, values: Iterator[Any], counts: dict[str, int]) -> dict[str, int]:
    """Count the rows by table into `counts`; return what the end says that there are."""
    tables = {table.name: list(table.columns) for table in _tables()}
    name = ""
    columns: list[sa.Column[Any]] = []
    for value in values:
        match value:
            case list() if name and len(value) == len(columns):
                counts[name] += 1
                _check_row(file, f"row {counts[name]} of {name}", columns, value)
            case {"table": str(name), "columns": list(told)} if _has(tables.get(name), told):
                columns = tables[name]
            case {"end": dict(rows)} if next(values, None) is None:
                return rows
            case _:
                raise Invalid(
                    "file", f"{file} has a line that no backup has: {str(value)[:60]}. Use another."
                )
    raise Invalid("file", f"{file} is not whole: its end is missing. Use another backup.")


def _has(columns: list["sa.Column[Any]"] | None, told: list[Any]) -> bool:
    return columns is not None and [column.name for column in columns] == told


def _check_row(file: Path, row: str, columns: list["sa.Column[Any]"], values: list[Any]) -> None:
    for column, value in zip(columns, values, strict=True):
        problem = wrong(column, _untold(column, value))
        if problem is not None:
            raise Invalid(
                "file",
                f"{file}, {row}: {column.name} = {value!r:.60} {problem}."
                " The file was changed since it was made. Use another backup.",
            )


def _values(file: Path) -> Iterator[Any]:
    """Yield the value of each line, the last one only if the digest it tells is right."""
    digest = hashlib.sha256()
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="\n") as text:
            for line in text:
                value = json.loads(line)
                told = value.get("sha256") if isinstance(value, dict) else None
                if told is not None and told != digest.hexdigest():
                    raise Invalid(
                        "file", f"{file} was changed since it was made. Use another backup."
                    )
                digest.update(line.encode())
                yield value
    except FileNotFoundError:
        raise Invalid("file", f"{file}: there is no such file. Check its name.") from None
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise Invalid(
            "file", f"{file} can't be read as a backup: {error}. Use another one."
        ) from error


def _tables() -> list[sa.Table]:
    return list(SQLModel.metadata.sorted_tables)


def _private(file: Path) -> BinaryIO:
    """Open a new file that only its owner can read."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
