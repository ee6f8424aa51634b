"""The program as its users run it: its commands in processes of their own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


class Failed(RuntimeError):
    """A program that was to be measured did not do its work."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds by the clock and of the processor, megabytes at its highest."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


def run(data: Path, *arguments: str) -> Cost:
    """Run a command of madang on a data folder to its end.

    Raises: Failed when it fails.
    """
    log, told = data.with_suffix(".out"), data.with_suffix(".cost")
    argv = [sys.executable, "-c", _MEASURED, str(told), *command(*arguments, "--data", str(data))]
    with log.open("wb") as out:
        status = subprocess.run(
            argv, **surroundings(), stdout=out, stderr=subprocess.STDOUT
        ).returncode
    output = log.read_text(encoding="utf-8", errors="replace")
    if status:
        raise Failed(f"madang {' '.join(arguments)} ended with {status}:\n{output}")
    wall_s, cpu_s, peak_kb = map(float, told.read_text(encoding="utf-8").split())
    return Cost(
        wall_s, cpu_s, peak_kb / (1024 * 1024 if sys.platform == "darwin" else 1024), output
    )


# A small process starts the command and measures it: Linux counts the memory of the one that forks too.
_MEASURED = """
import pathlib, resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.run(sys.argv[2:]).returncode
wall_s = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
told = f"{wall_s} {used.ru_utime + used.ru_stime} {used.ru_maxrss}"
pathlib.Path(sys.argv[1]).write_text(told)
sys.exit(status)
"""


def command(*arguments: str) -> list[str]:
    """Return what starts a command of this tree's madang."""
    return [sys.executable, "-m", "hub.cli", *arguments]


@contextmanager
def running(data: Path, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command of madang while this is entered; it is asked to end at the end."""
    with data.with_suffix(".out").open("wb") as out:
        process = subprocess.Popen(
            command(*arguments, "--data", str(data)),
            **surroundings(),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to end, and end it when it doesn't."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def surroundings() -> dict[str, Any]:
    """Run in the tree, with compiled modules kept as an installation has them."""
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {"cwd": ROOT, "env": environ, "stdin": subprocess.DEVNULL}


def lines_per_s(lines: int, cost: Cost) -> float:
    """Return the pace of a command by the clock, its start included."""
    return lines / cost.wall_s


def tail(data: Path, lines: int = 20) -> str:
    """Return the last words of a command that `running` started."""
    text = data.with_suffix(".out").read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def free_port() -> int:
    """Return a port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(server: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return what a server says next, a line of JSON. Raises: Failed when it ends instead."""
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        raise Failed("the server has ended")
    told: dict[str, Any] = json.loads(line)
    return told


def wait_for_pages(port: int, longest_s: float = 60.0) -> None:
    """Wait until the pages are served.

    Raises: Failed when they are not in time.
    """
    upto = time.monotonic() + longest_s
    while time.monotonic() < upto:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass  # it starts
        finally:
            connection.close()
        time.sleep(0.05)
    raise Failed(f"no pages on port {port} after {longest_s:.0f} s")
