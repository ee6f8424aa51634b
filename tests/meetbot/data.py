"""Where the real meetings and schedules are, which are read in place and never shipped."""

import os
from pathlib import Path

import pytest


def meetings() -> Path:
    """Return the folder of published meetings, or leave the test out."""
    return _data("meetings")


def schedules() -> Path:
    """Return the folder of real schedules, or leave the test out."""
    return _data("opendev-config/meetings")


def _data(name: str) -> Path:
    beside = Path(__file__).parents[2].parent / "shared"
    folder = Path(os.environ.get("MADANG_SHARED", beside)) / "data" / name
    if not folder.is_dir():
        pytest.skip(f"no real {Path(name).name} in {folder}: set MADANG_SHARED to read them")
    return folder
