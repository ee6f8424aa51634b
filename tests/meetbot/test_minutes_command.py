"""`madang minutes`, as it is typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli import main

LOG = """\
21:00:00 <ann> #startmeeting Swift
21:00:10 <bob> #info one
21:00:20 <ann> #endmeeting
21:01:00 <bob> between
21:02:00 <bob> #startmeeting Swift Tools
21:02:10 <bob> #action ann: two
23:58:00 <bob> late
00:02:00 <bob> #endmeeting
"""


def write(folder: Path, text: str = LOG, name: str = "swift.2021-05-12-21.00.log.txt") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def log(tmp_path: Path) -> str:
    return write(tmp_path)


def test_one_meeting_is_printed_as_one_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = write(tmp_path, "\n".join(LOG.split("\n")[:3]))
    assert main(["minutes", log, "--channel", "#swift", "--network", "oftc"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["series"], made["channel"], made["network"]) == ("swift", "#swift", "oftc")
    assert (made["started_at"], made["ended_at"]) == (
        "2021-05-12T21:00:00Z",
        "2021-05-12T21:00:20Z",
    )
    assert [item["text"] for item in made["items"]] == ["one"]


def test_several_meetings_are_printed_as_an_array(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minutes", log]) == 0
    made = json.loads(capsys.readouterr().out)
    assert [(m["series"], m["ended_at"]) for m in made] == [
        ("swift", "2021-05-12T21:00:20Z"),
        ("swift_tools", "2021-05-13T00:02:00Z"),
    ]


def test_files_have_meetbots_names(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "out"
    assert main(["minutes", log, "--out", str(out), "--format", "html,json"]) == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == [
        "swift.2021-05-12-21.00.html", "swift.2021-05-12-21.00.json",
        "swift_tools.2021-05-12-21.02.html", "swift_tools.2021-05-12-21.02.json",
    ]  # fmt: skip
    assert sorted(capsys.readouterr().out.split()) == [str(out / name) for name in names]
    assert 'href="swift.2021-05-12-21.00.log.html#l-2"' in (out / names[0]).read_text()


def test_all_formats_are_written_when_none_is_named(log: str, tmp_path: Path) -> None:
    assert main(["minutes", log, "--out", str(tmp_path / "out")]) == 0
    endings = {path.name.split("21.00.")[-1] for path in (tmp_path / "out").glob("swift.*")}
    assert endings == {"html", "txt", "log.html", "log.txt", "json", "md"}


def test_meetings_of_one_name_and_minute_do_not_replace_each_other(tmp_path: Path) -> None:
    twice = "".join(
        f"21:00:{n}0 <ann> #startmeeting Swift\n21:00:{n}5 <ann> #endmeeting\n" for n in (1, 2, 3)
    )
    assert (
        main(["minutes", write(tmp_path, twice), "--out", str(tmp_path / "o"), "--format", "md"])
        == 0
    )
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == [
        "swift.2021-05-12-21.00-2.md", "swift.2021-05-12-21.00-3.md", "swift.2021-05-12-21.00.md",
    ]  # fmt: skip


def test_the_date_given_counts_more_than_the_name(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minutes", log, "--date", "2020-01-31"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["started_at"] == "2020-01-31T21:00:00Z"


def test_without_either_the_bots_own_words_tell_the_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "21:00:01 <bot> Meeting started Wed Feb  5 21:00:01 2014 UTC.  The chair is ann.\n"
    first, rest = LOG.split("\n", 1)
    log = write(tmp_path, f"{first}\n{said}{rest}", "some.log.txt")
    assert main(["minutes", log]) == 0
    assert json.loads(capsys.readouterr().out)[0]["started_at"] == "2014-02-05T21:00:00Z"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("#swift.2021-05-12.log", "2021-05-12T21:00:0{}  <ann> {}\n"),
        ("x.weechatlog", "2021-05-12 21:00:0{}\tann\t{}\n"),
        ("irssi.2021-05-12.log", "21:00:0{} < ann> {}\n"),
    ],
)
def test_any_known_log_is_read(
    name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = text.format(0, "#startmeeting Swift") + text.format(5, "#endmeeting")
    assert main(["minutes", write(tmp_path, said, name)]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["owner"], made["started_at"]) == ("ann", "2021-05-12T21:00:00Z")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.log.txt", LOG, "no line has a date and time. Give the day with --date YYYY-MM-DD."),
        ("a.2021-05-12.log.txt", "21:00:00 <ann> hi\n", "there is no #startmeeting in its 1 lines"),
        ("b.2021-05-12.log.txt", LOG.replace("#endmeeting", "#abortmeeting"), "called off"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_sentence(
    name: str, text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minutes", write(tmp_path, text, name)]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("madang: ")
    assert told in error


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minutes", str(tmp_path / "none.log")]) == 1
    assert "none.log" in capsys.readouterr().err
    assert main(["minutes", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(
    log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minutes", log, "--out", f"{log}/out"]) == 1
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["--format", "pdf"], ["--format", "html,md"], ["--format", ","]])
def test_wrong_usage_is_status_2(
    given: list[str], log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["minutes", log, *given])
    assert stopped.value.code == 2
    assert "--format" in capsys.readouterr().err


def test_a_meeting_without_an_end_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["minutes", write(tmp_path, "\n".join(LOG.split("\n")[:2]))]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["ended_at"] is None
    assert "has no #endmeeting" in told.err


def test_no_data_folder_is_made(log: str, tmp_path: Path) -> None:
    here = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "minutes", log],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(here)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [Path(log).name]
