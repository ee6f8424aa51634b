"""`madang user` and `madang token`, as an operator types them."""

import io
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from hub.accounts.handles import handles_of
from hub.accounts.passwords import check_password
from hub.accounts.people import find_person, list_people
from hub.accounts.registration import complete_reset
from hub.accounts.tokens import read_token
from hub.app import App
from hub.cli import main
from hub.people import Role
from tests.databases import NETWORK, Yard
from tests.hub.accounts.conftest import PASSWORD

Run = Callable[..., str]


@pytest.fixture
def run(sqlite_app: App, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; what it printed. With `fails` what it said on standard error."""

    def run_(*words: str, fails: bool = False) -> str:
        status = main([*words, "--data", sqlite_app.config.hub.data_dir])
        told = capsys.readouterr()
        assert status == (1 if fails else 0), told.err
        return told.err if fails else told.out

    return run_


def test_who_is_added_sets_their_password_by_a_link(sqlite_app: App, run: Run) -> None:
    told = run("user", "add", "ann", "--admin", "--called", "Ann A", "--email", "a@example.org")
    assert told.startswith("ann is an administrator now.\n")
    code = re.search(r"/reset/(\S+)\n", told)
    assert code is not None
    now = sqlite_app.clock()
    person = sqlite_app.db.write(lambda s: complete_reset(s, code[1], PASSWORD, now=now))
    assert (person.role, person.name, person.email) == (
        Role.ADMINISTRATOR,
        "Ann A",
        "a@example.org",
    )
    assert "is taken" in run("user", "add", "ann", fails=True)
    assert "2 to 32 of a-z" in run("user", "add", "a b", fails=True)


def test_a_password_can_be_read_instead(
    sqlite_app: App, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert "/reset/" not in run("user", "add", "ann", "--password-stdin")
    now = sqlite_app.clock()
    assert sqlite_app.db.read(lambda s: check_password(s, "ann", PASSWORD, now)) is not None
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert "10 to 1,000" in run("user", "add", "bob", "--password-stdin", fails=True)
    assert sqlite_app.db.read(lambda s: find_person(s, "bob")) is None


def test_people_are_listed_and_looked_after(sqlite_app: App, run: Run) -> None:
    assert "Nobody has an account" in run("user", "list")
    run("user", "add", "ann")
    run("user", "add", "bob", "--admin")
    run("user", "bind", "ann", "--nick", f"{NETWORK}/annie", "--account", f"{NETWORK}/Ann")
    told = run("user", "list")
    assert re.search(r"^ann: ann \(member, active, since \d{4}-", told)
    assert "irc net/Ann, nick net/annie" in told
    run("user", "suspend", "ann", "--reason", "spam")
    assert "ann:" not in run("user", "list")
    assert "ann: ann (member, suspended" in run("user", "list", "--all")
    run("user", "restore", "ann")
    assert run("user", "rename", "ann", "--to", "annika", "--called", "Annika") == (
        "annika is called Annika.\n"
    )
    assert run("user", "role", "ann", "administrator") == "annika is an administrator now.\n"
    assert "/reset/" in run("user", "reset", "annika")
    assert "Say the new name" in run("user", "rename", "bob", fails=True)
    assert "Say what to bind" in run("user", "bind", "bob", fails=True)
    assert "should be like oftc/ann" in run("user", "bind", "bob", "--nick", "annie", fails=True)
    assert "There is nobody called zoe" in run("user", "suspend", "zoe", fails=True)


def test_a_token_is_printed_once(sqlite_app: App, run: Run) -> None:
    run("user", "add", "ann")
    secret, told = run("token", "ann", "--scope", "write", "--days", "0").splitlines()
    assert told == "It may write, without an end. It can't be shown again."
    now = sqlite_app.clock()
    found = sqlite_app.db.read(lambda s: read_token(s, secret, now))
    assert found is not None
    assert "until" in run("token", "ann")
    assert "number of days" in run("token", "ann", "--days", "-1", fails=True)


def test_an_export_is_a_new_file_for_its_owner(sqlite_app: App, run: Run, tmp_path: Path) -> None:
    run("user", "add", "ann")
    file = tmp_path / "ann.json"
    run("user", "export", "ann", str(file))
    assert json.loads(file.read_text(encoding="utf-8"))["person"]["slug"] == "ann"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "exists already" in run("user", "export", "ann", str(file), fails=True)
    assert json.loads(run("user", "export", "ann"))["person"]["slug"] == "ann"


def test_erasing_is_said_twice_and_done_at_once(sqlite_app: App, run: Run) -> None:
    yard = Yard(sqlite_app)
    yard.says("annie", "hello")
    run("user", "add", "ann")
    run("user", "add", "bob", "--admin")
    told = run("user", "erase", "ann", "--nick", f"{NETWORK}/annie", fails=True)
    assert "Say so with --yes." in told
    told = run("user", "erase", "ann", "--nick", f"{NETWORK}/annie", "--yes")
    gone = re.match(r"ann is (erased-\w+) now\. Backups", told)
    assert gone is not None
    assert yard.rows("SELECT nick FROM line") == [(gone[1],)]
    assert yard.problems == []
    people = sqlite_app.db.read(list_people)
    assert [person.slug for person in people] == ["bob"]


def test_a_new_hub_can_begin_with_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "new")
    assert main(["user", "add", "ann", "--admin", "--data", data]) == 0
    assert main(["user", "list", "--data", str(tmp_path / "elsewhere")]) == 1
    assert "There is no hub at" in capsys.readouterr().err


def test_acts_of_the_operator_are_recorded(sqlite_app: App, run: Run) -> None:
    run("user", "add", "ann")
    run("user", "bind", "ann", "--account", f"{NETWORK}/Ann")
    run("token", "ann")

    def verbs(session: Session) -> list[str]:
        from hub.accounts.audit import audit_log

        return [act.verb for act in audit_log(session)]

    assert sqlite_app.db.read(verbs) == ["token", "bind", "reset"]
    assert len(sqlite_app.db.read(lambda s: handles_of(s, "ann"))) == 1
