"""Figures for Prometheus: counters, gauges and the text in which they are told.

Source: the Prometheus text exposition format 0.0.4.
"""

import math
import threading
from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]

KINDS: Mapping[str, tuple[str, str]] = {
    "madang_lines_total": ("counter", "Live lines stored, by network."),
    "madang_lines_waiting": ("gauge", "Lines that wait for the database, by network."),
    "madang_lines_dropped_total": ("counter", "Lines dropped for want of memory, by network."),
    "madang_questions_ignored_total": (
        "counter",
        "Questions beyond what the bot answers, by network.",
    ),
    "madang_store_failures_total": ("counter", "Times that lines could not be stored, by network."),
    "madang_network_up": ("gauge", "Connections that are registered, by network."),
    "madang_consumer_failures_total": ("counter", "Times that a consumer failed, by consumer."),
    "madang_webhooks_total": ("counter", "Times that a webhook was told, by result."),
    "madang_mails_total": ("counter", "Mails that a server has taken."),
    "madang_mail_failures_total": ("counter", "Times that a mail could not be sent."),
}
"""The figures of the bots and the consumers: type and help."""


class Metrics:
    """The figures of one process. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[tuple[str, Labels], float] = {}

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count something up."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            self._values[key] = self._values.get(key, 0) + amount

    def put(self, name: str, value: float, **labels: str) -> None:
        """Set a figure to what it is now."""
        with self._lock:
            self._values[name, tuple(sorted(labels.items()))] = value

    def value(self, name: str, **labels: str) -> float:
        """Return a figure as it is now, 0 when it was never told."""
        with self._lock:
            return self._values.get((name, tuple(sorted(labels.items()))), 0)

    def text(self, kinds: Mapping[str, tuple[str, str]]) -> str:
        """Tell all figures, those of KINDS and those of `kinds`: (type, help) for each name.

        A name is listed even when nothing was counted yet.
        """
        with self._lock:
            values = sorted(self._values.items())
        lines: list[str] = []
        for name, (type_, help_) in {**KINDS, **kinds}.items():
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} {type_}"]
            lines += [f"{name}{_braced(ls)} {_figure(v)}" for (n, ls), v in values if n == name]
        return "\n".join(lines) + "\n"


def _braced(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
    return str(int(value)) if value == int(value) else repr(value)
