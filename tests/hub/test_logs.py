"""Logs and figures: what strangers write can't forge a record, and programs can read them."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.logs import JsonFormatter, TextFormatter
from hub.metrics import Metrics
from hub.request_id import request_id


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    """Return a record as a logger makes it."""
    made = logging.LogRecord("hub.test", logging.WARNING, "x.py", 1, message, args, None)
    vars(made).update(extra)
    return made


def failed(message: str) -> logging.LogRecord:
    """Return the record of an error with that message."""
    made = record("it failed")
    try:
        raise ValueError(message)
    except ValueError:
        made.exc_info = sys.exc_info()
    return made


@pytest.fixture
def in_request() -> Iterator[str]:
    """A request that is being answered."""
    token = request_id.set("req-1")
    yield "req-1"
    request_id.reset(token)


def test_a_record_is_one_json_object_with_its_request(in_request: str) -> None:
    told = json.loads(JsonFormatter().format(record("%s said %r", "ann", "hi", network="oftc")))
    assert datetime.fromisoformat(told.pop("at")).tzinfo is not None
    assert told == {
        "level": "warning",
        "logger": "hub.test",
        "message": "ann said 'hi'",
        "request_id": in_request,
        "network": "oftc",
    }


def test_outside_of_requests_there_is_no_id() -> None:
    assert "request_id" not in json.loads(JsonFormatter().format(record("x")))


@given(st.text(), st.text())
def test_no_text_makes_a_json_record_two_lines(message: str, extra: str) -> None:
    line = JsonFormatter().format(record("%s", message, nick=extra))
    assert "\n" not in line
    assert "\r" not in line
    told = json.loads(line)
    assert (told["message"], told["nick"]) == (message, extra)


def test_an_error_is_in_its_json_record() -> None:
    line = JsonFormatter().format(failed("boom\nat 12:00"))
    assert "\n" not in line
    assert "ValueError: boom\nat 12:00" in json.loads(line)["error"]


@given(st.text(), st.text())
def test_no_text_makes_a_text_record_two_lines(message: str, extra: str) -> None:
    line = TextFormatter().format(record("%s", message, nick=extra))
    assert len(line.splitlines()) == 1
    assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", line)


def test_a_forged_record_in_an_errors_message_stays_indented(in_request: str) -> None:
    forged = "2026-01-01T00:00:00Z info    hub: all is well"
    lines = TextFormatter().format(failed(f"x\n{forged}\n\x1b[2Jx")).splitlines()
    assert [line for line in lines if not line.startswith("    ")] == lines[:1]
    assert f"    {forged}" in lines
    assert "request_id=req-1" in lines[0]
    assert "\x1b" not in "".join(lines)


FIGURE = re.compile(
    r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{\w+="(?:[^"\\\n]|\\[\\"n])*"(,\w+="(?:[^"\\\n]|\\[\\"n])*")*\})?'
    r" (-?\d+(\.\d+)?(e[+-]?\d+)?|[+-]Inf|NaN)"
)


@given(st.dictionaries(st.sampled_from(["nick", "network"]), st.text()), st.floats())
def test_figures_are_valid_whatever_their_labels_and_values(
    labels: dict[str, str], value: float
) -> None:
    metrics = Metrics()
    metrics.put("madang_x", value, **labels)
    text = metrics.text({"madang_x": ("gauge", "Some figure.")})
    assert text.endswith("\n")
    figures = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert len(figures) == 1
    assert FIGURE.fullmatch(figures[0]), figures[0]


def test_figures_are_counted_by_label() -> None:
    metrics = Metrics()
    metrics.add("madang_x", network="a")
    metrics.add("madang_x", 2, network="a")
    metrics.add("madang_x", 0.5, network="b")
    text = metrics.text({"madang_x": ("counter", "Some figure.")})
    assert (
        '# HELP madang_x Some figure.\n# TYPE madang_x counter\nmadang_x{network="a"} 3\n' in text
    )
    assert 'madang_x{network="b"} 0.5\n' in text
    assert metrics.value("madang_x", network="a") == 3
