"""Figures: how long the tracker's API takes at the server, in a community of a real one's size.

Each request goes through the whole application but for the network, so often that the slowest of twenty is
told, too. PostgreSQL is measured where an empty database is named by MADANG_BENCH_POSTGRESQL (a URL).
Writing is measured through the API with a token, as a program does it.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from benchmarks import hub
from benchmarks.figures import Figure, at_most
from benchmarks.stories import Plan, Size, fill_plans, fill_tracker
from hub.accounts.tokens import create_token
from hub.app import App
from hub.memory import spare_collector
from hub.people import operator
from web.app import make_app

_POSTGRESQL = "MADANG_BENCH_POSTGRESQL"
_READ_MS, _WRITE_MS = 25, 10

READS = (
    ("story list", "/stories?limit=10"),
    ("story list, last changed", "/stories?limit=10&sort_field=updated_at&sort_dir=desc"),
    ("active stories", "/stories?status=active&limit=10"),
    ("active stories of a project", "/stories?status=active&project_id=3&limit=10"),
    ("a hundred stories of a project", "/stories?project_id=3&limit=100"),
    ("stories with a tag", "/stories?tags=tag3"),
    ("story search", "/stories/search?q=neutron&limit=20"),
    ("one story", "/stories/7"),
    ("its events", "/stories/7/events"),
    ("its tasks", "/stories/7/tasks"),
    ("its comments", "/stories/7/comments"),
    ("task list", "/tasks?limit=20"),
    ("task search", "/tasks/search?q=neutron&limit=20"),
    ("tags", "/tags"),
    ("board list", "/boards"),
    ("a board of a hundred cards", "/boards/1"),
    ("a worklist of a hundred", "/worklists/1"),
    ("events everywhere", "/events?limit=20"),
    ("last events everywhere", "/events?limit=20&sort_field=id&sort_dir=desc"),
)
"""What is asked for, by what it is called."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the tracker is, and how often each thing is asked for."""

    size: Size
    times: int
    cards: int = 100


FULL = Sizes(Size(), times=40)
QUICK = Sizes(Size(stories=200, people=20, projects=12, tags=10), times=3, cards=8)


def figures(folder: Path, sizes: Sizes) -> Sequence[Figure]:
    """Measure SQLite, and PostgreSQL where there is one."""
    url = os.environ.get(_POSTGRESQL, "")
    found = list(_measured("SQLite", folder / "sqlite", "", sizes))
    if url:
        found += _measured("PostgreSQL", folder / "postgresql", url, sizes)
    return found


def _measured(name: str, data: Path, url: str, sizes: Sizes) -> Iterator[Figure]:
    with hub.opened(data, url) as app:
        fill_tracker(app, sizes.size)
        plan = fill_plans(app, sizes.cards)
        token = _token(app)
        shell = make_app(app)
        spare_collector()  # as the program does that serves pages
        for what, path in READS:
            times = asyncio.run(_timed(shell, [Request("GET", path)] * sizes.times))
            yield _figure(f"{name}: {what}", times, _READ_MS)
        for what, requests in _writes(sizes.times, plan).items():
            told = [Request(*each, token=token) for each in requests]
            yield _figure(f"{name}: {what}", asyncio.run(_timed(shell, told)), _WRITE_MS)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `body` is JSON."""

    method: str
    path: str
    body: bytes = b""
    token: str = ""


def _writes(times: int, plan: Plan) -> Mapping[str, Sequence[tuple[str, str, bytes]]]:
    numbers = range(1, times + 1)
    return {
        "file a story": [("POST", "/stories", b'{"title": "Story %d"}' % n) for n in numbers],
        "add a task": [
            ("POST", "/tasks", b'{"title": "Mend", "story_id": %d, "project_id": 3}' % n)
            for n in numbers
        ],
        "comment": [
            ("POST", f"/stories/{n}/comments", b'{"content": "Mine, too"}') for n in numbers
        ],
        "move a task": [("PUT", f"/tasks/{2 * n}", b'{"status": "review"}') for n in numbers],
        "retitle a story": [("PUT", f"/stories/{n}", b'{"title": "Newly told"}') for n in numbers],
        "move a card": [("PUT", *_moved(plan, n)) for n in numbers],
    }


def _moved(plan: Plan, number: int) -> tuple[str, bytes]:
    """Return where a card goes: the lanes take turns."""
    card, lane = plan.cards[number % len(plan.cards)], plan.lanes[number % len(plan.lanes)]
    body = b'{"item_id": %d, "list_id": %d, "list_position": 0}' % (card, lane)
    return f"/worklists/{plan.lanes[0]}/items/{card}", body


async def _timed(shell: Starlette, requests: Sequence[Request]) -> list[float]:
    await _answered(shell, requests[0])  # what is read once in a life is no figure
    found = []
    for request in requests:
        began = time.perf_counter()
        await _answered(shell, request)
        found.append((time.perf_counter() - began) * 1000)
    return found


async def _answered(shell: Starlette, request: Request) -> None:
    path, _, query = f"/api/v1{request.path}".partition("?")
    scope = hub.scope(path, shell) | {"method": request.method, "query_string": query.encode()}
    if request.token:
        scope["headers"] = [
            (b"host", b"127.0.0.1:8080"),
            (b"authorization", f"Bearer {request.token}".encode()),
        ]
    status = 0

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    await shell(scope, receive, send)  # type: ignore[arg-type]
    if status != 200:
        raise LookupError(f"{request.method} {request.path} answers {status}")


def _token(app: App) -> str:
    now = app.clock()
    end = now + timedelta(days=1)
    scopes, who = ("read", "write"), operator("bench")
    return app.db.write(lambda s: create_token(s, who, "p1", "bench", scopes, end, now)[1])


def _figure(name: str, times: Sequence[float], most_ms: float) -> Figure:
    p95 = statistics.quantiles(times, n=20)[-1]
    note = f"median {statistics.median(times):.3g}, max {max(times):.3g}"
    return Figure(f"{name}, p95", "ms", [p95], at_most(most_ms), note)
