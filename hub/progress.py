"""How far long work has come: a bar on a terminal, a plain line for each tenth elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.terminal import on_one_line

Step = Callable[[str], None]
"""Says that one more thing is done, and what it is called."""

_NAME = 40


@contextmanager
def counted(total: int, what: str) -> Iterator[Step]:
    """Show on standard error how many of so many things are done."""
    if not sys.stderr.isatty():
        yield _Tenths(total, what).step
        return
    # Here, as few commands show a bar, and all would wait for it.
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda name: bar.update(
            task, advance=1, description=escape(on_one_line(name)[-_NAME:])
        )


class _Tenths:
    """Progress for a log: one line for each tenth."""

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total or 1, what
        self._done = self._tenth = 0

    def step(self, _name: str) -> None:
        """Count one more, and print a line when another tenth is done."""
        self._done += 1
        tenth = self._done * 10 // self._total
        if tenth > self._tenth:
            self._tenth = tenth
            print(f"{tenth * 10} % of {self._total} {self._what}", file=sys.stderr)
