"""The command line: status 0, 1 or 2, and one sentence on standard error instead of a traceback."""

import re
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.app import App
from hub.cli import main
from tests.databases import Yard

ROOT = Path(__file__).parents[2]


def run(
    *arguments: str, folder: Path, limit: Callable[[], None] | None = None
) -> tuple[int, str, str]:
    """Run the command as a process; return its status, output and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, done.stdout, done.stderr


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that fails; return the one sentence that it says."""
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith("madang: ")
    assert told.endswith((".\n", "?\n"))
    assert "Traceback" not in told
    return told


@pytest.mark.parametrize("command", ["check", "backup a.backup", "channels", "redactions"])
def test_a_mistyped_folder_does_not_pass_for_an_empty_hub(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    told = fails(capsys, *command.split(), "--data", str(tmp_path / "typo"))
    assert f"There is no hub at {tmp_path / 'typo' / 'madang.db'}. " in told
    assert list(tmp_path.iterdir()) == []


def test_a_sound_hub_passes_its_check(sqlite_app: App, tmp_path: Path) -> None:
    data = sqlite_app.config.hub.data_dir
    assert run("check", "--data", data, folder=tmp_path) == (0, "All invariants hold.\n", "")


def test_a_command_loads_nothing_that_only_others_need(sqlite_app: App) -> None:
    data = sqlite_app.config.hub.data_dir
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hub.cli", "check", "--data", data],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert done.stdout == "All invariants hold.\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "sqlmodel" in loaded
    others = {"alembic", "irc", "jinja2", "psycopg", "rich", "starlette", "uvicorn", "uvloop"}
    assert loaded & others == set()


def test_a_damaged_hub_does_not(sqlite_app: App, capsys: pytest.CaptureFixture[str]) -> None:
    yard = Yard(sqlite_app)
    yard.says("ann", "hi")
    yard.sql("UPDATE channel SET lines = 5")
    assert main(["check", "--data", sqlite_app.config.hub.data_dir]) == 1
    assert capsys.readouterr().out.endswith(
        "its total says 5 lines, its days 1.\n1 problems found.\n"
    )


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["check", "--nonsense"], ["backup"], ["serve", "--port", "x"]]
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: madang" in capsys.readouterr().err


COMMANDS = ("serve", "web", "bot", "worker", "check", "backup", "restore", "import", "redact",
            "redactions", "channels", "minutes")  # fmt: skip


def test_without_a_command_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, wanted in (([], COMMANDS), (["import"], ("irclogs",))):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
        listed = capsys.readouterr().err
        assert all(re.search(rf"^    {name}\s+\S", listed, re.MULTILINE) for name in wanted)


@pytest.mark.parametrize("command", [*COMMANDS, "import irclogs", ""])
def test_each_help_says_in_a_sentence_what_it_is_for(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    paragraphs = capsys.readouterr().out.split("\n\n")
    assert paragraphs[0].startswith("usage: madang")
    assert re.fullmatch(r"[A-Z].+[a-z)]\.", paragraphs[1], re.DOTALL)


def test_the_version_and_the_help_are_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--version"], ["--help"], ["import", "irclogs", "--help"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0
    assert "madang 0." in capsys.readouterr().out


def test_a_missing_configuration_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.toml: there is no such file" in fails(capsys, "check", "--config", "none.toml")


def test_each_problem_of_a_broken_one_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "madang.toml"
    file.write_text('[web]\nport = "x"\nhots = "y"\n')
    told = fails(capsys, "check", "--config", str(file))
    assert len(told.splitlines()) == 2
    assert f"madang: {file}: web.port = 'x'" in told
    assert "web.hots: there is no such key. Did you mean host?" in told


def test_a_data_folder_that_cannot_be_made_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    told = fails(capsys, "restore", "a.backup", "--data", str(tmp_path / "file" / "data"))
    assert "can't be made: Not a directory" in told
    assert "--data" in told


def test_a_database_that_is_away_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADANG_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    told = fails(capsys, "check", "--data", str(tmp_path))
    assert "The database can't be used: " in told
    assert "Check [database] url" in told


def test_a_database_that_is_something_else_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "madang.db").write_bytes(b"not a database at all, you know" * 99)
    assert "file is not a database" in fails(capsys, "check", "--data", str(tmp_path))


def test_a_database_of_a_newer_version_is_told_of(
    sqlite_app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    Yard(sqlite_app).sql("UPDATE alembic_version SET version_num = '9999'")
    assert "or a newer one" in fails(capsys, "check", "--data", sqlite_app.config.hub.data_dir)


def test_a_port_in_use_is_told_of(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, errors = run("web", "--data", "data", "--port", port, folder=tmp_path)
    assert status == 1
    assert port in errors
    assert "Traceback" not in errors


def test_a_full_disk_is_told_of_and_damages_nothing(tmp_path: Path) -> None:
    day = tmp_path / "#yard.2021-05-12.log"
    day.write_text(
        "".join(f"2021-05-12T21:00:00  <ann> line {i} {'x' * 400}\n" for i in range(9000))
    )
    arguments = (
        "import",
        "irclogs",
        str(day),
        "--network",
        "net",
        "--channel",
        "#yard",
        "--data",
        "data",
    )

    def half_a_megabyte() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    status, _, errors = run(*arguments, folder=tmp_path, limit=half_a_megabyte)
    assert status == 1
    assert "Traceback" not in errors
    assert "The database can't be used: " in errors
    assert run("check", "--data", "data", folder=tmp_path)[0] == 0
    assert run(*arguments, folder=tmp_path)[0] == 0
    assert run("check", "--data", "data", folder=tmp_path) == (0, "All invariants hold.\n", "")


def test_backup_and_restore_keep_what_was_there(
    sqlite_app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    yard, data = Yard(sqlite_app), sqlite_app.config.hub.data_dir
    yard.says("ann", "one")
    file = str(tmp_path / "a.backup")
    assert main(["backup", file, "--data", data]) == 0
    yard.says("ann", "two")
    assert "--replace" in fails(capsys, "restore", file, "--data", data)
    assert main(["restore", file, "--replace", "--data", data]) == 0
    assert yard.texts() == ["one"]
    (kept,) = Path(data).glob("before-restore-*.backup")
    assert main(["restore", str(kept), "--replace", "--data", data]) == 0
    assert yard.texts() == ["one", "two"]
    assert "The hub is as it was at " in capsys.readouterr().out


def test_a_line_is_redacted_by_its_ref_or_its_address(
    sqlite_app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    yard, data = Yard(sqlite_app), sqlite_app.config.hub.data_dir
    refs = [yard.says("ann", text) for text in ("one", "two")]
    yard.says("bob", "three")
    assert main(["redact", refs[0], "--reason", "asked", "--data", data]) == 0
    assert (
        main(
            [
                "redact",
                "--nick",
                "BOB",
                "--network",
                "net",
                "--channel",
                "#yard",
                "--reason",
                "x",
                "--data",
                data,
            ]
        )
        == 0
    )
    assert [text[:3] for text in yard.texts()] == ["-= ", "two", "-= "]
    told = fails(
        capsys, "redact", "line:net/#yard/2000-01-01T00:00:00", "--reason", "x", "--data", data
    )
    assert "There is no line" in told
    fails(capsys, "redact", "--reason", "x", "--data", data)
    fails(
        capsys,
        "redact",
        "--nick",
        "bob\udcff",
        "--network",
        "n",
        "--channel",
        "#\udcff",
        "--reason",
        "x",
        "--data",
        data,
    )
    capsys.readouterr()
    assert main(["redact", refs[0], "--reason", "again", "--data", data]) == 0
    told = capsys.readouterr().out
    assert f"{refs[0]} was redacted already, " in told
    assert told.endswith(" (asked). Nothing was changed.\n")
    assert main(["redactions", "--data", data]) == 0
    assert "asked" in capsys.readouterr().out
