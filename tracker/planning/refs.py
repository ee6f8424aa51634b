"""How boards and worklists are mentioned in text: by the address of their page, or as `board:7`."""

import re
from collections.abc import Callable, Sequence

from sqlmodel import Session

from hub.config import Config
from hub.people import Actor
from hub.refs import RefKind
from tracker.planning.sight import holder_of, sees
from tracker.planning.tables import BoardRow, WorklistRow


def plan_refs(config: Config) -> tuple[RefKind, RefKind]:
    """Say how boards and worklists are mentioned."""
    return (
        RefKind("board", _pattern(config, "board"), _found("board"), _url, _label, _sees),
        RefKind("worklist", _pattern(config, "worklist"), _found("worklist"), _url, _label, _sees),
    )


def _pattern(config: Config, kind: str) -> re.Pattern[str]:
    address = re.escape(config.public_url) + rf"/{kind}/(?P<there>[1-9]\d{{0,8}})(?![\w/-])"
    called = rf"(?<![\w/-]){kind}:[ \t]?#?(?P<number>[1-9]\d{{0,8}})(?![\w-])"
    return re.compile(f"{called}|{address}", re.IGNORECASE)


def _found(kind: str) -> Callable[[re.Match[str]], Sequence[str]]:
    return lambda match: (f"{kind}:{int(match['number'] or match['there'])}",)


def _row(session: Session, ref: str) -> BoardRow | WorklistRow | None:
    kind, _, digits = ref.partition(":")
    id_ = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
    return session.get(BoardRow, id_) if kind == "board" else session.get(WorklistRow, id_)


def _url(ref: str) -> str:
    return "/" + ref.replace(":", "/")


def _label(session: Session, ref: str) -> str | None:
    row = _row(session, ref)
    if row is None:
        return None
    return f"{'Board' if isinstance(row, BoardRow) else 'Worklist'} {row.id}: {row.title}"


def _sees(session: Session, actor: Actor, ref: str) -> bool:
    row = _row(session, ref)
    if row is None:
        return False
    return sees(actor, row if isinstance(row, BoardRow) else holder_of(session, row))
