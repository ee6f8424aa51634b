"""Figures: a hundred people type in one pad, five hundred read: how late it comes, and what it costs.

The same crowd (load.py) comes to each server in turns. Ours has every key on disk before it shows it to
anybody; the others keep nothing. A server that can't keep up is measured by what it delivers meanwhile.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import Figure, Target, at_least, at_most, ratios
from benchmarks.madang import Failed, surroundings
from benchmarks.pads import servers
from benchmarks.pads.load import Found, Load

_OURS, _REFERENCE, _HOCUSPOCUS = "Madang", "@y/websocket-server", "Hocuspocus"


@dataclass(frozen=True, slots=True)
class Size:
    """Who is there, for how long, and how often."""

    writers: int
    readers: int
    counted_s: float
    runs: int


FULL = Size(writers=100, readers=500, counted_s=15, runs=3)
QUICK = Size(writers=10, readers=30, counted_s=2, runs=1)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure ours, and the others where Node is."""
    names = [_OURS, _REFERENCE, _HOCUSPOCUS] if servers.install() else [_OURS]
    found: dict[str, list[Found]] = {name: [] for name in names}
    for run in range(size.runs):
        for name in names:
            place = folder / f"{run}-{len(found[name])}-{names.index(name)}"
            place.mkdir()
            found[name].append(_measured(name, place, size))
    return list(_told(found, size))


def _measured(name: str, folder: Path, size: Size) -> Found:
    if name == _OURS:
        with servers.madang(folder, folder / "data") as (port, pid):
            return _crowd(Load(port, "/ws/pads/crowd?ack=1", pid, **_people(size)))
    if name == _REFERENCE:
        with servers.reference(folder) as (port, pid):
            return _crowd(Load(port, "/crowd", pid, **_people(size)))
    with servers.hocuspocus(folder) as (port, pid):
        return _crowd(Load(port, "/crowd", pid, document="crowd", **_people(size)))


def _people(size: Size) -> Mapping[str, float]:
    return {"writers": size.writers, "readers": size.readers, "counted_s": size.counted_s}


def _crowd(load: Load) -> Found:
    argv = [sys.executable, "-m", "benchmarks.pads.load", json.dumps(asdict(load))]
    told = subprocess.run(argv, **surroundings(), capture_output=True, text=True)
    if told.returncode:
        raise Failed(f"the crowd did not stay: {told.stderr}")
    return Found(**json.loads(told.stdout))


def _told(found: Mapping[str, Sequence[Found]], size: Size) -> Iterator[Figure]:
    for name, runs in found.items():
        told = f"{name}, {size.writers} write, {size.readers} read"
        target = at_most(500) if name == _OURS else None
        note = f"{max(run.lost for run in runs):.0f} % not in time" * any(run.lost for run in runs)
        yield Figure(f"{told}: late, median", "ms", [run.p50_ms for run in runs])
        yield Figure(f"{told}: late, 95 of 100", "ms", [run.p95_ms for run in runs], target, note)
        yield _figure(f"{told}: delivered of what is written", "%", _arrived(runs))
        yield _figure(f"{told}: delivered", "updates/CPU s", _pace(runs))
        yield _figure(
            f"{told}: the crowd's own CPU", "%", [100 * r.own_s / r.seconds for r in runs]
        )
    for name in [other for other in found if other != _OURS]:
        by = ratios(_pace(found[_OURS]), _pace(found[name]))
        target = at_least(2) if name == _REFERENCE else None
        yield _figure(f"delivered per CPU second, Madang by {name}", "times", by, target)


def _figure(name: str, unit: str, runs: Sequence[float], target: Target | None = None) -> Figure:
    return Figure(name, unit, runs, target)


def _arrived(runs: Sequence[Found]) -> list[float]:
    return [100 * run.delivered / run.asked for run in runs]


def _pace(runs: Sequence[Found]) -> list[float]:
    return [run.delivered / run.cpu_s for run in runs]
