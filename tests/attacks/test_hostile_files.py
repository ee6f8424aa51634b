"""Files that mean harm, and secrets on their way out: the terminal, the errors and the folder keep still."""

import os
import stat
from pathlib import Path

import pytest

from hub.cli import main

EVIL = "\x1b]0;owned\x07\x1b[2J\u202e"
PASSWORD = "s3cr3t"


def test_a_log_steers_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "logs" / f"#yard.2026-01-01.{EVIL}.log"
    log.parent.mkdir()
    log.write_text(f"2026-01-01T00:00:00  <ann> hi\nrubbish {EVIL}\n" * 3, encoding="utf-8")
    broken = os.fsencode(log.parent) + b"/#yard.2026-01-02.\xff.log"
    Path(os.fsdecode(broken)).write_bytes(b"2026-01-02T00:00:00  <ann> hi\nrubbish\n")
    os.mkfifo(log.parent / f"#yard.2026-01-03.{EVIL}.log")
    main(["import", "irclogs", str(log.parent), "--network", "n", *_in(tmp_path)])
    told = capsys.readouterr()
    for char in told.out + told.err:
        assert char.isprintable() or char == "\n"
    assert "not understood" in told.out
    assert "no regular file" in told.err


def test_a_name_with_brackets_is_no_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "#yard.2026-01-01.log"
    log.write_text("2026-01-01T00:00:00  <ann> hi\n", encoding="utf-8")
    where = ["--network", "n", "--channel", "#a[/b]"]
    assert main(["import", "irclogs", str(log), *where, *_in(tmp_path)]) == 0
    assert main(["channels", *_in(tmp_path)]) == 0
    assert "#a[/b]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://joe:{PASSWORD}@db.example/x",
        f"postgresql+psycopg://joe:{PASSWORD}@db.example:port/x",
        f"postgresql+psycopg://joe:{PASSWORD}@127.0.0.1:1/x",
        f"mysql://db.example/x?user=joe&password={PASSWORD}",
    ],
)
def test_no_error_tells_the_password(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "madang.toml"
    config.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    assert main(["check", "--config", str(config), *_in(tmp_path)]) == 1
    told = capsys.readouterr()
    assert PASSWORD not in told.out + told.err
    assert told.err.startswith("madang: ")


def test_others_on_the_machine_may_not_look_into_the_data(tmp_path: Path) -> None:
    log = tmp_path / "#yard.2021-05-12.log"
    log.write_text("2021-05-12T21:00:00  <ann> hello\n", encoding="utf-8")
    assert main(["import", "irclogs", str(log), "--network", "net", *_in(tmp_path)]) == 0
    mode = stat.S_IMODE((tmp_path / "data").stat().st_mode)
    assert mode == 0o700


def _in(folder: Path) -> list[str]:
    return ["--data", str(folder / "data")]
