"""Plays the recorded scenario of a real StoryBoard against a hub, and compares the answers."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from hub.accounts.people import create_person
from hub.accounts.tokens import create_token
from hub.app import App
from hub.people import Role, operator

OLGA = operator("olga")
PEOPLE = (
    ("super", "Super User", "su@example.org", Role.ADMINISTRATOR, "valid_superuser_token"),
    ("regular", "Regular User", "reg@example.org", Role.MEMBER, "valid_user_token"),
    ("other", "Other User", "oth@example.org", Role.MEMBER, "other_user_token"),
)

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_ENUM = re.compile(r"Value should be one of: .*")


@dataclass(frozen=True)
class Difference:
    """A call whose answer differs: what was recorded, and what came."""

    number: int
    call: str
    what: str
    recorded: Any
    told: Any


def let_in(app: App) -> Mapping[str, str]:
    """Make the people of the recording; return their tokens by the names that it has for them."""

    def write(session: Session) -> dict[str, str]:
        now, tokens = app.clock(), {}
        for slug, name, email, role, token in PEOPLE:
            create_person(session, OLGA, slug, name=name, email=email, role=role, now=now)
            end = now + timedelta(days=300)
            scopes = ("read", "write", "admin") if role is Role.ADMINISTRATOR else ("read", "write")
            tokens[token] = create_token(session, OLGA, slug, token, scopes, end, now)[1]
        return tokens

    return app.db.write(write)


def play(shared: Path, base: str, tokens: Mapping[str, str], folder: Path) -> list[dict[str, Any]]:
    """Play the scenario with these tokens; return what was answered."""
    script = (shared / "tools" / "storyboard_replay.py").read_text(encoding="utf-8")
    for name, secret in tokens.items():
        script = script.replace(name, secret)
    (folder / "replay.py").write_text(script, encoding="utf-8")
    out = folder / "answers.jsonl"
    subprocess.run([sys.executable, folder / "replay.py", base, out], check=True, timeout=300)
    return read(out)


def read(file: Path) -> list[dict[str, Any]]:
    """Return the answers of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def differences(recorded: list[dict[str, Any]], told: list[dict[str, Any]]) -> Iterator[Difference]:
    """Yield each difference in status, headers or body that is not one of time, order of choices or a 500."""
    for was, now in zip(recorded, told, strict=True):
        call = f"{was['role']} {was['method']} {was['path']} {json.dumps(was['body'])[:80]}"
        number = was["n"]
        if was["status"] >= 500:
            if now["status"] >= 500:
                yield Difference(number, call, "status", "no fault of ours", now["status"])
            continue
        if was["status"] != now["status"]:
            yield Difference(number, call, "status", was["status"], now["status"])
            continue
        heads = [
            {k: v for k, v in each["headers"].items() if k.startswith("x-")} for each in (was, now)
        ]
        if heads[0] != heads[1]:
            yield Difference(number, call, "headers", *heads)
        bodies = [_settled(each.get("json", each.get("text"))) for each in (was, now)]
        if bodies[0] != bodies[1]:
            yield Difference(number, call, "body", *bodies)


def _settled(value: Any) -> Any:
    """Return a body without what may differ: times, the order of choices, other people's addresses."""
    if isinstance(value, dict):
        return {
            name: _settled(each)
            for name, each in value.items()
            if name not in ("created_at", "updated_at", "last_login", "email", "openid", "version")
        }
    if isinstance(value, list):
        return [_settled(each) for each in value]
    if isinstance(value, str):
        if _STAMP.match(value):
            return "a moment"
        return _ENUM.sub("Value should be one of ...", value)
    return value
