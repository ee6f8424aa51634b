"""Importing log files: found, read in a stream, reported; nothing in a file stops the others."""

import gzip
import os
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.formats import NotUnderstood, Skip
from archive.importer import (
    FileReport,
    ImportOptions,
    LogFile,
    Report,
    Unreadable,
    find_files,
    import_files,
    read_file,
)
from hub.errors import Invalid, NotFound, Unavailable
from hub.irc import Kind, Line
from tests.archive.test_importer_merging import Archive

LOG = """\
2026-11-22T09:08:07  <ann> 안녕하세요
2026-11-22T09:08:07  <ann> 안녕하세요
2026-11-22T09:08:09  *** bob has joined #yard
"""


def written(path: Path, text: str = LOG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def imported(*paths: Path, archive: Archive | None = None, **options: str) -> Report:
    store = (archive or Archive()).store
    return import_files(find_files(paths), store, ImportOptions("oftc", **options))  # type: ignore[arg-type]


def only(report: Report) -> FileReport:
    [file] = report.files
    return file


def test_folders_give_their_files_oldest_first(tmp_path: Path) -> None:
    newer = written(tmp_path / "#yard" / "#yard.2026-11-22.log")
    older = written(tmp_path / "#attic" / "#attic.2025-01-01.log")
    undated = written(tmp_path / "notes.txt")
    written(tmp_path / ".hidden" / "#yard.2024-01-01.log")
    written(tmp_path / "#yard" / ".#yard.log.swp")
    found = find_files([tmp_path])
    assert [file.path for file in found] == [undated, older, newer]
    assert [(file.day, file.channel) for file in found[1:]] == [
        (date(2025, 1, 1), "#attic"),
        (date(2026, 11, 22), "#yard"),
    ]
    assert found[2].size == len(LOG.encode())


def test_pages_packed_twins_and_links_beside_a_log_are_left_out(tmp_path: Path) -> None:
    log = written(tmp_path / "#yard.2026-11-22.log")
    written(tmp_path / "#yard.2026-11-22.log.html")
    written(tmp_path / "#yard.2026-11-22.log.gz")
    page = written(tmp_path / "#yard.2026-11-23.log.html")
    (tmp_path / "latest.log").symlink_to(log)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [file.path for file in find_files([tmp_path])] == [log, page]


def test_a_missing_path_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.log"):
        find_files([tmp_path / "nowhere.log"])


def test_the_lines_of_a_file_reach_the_store(tmp_path: Path) -> None:
    archive = Archive()
    report = imported(written(tmp_path / "#yard.2026-11-22.log"), archive=archive)
    at = datetime(2026, 11, 22, 9, 8, 7, tzinfo=UTC)
    hello = Line("oftc", "#yard", at, Kind.SAY, "ann", "안녕하세요")
    assert archive.given == [
        [hello, hello, Line("oftc", "#yard", at.replace(second=9), Kind.JOIN, "bob")]
    ]
    assert (report.lines, report.read, report.new, report.already_there) == (3, 3, 3, 0)


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    archive = Archive()
    log = written(tmp_path / "#yard.2026-11-22.log")
    imported(log, archive=archive)
    before = archive.counts.copy()
    again = imported(log, archive=archive)
    assert (again.new, again.already_there) == (0, 3)
    assert archive.counts == before


def test_an_overlapping_file_adds_only_what_is_lacking(tmp_path: Path) -> None:
    archive = Archive()
    more = LOG + "2026-11-22T09:08:07  <ann> 안녕하세요\n2026-11-22T09:09:00  <bob> hi\n"
    first = written(tmp_path / "a" / "#yard.2026-11-22.log")
    second = written(tmp_path / "b" / "#yard.2026-11-22.log", more)
    report = imported(first, second, archive=archive)
    assert [(file.read, file.new) for file in report.files] == [(3, 3), (5, 2)]


def test_what_was_not_understood_is_reported_with_its_line(tmp_path: Path) -> None:
    log = written(tmp_path / "#yard.log", LOG * 10 + "what is this\n" * 30)
    file = only(imported(log))
    assert (file.lines, file.read, file.not_understood) == (60, 30, 30)
    assert file.shown == [
        NotUnderstood(number, "what is this", "is not a line of this format")
        for number in range(31, 51)
    ]


def test_what_was_passed_over_is_counted_by_why(tmp_path: Path) -> None:
    log = written(tmp_path / "#yard.log", LOG + "2026-11-22T09:08:09  *** bob is back\n\n")
    report = imported(log)
    assert report.skipped == {Skip.AWAY: 1, Skip.EMPTY: 1}


def test_a_channel_that_nobody_tells_is_asked_for(tmp_path: Path) -> None:
    log = written(tmp_path / "chat.log")
    assert "does not tell the channel" in only(imported(log)).problem
    assert imported(log, channel="#yard").new == 3


def test_a_given_channel_wins_over_the_path(tmp_path: Path) -> None:
    archive = Archive()
    imported(written(tmp_path / "#old.log"), archive=archive, channel="#yard")
    assert {line.channel for given in archive.given for line in given} == {"#yard"}


@pytest.mark.parametrize(
    ("options", "field"),
    [({"encoding": "klingon"}, "encoding"), ({"tz": "Mars"}, "tz"), ({"format": "doc"}, "format")],
)
def test_wrong_options_are_refused_before_any_work(options: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ImportOptions("oftc", **options)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_packed_logs_are_read_like_others(tmp_path: Path) -> None:
    log = tmp_path / "#yard.2026-11-22.log.gz"
    log.write_bytes(gzip.compress(LOG.encode()) + gzip.compress(LOG.encode()))
    assert only(imported(log)).read == 6


def test_a_packed_log_that_breaks_off_is_imported_up_to_there(tmp_path: Path) -> None:
    text = "".join(
        f"2026-11-22T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}  <ann> {n * 7919}\n"
        for n in range(50_000)
    )
    packed = gzip.compress(text.encode())
    log = tmp_path / "#yard.log.gz"
    log.write_bytes(packed[: len(packed) // 2])
    file = only(imported(log))
    assert "breaks off" in file.problem
    assert 20_000 < file.read < 30_000
    assert file.new == file.read
    assert file.not_understood == 0


def test_a_short_packed_log_that_breaks_off_keeps_its_lines(tmp_path: Path) -> None:
    log = tmp_path / "#yard.log.gz"
    log.write_bytes(gzip.compress(LOG.encode(), 0)[:-12])
    file = only(imported(log))
    assert "breaks off" in file.problem
    assert file.read >= 1


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "newlines": b"\n" * 5000,
    "nuls": b"\0" * 100_000,
    "random": bytes(range(256)) * 2000,
    "huge line": b"2026-11-22T09:08:07  <ann> " + b"x" * 3_000_000,
    "huge bytes": b"\xff" * 3_000_000,
    "bad gzip": b"\x1f\x8b" + b"\0" * 500,
    "cut gzip": gzip.compress(LOG.encode())[:30],
    "utf-16 odd": b"\xff\xfe" + b"\xd8" * 999,
    "elf": b"\x7fELF" + os.urandom(5000),
    "png": b"\x89PNG\r\n\x1a\n" + os.urandom(5000),
    "brackets": b"[" * 100_000 + b"\n" + b"<" * 100_000 + b"\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_reported_and_stops_nothing(tmp_path: Path, name: str) -> None:
    bad = tmp_path / "#a.log"
    bad.write_bytes(HOSTILE[name])
    good = written(tmp_path / "#yard.log")
    first, second = imported(bad, good).files
    assert (first.read, first.new) == (0, 0)
    assert first.problem or first.not_understood
    assert (second.read, second.new) == (3, 3)


def test_lines_around_hostile_ones_are_read(tmp_path: Path) -> None:
    log = tmp_path / "#yard.log"
    noise = [b"\0\0\0\0", b"x" * 100_000, b"\xff\xfe\x81", b"2026-11-22T09:08:07  <ann> \x00hi\r"]
    log.write_bytes(LOG.encode() + b"\n".join(noise) + b"\n" + LOG.encode())
    file = only(imported(log))
    assert (file.lines, file.read, file.not_understood, file.skipped) == (10, 7, 2, {Skip.EMPTY: 1})
    assert [complaint.number for complaint in file.shown] == [5, 6]


def test_a_folder_or_a_pipe_given_as_a_file_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "#pipe.log")
    folder = tmp_path / "#folder.log"
    folder.mkdir()
    files = [LogFile(path, 0, None, "#yard") for path in (folder, tmp_path / "#pipe.log")]
    files += [
        LogFile(tmp_path / "gone.log", 0, None, "#yard"),
        LogFile(written(tmp_path / "#y.log"), 0, None, "#y"),
    ]
    report = import_files(files, Archive().store, ImportOptions("oftc"))
    assert ["no regular file" in file.problem for file in report.files] == [
        True,
        True,
        False,
        False,
    ]
    assert "can't be read: No such file" in report.files[2].problem
    assert report.new == 3
    assert report.problems == report.files[:3]


def test_reading_one_file_raises_what_importing_reports(tmp_path: Path) -> None:
    options = ImportOptions("oftc", "#yard")
    with pytest.raises(Unreadable):
        list(read_file(LogFile(tmp_path, 0, None, ""), options))
    with pytest.raises(Invalid, match="no log format"):
        list(read_file(find_files([written(tmp_path / "a.txt", "hello\n")])[0], options))
    log = find_files([written(tmp_path / "#yard.log")])[0]
    assert [type(outcome) for outcome in read_file(log, options)] == [Line] * 3


def test_a_store_that_fails_stops_the_import(tmp_path: Path) -> None:
    def full(network: str, channel: str, lines: Sequence[Line]) -> int:
        raise Unavailable("the disk is full")

    files = find_files([written(tmp_path / "#yard.log")])
    with pytest.raises(Unavailable, match="the disk is full"):
        import_files(files, full, ImportOptions("oftc"))


def test_legacy_encodings_are_read_when_given(tmp_path: Path) -> None:
    log = tmp_path / "#yard.log"
    log.write_bytes(LOG.encode("euc-kr"))
    archive = Archive()
    imported(log, archive=archive, encoding="euc-kr")
    assert archive.given[0][0].text == "안녕하세요"


def test_times_without_a_zone_are_in_the_zone_given(tmp_path: Path) -> None:
    archive = Archive()
    log = written(tmp_path / "#yard.2026-11-22.log", "[08:00] <ann> hi\n[09:30] <ann> ho\n")
    imported(log, archive=archive, tz="Asia/Seoul")
    assert [[f"{line.at:%d %H:%M}" for line in given] for given in archive.given] == [
        ["21 23:00"],
        ["22 00:30"],
    ]


def test_a_given_day_wins_over_the_files_name(tmp_path: Path) -> None:
    archive = Archive()
    log = find_files([written(tmp_path / "#yard.2026-11-22.log", "[08:00] <ann> hi\n")])
    import_files(log, archive.store, ImportOptions("oftc", day=date(2020, 2, 2)))
    assert archive.given[0][0].at == datetime(2020, 2, 2, 8, tzinfo=UTC)


def test_progress_is_told_and_ends_at_the_size(tmp_path: Path) -> None:
    text = "".join(f"2026-11-{day:02}T09:08:07  <ann> {'x' * 400}\n" * 300 for day in range(1, 29))
    told: list[int] = []
    files = find_files([written(tmp_path / "#yard.log", text)])
    import_files(
        files,
        Archive().store,
        ImportOptions("oftc"),
        progress=lambda file, done: told.append(done),
    )
    assert told == sorted(told)
    assert told[-1] == len(text)
    assert len(set(told)) > 5


@pytest.mark.parametrize("lines", [20_000, 60_000])
def test_memory_stays_flat_with_the_size_of_a_file(tmp_path: Path, lines: int) -> None:
    log = tmp_path / "#yard.log"
    with log.open("w", encoding="utf-8") as file:
        for n in range(lines):
            day, second = divmod(n, 1000)
            at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=second)
            file.write(f"{at.isoformat()[:19]}  <ann> line {n}\n")
    files = find_files([log])
    tracemalloc.start()
    report = import_files(files, lambda network, channel, part: len(part), ImportOptions("oftc"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.new == lines
    assert peak < 12_000_000
