"""What webhooks bring to the hub: their tables, and how their owners hear of them."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.people import find_row
from hub.clock import from_micros
from hub.consumers import Consumer
from hub.language import gettext
from hub.module import Module
from hub.notices.telling import News, Telling
from hub.people import Actor
from hub.personal import Erasure, Identity, Personal
from hub.refs import RefKind
from hub.webhooks.hooks import may_keep
from hub.webhooks.queue import webhook_consumer
from hub.webhooks.tables import TABLES, DeliveryRow, WebhookRow

if TYPE_CHECKING:
    from hub.app import App

ROOT = "/admin/webhooks"
_NEVER = re.compile(r"(?!)")


def webhooks() -> Module:
    """Build the module of webhooks."""
    return Module(
        name="webhooks",
        tables=TABLES,
        refs=(RefKind("webhook", _NEVER, lambda _match: (), _url, _label, _sees),),
        personal=Personal(export=_export, erase=_erase),
        telling=Telling("webhook", _latest, _between),
        consumers=_consumers,
    )


def _consumers(app: "App") -> Sequence[Consumer]:
    return [webhook_consumer(app)]


def _number(ref: str) -> int:
    return int(ref.partition(":")[2])


def _url(ref: str) -> str:
    return f"{ROOT}/{_number(ref)}"


def _label(session: Session, ref: str) -> str | None:
    row = session.get(WebhookRow, _number(ref))
    return gettext("Webhook %(url)s", url=row.url) if row else None


def _sees(session: Session, actor: Actor, ref: str) -> bool:
    row = session.get(WebhookRow, _number(ref))
    return row is not None and may_keep(actor, row.scope)


def _latest(session: Session, entries: Sequence[int]) -> Mapping[int, News]:
    rows = session.exec(select(DeliveryRow).where(col(DeliveryRow.id).in_(entries)))
    return {row.id or 0: _news(row) for row in rows}


def _between(session: Session, ref: str, first: int, last: int, limit: int) -> Sequence[News]:
    del ref, first
    row = session.get(DeliveryRow, last)
    return [_news(row)][:limit] if row else []


def _news(row: DeliveryRow) -> News:
    words = gettext("was switched off, as it failed again and again")
    at = from_micros(row.tried_at or row.asked_at)
    return News(row.id or 0, at, gettext("The webhook"), None, words, row.response)


def _export(session: Session, identity: Identity) -> Mapping[str, Any]:
    row = find_row(session, identity.slug)
    mine = select(WebhookRow).where(WebhookRow.person_id == (row.id if row else None))
    return {"webhooks": [hook.model_dump(exclude={"secret"}) for hook in session.exec(mine)]}


def _erase(session: Session, erasure: Erasure, _position: int) -> int | None:
    """Forget what receivers answered: they may have said names. The webhooks stay, they are the hub's."""
    del erasure
    told = sa.update(DeliveryRow).where(col(DeliveryRow.response) != "").values(response="")
    session.connection().execute(told)
    return None
