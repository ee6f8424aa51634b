"""Says on what machine the figures came about."""

import os
import platform
import sqlite3
from pathlib import Path


def machine(folder: Path) -> str:
    """Return one line: cores, processor, system, Python, SQLite, and the file system of the folder."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = (
        f"{cores} cores {_processor()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"{_file_system(folder)} file system",
    )
    return ", ".join(parts)


def load() -> float:
    """Return how many processes wanted a core in the last minute, on average."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def _file_system(folder: Path) -> str:
    """Return the type of the file system that holds the folder: of the longest mount point above it."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    mounts = [line.split()[1:3] for line in lines]
    above = {str(folder.resolve()), *map(str, folder.resolve().parents)}
    return max(((len(at), kind) for at, kind in mounts if at in above), default=(0, "unknown"))[1]
