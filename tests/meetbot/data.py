"""Where the real meetings are, which are read in place and never shipped."""

import os
from pathlib import Path

import pytest


def meetings() -> Path:
    """Return the folder of published meetings, or leave the test out."""
    beside = Path(__file__).parents[2].parent / "shared"
    folder = Path(os.environ.get("MADANG_SHARED", beside)) / "data" / "meetings"
    if not folder.is_dir():
        pytest.skip(f"no real meetings in {folder}: set MADANG_SHARED to read them")
    return folder
