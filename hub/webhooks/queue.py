"""What waits to be told: put there from the outbox, taken by whoever sends, and what became of it.

Promise: at least once. A delivery stands in the queue from the transaction in which the consumer passed the
event; whoever takes it pushes it a minute away, so that it comes again should the sender die.
"""

import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import from_micros, micros
from hub.consumers import Consumer
from hub.events import Event, events_since, last_event, take_turn
from hub.module import Module
from hub.notices.gathering import Inboxes
from hub.notices.letters import inboxes
from hub.notices.reasons import Reason
from hub.notices.telling import Happening
from hub.tables import EventRow
from hub.webhooks.hooks import PING, hook_ref, put
from hub.webhooks.tables import DONE, DROPPED, FAILED, WAITING, DeliveryRow, WebhookRow
from hub.webhooks.telling import Told

if TYPE_CHECKING:
    from hub.app import App

_EVENTS = 100
_CLAIMED = timedelta(minutes=1)
_FIRST_PAUSE_S = 30.0
_LONGEST_PAUSE_S = 2 * 3600.0
GIVES_UP = timedelta(days=1)
KEPT = timedelta(days=14)
"""So long the log of what was told is kept."""
OFF_AFTER = 40
"""Tries in a row that failed, after which a webhook is switched off."""
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is due, ready to be sent."""

    id: int
    hook: int
    name: str
    kind: str
    url: str
    secret: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try. status: None when there was no answer. is_final: no other try will do better."""

    status: int | None
    latency_ms: int
    response: str
    is_final: bool = False

    @property
    def is_good(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


def known_kinds(modules: Sequence[Module]) -> Sequence[str]:
    """Return the names of all events of which webhooks can be told."""
    return [name for module in modules for name in module.public]


def webhook_consumer(app: "App") -> Consumer:
    """Return what puts into the queue what webhooks are to be told."""
    url = app.config.public_url

    def step(session: Session, cursor: int) -> int:
        hooks = session.exec(select(WebhookRow).where(col(WebhookRow.is_active))).all()
        if not hooks:
            return max(cursor, last_event(session))
        for event in events_since(session, cursor, _EVENTS):
            wanted = [hook for hook in hooks if event.name in hook.kinds.split()]
            told = _told(app.modules, session, event, url) if wanted else None
            for hook in wanted if told is not None else ():
                if not hook.scope or (told is not None and hook.scope in told.scopes):
                    put(session, hook.id or 0, event.name, event.ref, event.id, app.clock())
            cursor = event.id
        return cursor

    return Consumer("webhooks", "exactly once into the queue, at least once told", step)


def next_due(session: Session, busy: Collection[int]) -> datetime | None:
    """Return when the next delivery is due, of webhooks that nobody here is telling; None for none."""
    query = select(sa.func.min(DeliveryRow.due_at)).where(*_sendable(busy))
    first = session.exec(query).one()
    return None if first is None else from_micros(first)


def take(session: Session, app: "App", busy: Collection[int], *, now: datetime) -> Parcel | None:
    """Take the next delivery that is due; None when there is none, or its turn led to nothing."""
    take_turn(session, "webhooks")
    row = session.exec(
        select(DeliveryRow)
        .where(*_sendable(busy), col(DeliveryRow.due_at) <= micros(now))
        .order_by(col(DeliveryRow.due_at), col(DeliveryRow.id))
        .limit(1)
    ).first()
    if row is None:
        return None
    hook = session.get_one(WebhookRow, row.webhook_id)
    body = _body(session, app, row)
    row.tried_at = micros(now)
    session.add(row)
    if body is None:
        row.state, row.response, row.ref = DROPPED, "", ""
        return None
    row.tries += 1
    row.due_at = micros(now + _CLAIMED)
    told = json.dumps(body, ensure_ascii=False).encode()
    return Parcel(row.id or 0, hook.id or 0, row.name, row.kind, hook.url, hook.secret, told)


def settle(
    session: Session, app: "App", parcel: Parcel, outcome: Outcome, *, now: datetime
) -> None:
    """Note what came of a try; what failed is tried again, less and less often, for a day."""
    take_turn(session, "webhooks")
    row, hook = session.get(DeliveryRow, parcel.id), session.get(WebhookRow, parcel.hook)
    if row is None or hook is None:
        return  # deleted meanwhile
    row.status, row.latency_ms = outcome.status, outcome.latency_ms
    row.response = _kept(outcome.response)
    if outcome.is_good:
        row.state, hook.failures = DONE, 0
    else:
        hook.failures += 1
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(row.tries - 1, 12))
        due = now + timedelta(seconds=pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads
        row.due_at = micros(due)
        if outcome.is_final or row.kind == PING or due > from_micros(row.asked_at) + GIVES_UP:
            row.state = FAILED
        if hook.failures >= OFF_AFTER and hook.is_active:
            hook.is_active = False
            _tell_owner(session, inboxes(app), hook, row, now)
    session.add(row)
    session.add(hook)
    old = (col(DeliveryRow.webhook_id) == hook.id) & (
        col(DeliveryRow.asked_at) < micros(now - KEPT)
    )
    session.connection().execute(sa.delete(DeliveryRow).where(old))


def _sendable(busy: Collection[int]) -> Sequence[Any]:
    """Return the conditions of what may be sent: tests always, all else to webhooks that are on."""
    off = select(WebhookRow.id).where(col(WebhookRow.is_active).is_(False))
    return (
        DeliveryRow.state == WAITING,
        col(DeliveryRow.webhook_id).not_in(busy),
        (col(DeliveryRow.kind) == PING) | col(DeliveryRow.webhook_id).not_in(off),
    )


def _body(session: Session, app: "App", row: DeliveryRow) -> dict[str, Any] | None:
    """Return what is told now; None for what is no longer for everybody, or gone."""
    head = {"event": row.kind, "delivery": row.name, "hub": app.config.public_url}
    if row.kind == PING:
        return head | {"at": from_micros(row.asked_at).isoformat()}
    kept = session.get(EventRow, row.event_id)
    if kept is None:
        return None
    event = Event(kept.id or 0, from_micros(kept.at), kept.name, kept.ref, kept.actor)
    told = _told(app.modules, session, event, app.config.public_url)
    return None if told is None else head | {"at": event.at.isoformat(), **told.body}


def _told(modules: Sequence[Module], session: Session, event: Event, url: str) -> Told | None:
    tell = next((m.public[event.name] for m in modules if event.name in m.public), None)
    return tell(session, event, url) if tell else None


def _tell_owner(
    session: Session, filled: Inboxes, hook: WebhookRow, row: DeliveryRow, now: datetime
) -> None:
    if hook.person_id is None:
        return
    concerns = {hook.person_id: frozenset({Reason.AUTHOR})}
    ref = hook_ref(hook.id or 0)
    filled.gather(session, Happening(ref, row.id or 0, now, concerns, is_open=False))


def _kept(text: str) -> str:
    """Return the beginning of an answer as it can be kept and shown."""
    return "".join(c for c in text[:_LONGEST] if c.isprintable() or c == "\n")
