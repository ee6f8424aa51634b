"""The wheel holds all that runs: migrations, templates, static files and the sample community."""

import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.servers.deadline import wait_until
from tests.servers.ports import Ports
from tests.servers.process import Process

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources and unpack it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
    subprocess.run(
        ["git", "-C", str(ROOT), "diff", "HEAD", "--output", str(folder / "now.diff")], check=True
    )
    if (folder / "now.diff").stat().st_size:
        subprocess.run(["git", "-C", str(source), "apply", str(folder / "now.diff")], check=True)
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True, timeout=100)
    (wheel,) = folder.glob("madang-*.whl")
    target = folder / "installed"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def test_the_wheel_holds_what_the_program_reads(unpacked: Path) -> None:
    held = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    wanted = {
        name
        for name in subprocess.run(
            [
                "git",
                "ls-files",
                "hub",
                "bot",
                "archive",
                "meetbot",
                "pad",
                "search",
                "tracker",
                "web",
            ],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        if (ROOT / name).exists()
    }
    assert wanted - held == set()
    assert not any(name.startswith(("tests/", "scripts/")) for name in held)


def test_the_wheel_serves_a_page_with_its_style(unpacked: Path, tmp_path: Path) -> None:
    with Ports() as ports:
        port = ports.claim()
    env = {"PYTHONPATH": str(unpacked), "PATH": os.environ["PATH"]}
    argv = [
        sys.executable,
        "-P",
        "-m",
        "hub.cli",
        "serve",
        "--data",
        str(tmp_path / "data"),
        "--port",
        str(port),
    ]
    served = Process(argv, tmp_path / "log", cwd=tmp_path, env=env)
    served.start()
    try:
        wait_until(lambda: "serving on" in served.output, "the pages", 30)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            html = page.read().decode()
        style = re.search(r'href="(/static/[^"]+\.css)"', html)
        assert style is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style[1]}") as sheet:
            assert sheet.headers["Content-Type"].startswith("text/css")
    finally:
        served.kill()
