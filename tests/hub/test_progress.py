"""Progress: a bar for people, plain lines for logs."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from hub.progress import counted

ROOT = Path(__file__).parents[2]


def test_elsewhere_than_on_a_terminal_each_tenth_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with counted(20, "meetings") as step:
        for number in range(20):
            step(f"swift.{number}")
    told = capsys.readouterr().err.splitlines()
    assert told == [f"{tenth}0 % of 20 meetings" for tenth in range(1, 11)]


def test_nothing_to_do_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with counted(0, "meetings"):
        pass
    assert capsys.readouterr().err == ""


def test_on_a_terminal_a_bar_counts_and_names_what_is_done() -> None:
    code = (
        "from hub.progress import counted\n"
        "with counted(3, 'meetings') as step:\n"
        "    for name in ('one', 'two\\x1b[2J', 'last [bold]'): step(name)\n"
    )
    terminal, inside = pty.openpty()
    env = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stderr=inside, env=env, timeout=60
    )
    os.close(inside)
    shown = os.read(terminal, 65_536).decode()
    os.close(terminal)
    assert done.returncode == 0
    assert "3/3" in shown
    assert "last [bold]" in shown
    assert "% of" not in shown
