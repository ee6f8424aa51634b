"""What is somebody's own: what clients keep for them, and their tokens."""

import json
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, func, select

from hub.accounts.people import require_row
from hub.accounts.tables import PersonRow
from hub.accounts.tokens import SCOPES, TokenInfo, create_token, list_tokens, revoke_token
from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound, Refused
from tracker.storyboard.bodies import number
from tracker.storyboard.preference_tables import PreferenceRow
from tracker.storyboard.wire import GONE, Call, Fault, Reply, moment, not_found

_SHORTEST_KEY, _LONGEST_KEY, _LONGEST_VALUE, _MOST = 3, 100, 255, 500
_LONG_S = int(timedelta(days=365).total_seconds())
_ELSEWHERE = "A token's secret and end stay as they are. Make another one, and delete this."


def show_preferences(call: Call) -> Reply:
    """Tell what clients keep for who asks."""
    return Reply(_preferences(call, _own(call, "You can't read preferences of other users.")))


def change_preferences(call: Call) -> Reply:
    """Keep what a client sends; null takes a setting away."""
    person = _own(call, "You can't change preferences of other users.")
    for key, value in call.given.items():
        _check(key, value)
        row = call.session.get(PreferenceRow, (person, key))
        if value is None:
            if row is not None:
                call.session.delete(row)
            continue
        row = row or PreferenceRow(person_id=person, key=key, value="")
        row.value = json.dumps(value, ensure_ascii=False)
        call.session.add(row)
    call.session.flush()
    count = select(func.count()).where(col(PreferenceRow.person_id) == person)
    if call.session.exec(count).one() > _MOST:
        raise Fault(400, f"There may be at most {_MOST} preferences. Send null for those to drop.")
    return Reply(_preferences(call, person))


def list_own_tokens(call: Call) -> Reply:
    """List somebody's tokens; their secrets were told when they were made."""
    owner = _owner(call)
    told = [_token(owner, info) for info in reversed(list_tokens(call.session, owner.slug))]
    return Reply(told, headers={"X-Total": str(len(told))}, is_one=False)


def show_token(call: Call) -> Reply:
    """Show one token."""
    owner = _owner(call)
    return Reply(_token(owner, _known(call, owner)))


def add_token(call: Call) -> Reply:
    """Make a token for oneself, with a secret of the hub's own; what it may is what who asks may."""
    owner, body = _owner(call), call.given
    if number(body, "user_id") != owner.id:
        raise Fault(403, "token_entity.user_id or user_id is wrong.")
    life = number(body, "expires_in") or _LONG_S
    ends = call.now + timedelta(seconds=min(life, 10 * _LONG_S))
    scopes = [scope for scope in SCOPES if scope != "admin" or call.is_super]
    try:
        info, secret = create_token(
            call.session, call.actor, owner.slug, "StoryBoard API", scopes, ends, call.now
        )
    except (Refused, Invalid) as error:
        raise Fault(403, f"{error} Tokens are made at /me/tokens.") from error
    except Conflict as error:
        raise Fault(409, str(error)) from error
    return Reply(_token(owner, info, secret))


def change_token(call: Call) -> Reply:
    """Refuse: what was told once does not change."""
    _known(call, _owner(call))
    raise Fault(403, _ELSEWHERE)


def delete_token(call: Call) -> Reply:
    """End one token."""
    owner = _owner(call)
    _revoke(call, owner, _known(call, owner))
    return GONE


def delete_tokens(call: Call) -> Reply:
    """End all tokens of somebody."""
    owner = _owner(call)
    for info in list_tokens(call.session, owner.slug):
        _revoke(call, owner, info)
    return GONE


def _own(call: Call, refusal: str) -> int:
    """Return the number in the address, which has to be that of who asks. Raises: Denied, Fault."""
    call.need_login()
    if call.number("uid", "user_id") != call.me:
        raise Fault(403, refusal)
    return call.me


def _owner(call: Call) -> PersonRow:
    """Return whose tokens are spoken of: one's own, or anybody's for an administrator.

    Raises: Denied, Fault.
    """
    call.need_login()
    row = call.session.get(PersonRow, call.number("uid", "user_id"))
    if row is None or not (row.id == call.me or call.is_super):
        raise Fault(403, "You are not admin and can't do this.")
    return require_row(call.session, row.slug)


def _known(call: Call, owner: PersonRow) -> TokenInfo:
    id_ = call.number("tid", "token_id")
    for info in list_tokens(call.session, owner.slug):
        if info.id == id_:
            return info
    raise not_found("Token", id_, ended=True)


def _revoke(call: Call, owner: PersonRow, info: TokenInfo) -> None:
    try:
        revoke_token(call.session, call.actor, owner.slug, info.id, now=call.now)
    except Refused as error:
        raise Fault(403, f"{error} Tokens are ended at /me/tokens.") from error
    except NotFound as error:
        raise not_found("Token", info.id, ended=True) from error


def _token(owner: PersonRow, info: TokenInfo, secret: str | None = None) -> Mapping[str, Any]:
    life = info.expires_at - info.created_at if info.expires_at else None
    return {
        "user_id": owner.id,
        "access_token": secret,
        "expires_in": int(life.total_seconds()) if life else None,
        "id": info.id,
        "created_at": moment(micros(info.created_at)),
        "updated_at": None,
    }


def _preferences(call: Call, person: int) -> Mapping[str, Any]:
    rows = call.session.exec(
        select(PreferenceRow).where(PreferenceRow.person_id == person).order_by(PreferenceRow.key)
    )
    return {row.key: json.loads(row.value) for row in rows}


def _check(key: str, value: object) -> None:
    if not (_SHORTEST_KEY <= len(key) <= _LONGEST_KEY and key.isprintable()):
        raise Fault(400, f"A preference's key has {_SHORTEST_KEY} to {_LONGEST_KEY} characters.")
    if value is not None and not isinstance(value, str | int | float | bool):
        raise Fault(400, f"The preference {key} has to be a text, a number, true or false.")
    if isinstance(value, float) and not math.isfinite(value):
        raise Fault(400, f"The preference {key} has to be a number that can be told.")
    if len(str(value)) > _LONGEST_VALUE or (isinstance(value, str) and "\x00" in value):
        raise Fault(400, f"The preference {key} may have at most {_LONGEST_VALUE} characters.")
