"""What is not installed is named, and fails the run where CI=true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.madang import ROOT

_TESTS = """
import pytest
from tests.servers.programs import path_to

@pytest.mark.needs("no-such-program")
def test_marked():
    pass

def test_finds_out_on_the_way():
    path_to("no-such-program")

def test_skips_in_a_way_of_its_own():
    pytest.skip("not today")

def test_needs_nothing():
    pass
"""


def _run(folder: Path, ci: str) -> tuple[int, str]:
    file = folder / "test_some.py"
    file.write_text(_TESTS, encoding="utf-8")
    argv = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", "pyproject.toml"]
    argv += ["--rootdir", str(folder), "-p", "no:cacheprovider", str(file)]
    env = {**os.environ, "CI": ci}
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_missing_program_is_named_at_the_end(tmp_path: Path) -> None:
    status, output = _run(tmp_path, ci="")
    assert status == 0
    assert "no-such-program: 2 tests left out" in output
    assert "1 passed, 3 skipped" in output


def test_in_ci_nothing_may_be_left_out(tmp_path: Path) -> None:
    status, output = _run(tmp_path, ci="true")
    assert status == pytest.ExitCode.TESTS_FAILED
    assert "1 passed" in output
    assert "skipped" not in output.splitlines()[-1]
