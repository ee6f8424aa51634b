"""Faults do what they say: the proxy, the power cut."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.servers.chaos import ChaosProxy
from tests.servers.deadline import TooLate, wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.ngircd import Ngircd
from tests.servers.ports import Ports, is_listening
from tests.servers.powercut import PowercutFs
from tests.servers.process import Process


def test_the_proxy_dribbles_byte_by_byte_and_loses_nothing(session_ngircd: Ngircd) -> None:
    with ChaosProxy(session_ngircd.port) as proxy:
        proxy.dribble = True
        with IrcUser("ann", proxy.port) as ann:
            ann.join("#dribble")
            assert proxy.connections == 1


def test_a_stalled_connection_stays_open_and_goes_on(session_ngircd: Ngircd) -> None:
    with ChaosProxy(session_ngircd.port) as proxy, IrcUser("ann", proxy.port) as ann:
        proxy.stall()
        ann.send("PING stalled")
        with pytest.raises(TooLate):
            ann.wait_for("PONG .*stalled", timeout_s=0.3)
        assert ann.is_connected
        proxy.flow()
        ann.wait_for("PONG .*stalled")


def test_a_cut_connection_ends_and_the_next_one_works(session_ngircd: Ngircd) -> None:
    with ChaosProxy(session_ngircd.port) as proxy, IrcUser("ann", proxy.port) as ann:
        proxy.cut()
        wait_until(lambda: not ann.is_connected, "the end of the connection")
        ann.nick = "ann2"  # the server may not have missed the first one yet
        assert ann.connect().is_connected


def test_a_cut_ends_a_stalled_connection_too(session_ngircd: Ngircd) -> None:
    with ChaosProxy(session_ngircd.port) as proxy, IrcUser("ann", proxy.port) as ann:
        proxy.stall()
        ann.send("PING stalled")
        proxy.cut()
        wait_until(lambda: not ann.is_connected, "the end of the connection")
        wait_until(lambda: proxy.connections == 0, "no connection in the proxy")


def test_a_refusing_proxy_is_like_a_server_that_is_down(session_ngircd: Ngircd) -> None:
    with ChaosProxy(session_ngircd.port) as proxy:
        proxy.refuse()
        assert not is_listening(proxy.port)
        proxy.accept()
        assert is_listening(proxy.port)


def test_a_proxy_to_nowhere_ends_the_connection(ports: Ports) -> None:
    with ChaosProxy(ports.claim()) as proxy, pytest.raises((TooLate, OSError)):
        IrcUser("ann", proxy.port).connect()


def test_a_power_cut_keeps_what_was_synced_and_forgets_the_rest(powercut: PowercutFs) -> None:
    file = powercut.mount / "notes"
    with file.open("wb", buffering=0) as notes:
        notes.write(b"synced")
        os.fsync(notes.fileno())
        notes.write(b" and not")
        assert file.read_bytes() == b"synced and not"
        powercut.cut()
        with pytest.raises(OSError, match="Input/output error"):
            notes.write(b"after the cut")
    assert (powercut.survived / "notes").read_bytes() == b"synced"


def test_sqlite_keeps_what_it_committed_over_a_power_cut(powercut: PowercutFs) -> None:
    writer = sqlite3.connect(powercut.mount / "full.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA synchronous=FULL")
    writer.execute("CREATE TABLE line (id INTEGER PRIMARY KEY)")
    for number in range(1, 51):
        writer.execute("INSERT INTO line VALUES (?)", (number,))
    powercut.cut()
    with pytest.raises(sqlite3.OperationalError):
        writer.execute("INSERT INTO line VALUES (51)")
    writer.close()
    assert _rows(powercut.survived / "full.db") == list(range(1, 51))


def test_the_power_cut_tells_a_careless_sqlite_from_a_careful_one(powercut: PowercutFs) -> None:
    writer = sqlite3.connect(powercut.mount / "careless.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA synchronous=FULL")
    writer.execute("CREATE TABLE line (id INTEGER PRIMARY KEY)")
    writer.execute("PRAGMA synchronous=NORMAL")
    for number in range(1, 51):
        writer.execute("INSERT INTO line VALUES (?)", (number,))
    powercut.cut()
    writer.close()
    assert _rows(powercut.survived / "careless.db") == []


def test_a_program_and_what_it_started_end_together(tmp_path: Path) -> None:
    script = "sleep 1000 & echo child $!; wait"
    with Process(["bash", "-c", script], tmp_path / "log") as parent:
        parent.wait_for_output("child")
        child = int(parent.output.split()[1])
        assert Path(f"/proc/{child}").exists()
    wait_until(lambda: not _runs(child), "the child's end")


def test_a_program_that_ends_too_early_shows_its_last_words(tmp_path: Path) -> None:
    with (
        Process(["bash", "-c", "echo no such thing; exit 3"], tmp_path / "log") as program,
        pytest.raises(TooLate, match="no such thing"),
    ):
        program.wait_for_output("ready")


def test_no_two_claims_give_the_same_port() -> None:
    with Ports() as mine, Ports() as others:
        claimed = [ports.claim() for ports in (mine, others) for _ in range(50)]
        assert len(set(claimed)) == len(claimed)


def _rows(database: Path) -> list[int]:
    reader = sqlite3.connect(database)
    try:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [number for (number,) in reader.execute("SELECT id FROM line ORDER BY id")]
    finally:
        reader.close()


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
