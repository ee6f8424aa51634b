"""What a benchmark finds: figures with their runs, what they should be, and the table of them."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should be: at least or at most so much."""

    value: float
    at_least: bool

    def is_met(self, value: float) -> bool:
        """Tell whether a median is good enough."""
        return value >= self.value if self.at_least else value <= self.value

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {number(self.value)}"


def at_least(value: float) -> Target:
    """Return the target of what should be large."""
    return Target(value, at_least=True)


def at_most(value: float) -> Target:
    """Return the target of what should be small."""
    return Target(value, at_least=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what each run gave, in `unit`."""

    name: str
    unit: str
    runs: Sequence[float]
    target: Target | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The middle one of the runs."""
        return statistics.median(self.runs)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met, None without one."""
        return self.target.is_met(self.median) if self.target else None

    def as_json(self) -> dict[str, Any]:
        """Return all of it for a machine."""
        target = asdict(self.target) if self.target else None
        told = {"name": self.name, "unit": self.unit, "median": self.median, "runs": [*self.runs]}
        return told | {"target": target, "met": self.is_met, "note": self.note}


def number(value: float) -> str:
    """Return a number with three digits that count, or all of its whole ones."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return ours by theirs, run by run: what slows the machine slows both."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def repeated(runs: int, measure: Callable[[], float]) -> list[float]:
    """Measure so often."""
    return [measure() for _ in range(runs)]


_HEADS = ("figure", "median", "lowest", "highest", "unit", "target", "")


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table of text."""
    rows = [_HEADS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    lines = [_laid_out(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _row(figure: Figure) -> tuple[str, ...]:
    verdict = {None: "", True: "met", False: "NOT MET"}[figure.is_met]
    told = (number(figure.median), number(min(figure.runs)), number(max(figure.runs)))
    target = str(figure.target) if figure.target else ""
    return (figure.name, *told, figure.unit, target, " ".join(filter(None, (verdict, figure.note))))


def _laid_out(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if 1 <= place <= 3 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
