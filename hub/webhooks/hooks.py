"""Webhooks as those see them who may have one: administrators, and who maintains a project."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.audit import record
from hub.accounts.people import find_row
from hub.clock import from_micros, micros
from hub.errors import Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from hub.webhooks.tables import DROPPED, WAITING, DeliveryRow, WebhookRow

PING = "ping"
PAGE = 50
_LONGEST = 500
_MOST = 100


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook; its secret is told only when it is made."""

    id: int
    url: str
    scope: str
    kinds: tuple[str, ...]
    is_active: bool
    failures: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of telling a webhook of something. ref is empty for what its reader may not know of."""

    id: int
    name: str
    kind: str
    ref: str
    state: str
    tries: int
    asked_at: datetime
    due_at: datetime
    tried_at: datetime | None
    status: int | None
    latency_ms: int | None
    response: str


def hook_ref(id_: int) -> str:
    """Return the ref of a webhook."""
    return f"webhook:{id_}"


def may_keep(actor: Actor, scope: str) -> bool:
    """Tell whether somebody may have webhooks for all, or for one thing."""
    return may(actor, "administer", "hub:all") or (bool(scope) and may(actor, "maintain", scope))


def scopes_of(actor: Actor) -> Sequence[str]:
    """Return the projects for which somebody was given to maintain them."""
    return sorted(
        ref for verb, ref in actor.rights if verb == "maintain" and ref.startswith("project:")
    )


def add_hook(
    session: Session,
    actor: Actor,
    url: str,
    scope: str,
    kinds: Sequence[str],
    *,
    known: Sequence[str],
    now: datetime,
) -> tuple[int, str]:
    """Add a webhook; return its number and its secret. known: the names of events that there are.

    Raises: Refused, Invalid.
    """
    if not may_keep(actor, scope):
        raise Refused(gettext("Webhooks are for administrators and for who maintains a project."))
    address = right_url(url)
    chosen = [kind for kind in known if kind in kinds]
    if not chosen:
        raise Invalid("kinds", gettext("Choose of what it is told."))
    if len(session.exec(select(WebhookRow.id).limit(_MOST)).all()) >= _MOST:
        raise Invalid("url", gettext("There are %(most)s webhooks. Delete one first.", most=_MOST))
    owner = find_row(session, actor.person) if actor.person else None
    secret = secrets.token_urlsafe(32)
    row = WebhookRow(
        url=address, secret=secret, scope=scope, kinds=" ".join(chosen),
        person_id=owner.id if owner else None, created_at=micros(now),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, "add webhook", hook_ref(row.id or 0), urlsplit(address).netloc, now=now)
    return row.id or 0, secret


def right_url(url: str) -> str:
    """Return an address that may be told of events. Where it leads is looked up when it is told.

    Raises: Invalid.
    """
    kept = url.strip()
    try:
        parts = urlsplit(kept)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    good = parts.scheme in ("http", "https") and parts.hostname and port != 0
    if (
        not good
        or len(kept) > _LONGEST
        or not kept.isascii()
        or not kept.isprintable()
        or " " in kept
    ):
        raise Invalid(
            "url",
            gettext("Give an http or https address, for example https://ci.example.org/hook."),
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid(
            "url",
            gettext(
                "An address for webhooks has no user, password or #. The secret signs instead."
            ),
        )
    return kept


def list_hooks(session: Session, actor: Actor) -> Sequence[Webhook]:
    """Return the webhooks that somebody may keep."""
    rows = session.exec(select(WebhookRow).order_by(col(WebhookRow.id)).limit(_MOST)).all()
    return [_hook(row) for row in rows if may_keep(actor, row.scope)]


def find_hook(session: Session, actor: Actor, id_: int) -> Webhook:
    """Return a webhook that somebody may keep.

    Raises: NotFound, in the same words for one that there is not.
    """
    return _hook(_row(session, actor, id_))


def list_deliveries(
    session: Session, actor: Actor, id_: int, *, before: int | None = None
) -> Sequence[Delivery]:
    """Return what came of telling a webhook, the newest first, one more than a page when there are more.

    Raises: NotFound.
    """
    _row(session, actor, id_)
    query = select(DeliveryRow).where(DeliveryRow.webhook_id == id_)
    if before is not None:
        query = query.where(col(DeliveryRow.id) < before)
    rows = session.exec(query.order_by(col(DeliveryRow.id).desc()).limit(PAGE + 1))
    return [_delivery(row) for row in rows]


def remove_hook(session: Session, actor: Actor, id_: int, *, now: datetime) -> None:
    """Delete a webhook with its log. Raises: NotFound."""
    row = _row(session, actor, id_)
    record(session, actor, "delete webhook", hook_ref(id_), urlsplit(row.url).netloc, now=now)
    session.connection().execute(sa.delete(WebhookRow).where(col(WebhookRow.id) == id_))


def switch_hook(session: Session, actor: Actor, id_: int, *, on: bool, now: datetime) -> None:
    """Tell a webhook no more, or again. Raises: NotFound."""
    row = _row(session, actor, id_)
    row.is_active = on
    if on:
        row.failures = 0
    session.add(row)
    record(session, actor, "switch webhook", hook_ref(id_), "on" if on else "off", now=now)


def send_test(session: Session, actor: Actor, id_: int, *, now: datetime) -> None:
    """Tell a webhook that it is one, even one that is off. Raises: NotFound."""
    _row(session, actor, id_)
    put(session, id_, PING, "", None, now)


def send_again(session: Session, actor: Actor, id_: int, delivery: int, *, now: datetime) -> None:
    """Tell a webhook once more of something. Raises: NotFound."""
    _row(session, actor, id_)
    row = session.get(DeliveryRow, delivery)
    if row is None or row.webhook_id != id_ or row.state == DROPPED:
        raise NotFound(gettext("There is no such delivery."))
    put(session, id_, row.kind, row.ref, row.event_id, now)


def put(
    session: Session, id_: int, kind: str, ref: str, event_id: int | None, now: datetime
) -> None:
    """Let a webhook be told of an event as soon as may be."""
    at = micros(now)
    session.add(
        DeliveryRow(
            name=str(uuid.uuid4()), webhook_id=id_, kind=kind, ref=ref, event_id=event_id,
            state=WAITING, asked_at=at, due_at=at,
        )
    )  # fmt: skip
    session.flush()


def _row(session: Session, actor: Actor, id_: int) -> WebhookRow:
    row = session.get(WebhookRow, id_)
    if row is None or not may_keep(actor, row.scope):
        raise NotFound(gettext("There is no webhook %(number)s.", number=id_))
    return row


def _hook(row: WebhookRow) -> Webhook:
    kinds, at = tuple(row.kinds.split()), from_micros(row.created_at)
    return Webhook(row.id or 0, row.url, row.scope, kinds, row.is_active, row.failures, at)


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        row.id or 0,
        row.name,
        row.kind,
        row.ref,
        row.state,
        row.tries,
        from_micros(row.asked_at),
        from_micros(row.due_at),
        from_micros(row.tried_at) if row.tried_at is not None else None,
        row.status,
        row.latency_ms,
        row.response,
    )
