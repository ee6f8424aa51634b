"""Wait for a condition, with a deadline, instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLate(AssertionError):
    """What was waited for did not come in time."""


def wait_until(condition: Callable[[], T], what: str, timeout_s: float = 15.0) -> T:
    """Return the condition's first true value.

    Raises: TooLate, naming `what`, when the deadline passes.
    """
    deadline = time.monotonic() + timeout_s
    pause_s = 0.002
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TooLate(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.05)
    return value
