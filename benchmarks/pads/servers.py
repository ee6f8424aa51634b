"""The servers that are measured, each a process: ours, the one that comes with y-websocket, Hocuspocus."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.madang import Failed, command, free_port, stop, surroundings, wait_for_pages

_NODE = Path(__file__).parent / "node"
_REFERENCE = "node_modules/@y/websocket-server/src/server.js"
_START_S = 20.0
_CONFIG = "[pads]\neditors = 10000\n"


@contextmanager
def madang(folder: Path, data: Path) -> Iterator[tuple[int, int]]:
    """Run `madang web`; give its port and its process."""
    port, config = free_port(), folder / "madang.toml"
    config.write_text(_CONFIG, encoding="utf-8")
    where = ("--host", "127.0.0.1", "--port", str(port))
    argv = command("web", "--config", str(config), "--data", str(data), *where)
    with _running(argv, folder / "madang.out", {}, None) as pid:
        wait_for_pages(port)
        yield port, pid


@contextmanager
def reference(folder: Path) -> Iterator[tuple[int, int]]:
    """Run the server of the Yjs project; it keeps nothing on disk."""
    port = free_port()
    env = {"HOST": "127.0.0.1", "PORT": str(port), "NODE_ENV": "production"}
    with _running(["node", _REFERENCE], folder / "reference.out", env, _NODE) as pid:
        _wait_for(port)
        yield port, pid


@contextmanager
def hocuspocus(folder: Path) -> Iterator[tuple[int, int]]:
    """Run Hocuspocus without any extension: it keeps nothing on disk."""
    port, env = free_port(), {"NODE_ENV": "production"}
    with _running(
        ["node", "hocuspocus.mjs", str(port)], folder / "hocuspocus.out", env, _NODE
    ) as pid:
        _wait_for(port)
        yield port, pid


def install() -> bool:
    """Install what package-lock.json pins, once. Tell whether the servers under Node are there."""
    if shutil.which("npm") is None:
        return False
    lock, done = _NODE / "package-lock.json", _NODE / "node_modules" / ".installed"
    if done.exists() and done.read_bytes() == lock.read_bytes():
        return True
    argv = ["npm", "ci", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(argv, cwd=_NODE).returncode:
        return False
    done.write_bytes(lock.read_bytes())
    return True


@contextmanager
def _running(
    argv: Sequence[str], told: Path, env: Mapping[str, str], cwd: Path | None
) -> Iterator[int]:
    around = surroundings()
    around["env"] = {**os.environ, **around["env"], **env}
    around["cwd"] = cwd or around["cwd"]
    with told.open("wb") as out:
        process = subprocess.Popen(argv, **around, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process.pid
    finally:
        stop(process)


def _wait_for(port: int) -> None:
    upto = time.monotonic() + _START_S
    while time.monotonic() < upto:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Failed(f"nobody listens on port {port} after {_START_S:.0f} s")
