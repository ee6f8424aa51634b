"""What the parts of a process tell their operator when they start."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORK = """
[[network]]
name = "net"
host = "127.0.0.1"
port = 1
tls = false
nick = "jang"
[[network.channel]]
name = "#yard"
"""


@contextmanager
def running(role: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a role until left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hub.cli", role, "--data", "data"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("worker", "worker: following with links, links:archive"),
        ("bot", "connecting to 127.0.0.1:1 without TLS as jang, for #yard"),
    ],
)
def test_a_role_says_where_it_works(role: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "madang.toml").write_text(NETWORK)
    with running(role, tmp_path) as process:
        assert process.stderr is not None
        assert "the data is in sqlite:///data/madang.db" in process.stderr.readline()
        assert told in process.stderr.readline()


def test_a_bot_without_a_network_says_that_it_has_nothing_to_do(tmp_path: Path) -> None:
    with running("bot", tmp_path) as process:
        assert process.stderr is not None
        process.stderr.readline()
        assert "no [[network]] is configured" in process.stderr.readline()


def test_a_bot_says_whom_it_will_not_trust(tmp_path: Path) -> None:
    """A mask without a host stands for nobody; accounts and hosts are taken as they are."""
    trusted = '\ninvites_from = ["ann", "*!*@staff.example.org", "bob!*@*"]\n'
    toml = NETWORK.replace('\nnick = "jang"', f'\nnick = "jang"{trusted}')
    (tmp_path / "madang.toml").write_text(toml)
    with running("bot", tmp_path) as process:
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(4)]
    about = [line for line in told if "invites_from" in line]
    assert len(about) == 1
    assert "'bob!*@*', which names no host" in about[0]


def test_a_folder_open_to_everybody_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    with running("worker", tmp_path) as process:
        assert process.stderr is not None
        process.stderr.readline()
        assert "data is open to every user of this machine (mode 755)" in process.stderr.readline()
