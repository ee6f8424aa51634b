"""The pulse: who waits is woken by every commit, wherever it happened, and by nothing else."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub import bootstrap
from hub.app import App
from hub.db import Database
from hub.pulse import Pulse
from hub.tables import SettingRow
from tests.databases import config_for
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]

COMMITS = """
import sys, time
from hub.db import Database
from hub.tables import SettingRow
db = Database(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    db.write(lambda s: s.add(SettingRow(name=line.strip(), value="x")))
    print(time.time(), flush=True)
"""


async def settled(pulse: Pulse) -> int:
    """Wait until nothing beats any more; return the count."""
    while True:
        count = pulse.count
        await asyncio.sleep(0.3)
        if pulse.count == count:
            return count


async def test_a_commit_of_another_process_wakes_within_a_quarter_second(app: App) -> None:
    command = [sys.executable, "-c", COMMITS, app.config.database_url]
    pipe = subprocess.PIPE
    delays = []
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == "ready\n"
        async with app.pulse.running():
            for i in range(7):
                count = await settled(app.pulse)
                other.stdin.write(f"{i}\n")
                other.stdin.flush()
                await app.pulse.after(count, 10)
                woken = time.time()
                assert app.pulse.count > count
                delays.append(woken - float(await asyncio.to_thread(other.stdout.readline)))
    assert sorted(delays)[3] < 0.25


async def test_a_commit_of_this_process_wakes_at_once(app: App) -> None:
    async with app.pulse.running():
        count = await settled(app.pulse)
        began = time.monotonic()
        await app.write(lambda s: s.add(SettingRow(name="a", value="x")))
        await app.pulse.after(count, 10)
        assert app.pulse.count > count
        assert time.monotonic() - began < 5


async def test_reading_and_writing_nothing_wake_nobody(app: App) -> None:
    other = Database(app.config.database_url)
    async with app.pulse.running():
        count = await settled(app.pulse)
        for _ in range(5):
            await asyncio.to_thread(other.read, lambda s: s.get(SettingRow, "a"))
            await asyncio.to_thread(other.write, lambda s: s.get(SettingRow, "a"))
        assert await settled(app.pulse) == count
    other.close()


async def test_what_was_committed_before_the_wait_is_not_waited_for(app: App) -> None:
    async with app.pulse.running():
        count = await settled(app.pulse)
        app.pulse.beat()
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await app.pulse.after(count, 60)


async def test_waiting_ends_without_a_beat_too(app: App) -> None:
    async with app.pulse.running():
        count = await settled(app.pulse)
        async with asyncio.timeout(5):
            await app.pulse.after(count, 0.05)


async def test_the_pulse_wakes_when_it_begins_to_look(app: App) -> None:
    async with app.pulse.running():
        async with asyncio.timeout(10):
            await app.pulse.after(0, 60)
        assert app.pulse.count >= 1


async def test_the_pulse_comes_back_with_postgresql(tmp_path: Path) -> None:
    with Postgres() as server:
        app = bootstrap.build(config_for(server.create_database(), tmp_path))
        async with app.pulse.running():
            await settled(app.pulse)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            other = Database(app.config.database_url)

            async def woken() -> bool:
                count = app.pulse.count
                await asyncio.to_thread(
                    other.write, lambda s: s.add(SettingRow(name=str(time.time()), value="x"))
                )
                await app.pulse.after(count, 0.5)
                return app.pulse.count > count

            async with asyncio.timeout(20):
                while not await woken():
                    pass
            count = await settled(app.pulse)
            assert await woken()
            assert app.pulse.count > count
            other.close()
        app.db.close()
