"""What has to be installed for a test, and the rule for where it is not.

A test that needs a missing program is skipped with the program's name, and the run's summary names
everything left out. Where CI=true nothing may be left out: the test fails instead.
"""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest

LEFT_OUT = "left out for want of "
"""Starts every such skip's reason; the summary looks for it."""

_FUSE = "/dev/fuse"


def find(program: str) -> str | None:
    """The program's path, looked for also where Debian puts servers, or None."""
    return shutil.which(program, path=os.pathsep.join(_folders()))


def path_to(program: str) -> str:
    """The program's path; leaves the running test out when it is not installed."""
    require([program])
    path = find(program)
    assert path is not None
    return path


def require(programs: Iterable[str]) -> None:
    """Leave the running test out unless all programs are installed."""
    if missing := [program for program in programs if find(program) is None]:
        leave_out(", ".join(missing))


def require_fuse() -> None:
    """Skip the running test where the kernel has no FUSE; also in CI, for nothing helps there."""
    if not Path("/dev/fuse").exists():
        pytest.skip(LEFT_OUT + _FUSE)


def leave_out(what: str) -> None:
    """Skip the running test for want of `what`; tests/conftest.py fails it where CI=true."""
    pytest.skip(LEFT_OUT + what)


def is_allowed_in_ci(reason: str) -> bool:
    """True for the one skip that no installation can mend: a kernel without FUSE."""
    return reason.endswith(LEFT_OUT + _FUSE)


def unprivileged_folder(prefix: str, user: str | None) -> Path:
    """A new folder for a program that refuses to run as root and so runs as `user`, its owner.

    pytest's own folders are closed to other users. None: no change of user, nor of owner.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def in_ci() -> bool:
    """True where the run has to be complete."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _folders() -> list[str]:
    postgres = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [
        *os.environ.get("PATH", os.defpath).split(os.pathsep),
        *("/usr/sbin", "/usr/local/sbin", "/sbin", "/opt/homebrew/bin", "/opt/homebrew/sbin"),
        *map(str, postgres),
    ]
