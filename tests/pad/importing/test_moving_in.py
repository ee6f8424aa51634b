"""Whole Etherpads move in: exports, dirty.db, and a running server."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from hub.app import App
from hub.cli import main
from hub.clock import micros
from hub.errors import Unavailable
from hub.people import operator
from pad import log
from pad.etherpad.history import to_etherpad
from pad.etherpad.key import make_key
from pad.importing.command import new_import, take_all
from pad.importing.sources import DirtyDatabase, Folder, Remote
from pad.kept import NAMED, kept_revisions
from pad.pads import Pad, find_pad, text_at, text_of
from tests.pad.scribbles import ANN, BOB, NOW, begun, write_texts
from tests.prepared import sqlite_url
from tests.web.hub import Site, hub_in

TIME = 1_500_000_000_000  # ms


def found(app: App, name: str) -> Pad:
    """Return a pad."""
    pad = app.db.read(lambda s: find_pad(s, name))
    assert pad is not None
    return pad


def text(app: App, name: str) -> str:
    """Return a pad's text."""
    return app.db.read(lambda s: text_of(s, found(app, name)))


def past(app: App, name: str) -> list[tuple[str, str, int]]:
    """Return a pad's history: what it said, by whom, when (ms)."""
    pad = found(app, name)

    def look(session: Any) -> list[tuple[str, str, int]]:
        authors = log.authors_of(session, pad.id)
        return [
            (text_at(session, pad, one.seq), authors[one.author_id].name, one.at // 1000)
            for one in log.updates_after(session, pad.id, 0)
        ]

    return app.db.read(look)


def records(name: str = "notes") -> dict[str, Any]:
    """Return what an Etherpad keeps of a pad with three revisions, a list and a bold word."""
    pool = {
        "numToAttrib": {
            "0": ["author", "a.ann"], "1": ["author", "a.bob"], "2": ["list", "bullet2"],
            "3": ["lmkr", "1"], "4": ["bold", "true"], "5": ["heading", "h2"],
        },
        "nextNum": 6,
    }  # fmt: skip
    changes = [
        ("Z:1>4*0+4$Plan", "a.ann"),
        ("Z:5>9=4*1|1+1*1+8$\n*tea 한😀", "a.bob"),
        ("Z:e>1*0*3*5+1$*", "a.ann"),
    ]
    given: dict[str, Any] = {
        f"pad:{name}:revs:{n}": {
            "changeset": change,
            "meta": {"author": author, "timestamp": TIME + n * 60_000},
        }
        for n, (change, author) in enumerate(changes)
    }
    given[f"pad:{name}"] = {
        "atext": {
            "text": "*Plan\n*tea 한😀\n",
            "attribs": "*0*3*5+1*0+4*1|1+1*1*2*3+1*1*4+3*1+4|1+1",
        },
        "pool": pool, "head": 2, "chatHead": 0, "publicStatus": False,
        "savedRevisions": [{"revNum": 1, "label": "before tea"}],
    }  # fmt: skip
    given[f"pad:{name}:chat:0"] = {"text": "hi", "userId": "a.bob", "time": TIME}
    given["globalAuthor:a.ann"] = {"colorId": 1, "name": "Ann"}
    given["globalAuthor:a.bob"] = {"colorId": 2, "name": "Bob  밥"}
    return given


def exported(folder: Path, given: dict[str, Any], file: str = "notes.etherpad") -> Folder:
    """Write an export into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(given))
    return Folder(folder)


def test_an_export_brings_its_history_authors_and_formats(app: App, tmp_path: Path) -> None:
    source = exported(tmp_path / "pads", records())
    run = new_import(app)
    assert take_all(app, source, run) == {"new": 1}
    assert run.missed == []
    assert past(app, "notes") == [
        ("Plan\n", "Ann", TIME),
        ("Plan\n*tea 한😀\n", "Bob 밥", TIME + 60_000),
        ("*Plan\n*tea 한😀\n", "Ann", TIME + 120_000),
        ("## Plan\n  - **tea** 한😀\n", "Etherpad import", TIME + 120_000),
    ]
    pad = found(app, "notes")
    assert pad.text == "## Plan\n  - **tea** 한😀\n"
    assert micros(pad.created_at) == TIME * 1000
    assert micros(pad.changed_at) == (TIME + 120_000) * 1000
    kept = app.db.read(lambda s: kept_revisions(s, pad.id))
    assert [(one.seq, one.label, one.why) for one in kept] == [(2, "before tea", NAMED)]


def test_again_takes_only_what_changed_and_nothing_that_is_written_in_here(
    app: App, tmp_path: Path
) -> None:
    folder = tmp_path / "pads"
    source = exported(folder, records())
    take_all(app, source, new_import(app))
    assert take_all(app, source, new_import(app)) == {"same": 1}
    reading, epoch = found(app, "notes").reading, found(app, "notes").epoch
    given = records()
    given["pad:notes"]["head"] = 1
    given["pad:notes"]["atext"] = {"text": "Plan\n*tea 한😀\n", "attribs": "*0+4*1|1+1*1+8|1+1"}
    source = exported(folder, given)
    assert take_all(app, source, new_import(app)) == {"again": 1}
    assert text(app, "notes") == "Plan\n*tea 한😀\n"
    assert found(app, "notes").reading == reading
    assert found(app, "notes").epoch != epoch
    app.db.write(lambda s: write_texts(s, found(app, "notes"), "ours"))
    source = exported(folder, records())
    assert take_all(app, source, new_import(app)) == {"ours": 1}
    assert text(app, "notes") == "ours"


def test_a_pad_that_was_here_before_is_left_alone(app: App, tmp_path: Path) -> None:
    app.db.write(lambda s: write_texts(s, begun(s), "ours"))
    source = exported(tmp_path / "pads", records())
    assert take_all(app, source, new_import(app)) == {"ours": 1}
    assert text(app, "notes") == "ours"


def test_our_own_export_comes_back_as_it_was(app: App, tmp_path: Path) -> None:
    texts = ["", "a", "a\nb 한\n", "a\n😀b 한\n", "x\n😀\n\n", "z"]

    def write(session: Any) -> str:
        pad = begun(session, "ours")
        write_texts(session, pad, *texts[1:4])
        engine = log.replay(session, pad.id).engine
        for i, each in enumerate(texts[4:]):
            update = engine.write(each)
            log.append(session, pad.id, pad.epoch, [log.Entry(micros(NOW) + 9 + i, BOB, update)])
        made = find_pad(session, "ours")
        assert made is not None
        return to_etherpad(session, made, "theirs", made.head)

    told = json.loads(app.db.write(write))
    source = exported(tmp_path / "pads", told)
    run = new_import(app)
    assert take_all(app, source, run) == {"new": 1}
    assert run.missed == []
    ended = [(f"{each}\n" if not each.endswith("\n") else each) for each in texts[1:]]
    names = [ANN.name] * 3 + [BOB.name] * 2
    assert [(said, who) for said, who, _ in past(app, "theirs")] == list(
        zip(ended, names, strict=True)
    )


def test_a_broken_history_is_told_and_the_text_comes_nevertheless(app: App, tmp_path: Path) -> None:
    given = records()
    del given["pad:notes:revs:1"]
    run = new_import(app)
    assert take_all(app, exported(tmp_path / "pads", given), run) == {"new": 1}
    assert "revision 1 is missing" in run.missed[0]
    assert text(app, "notes") == "## Plan\n  - **tea** 한😀\n"


def test_texts_and_pages_come_without_a_history(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "pads"
    folder.mkdir()
    (folder / "a.txt").write_text("one\r\ntwo\n")
    (folder / "b.html").write_text("<h1>Hi</h1><p>you")
    (folder / "a.html").write_text("not this one")
    (folder / "c%.txt").write_text("no such name")
    run = new_import(app)
    assert take_all(app, Folder(folder), run) == {"new": 2}
    assert (text(app, "a"), text(app, "b")) == ("one\ntwo\n", "# Hi\n\nyou\n")
    assert run.missed[0].startswith("c%: ")


def test_a_file_database_comes_with_its_read_only_addresses(app: App, tmp_path: Path) -> None:
    file = tmp_path / "dirty.db"
    given = records() | records("g.0123456789abcdef$secret")
    given["pad2readonly:notes"] = "r.0123456789abcdef"
    lines = [json.dumps({"key": key, "val": value}) for key, value in given.items()]
    gone = [json.dumps({"key": "pad:gone", "val": 1}), json.dumps({"key": "pad:gone"})]
    file.write_text("\n".join(['{"key": "pad:notes", "val": 5}', *gone, *lines, '{"key": "cut']))
    run = new_import(app)
    assert take_all(app, DirtyDatabase(file), run) == {"new": 2}
    assert run.missed == []
    assert found(app, "notes").reading == "0123456789abcdef"
    assert found(app, "g.0123456789abcdef$secret").access == "group"
    assert len(past(app, "notes")) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"pad:notes": None},
        {"pad:notes": {"atext": {"text": "x", "attribs": "+5"}, "head": 0, "pool": {}}},
        {"pad:notes": {"atext": {"text": "x", "attribs": 7}, "head": 0}},
        {"pad:notes": {"atext": {"text": "x", "attribs": "+1"}, "head": 10**9}},
    ],
)
def test_a_damaged_export_is_told_and_nothing_is_taken(
    change: dict[str, Any], sqlite_app: App, tmp_path: Path
) -> None:
    run = new_import(sqlite_app)
    taken = take_all(sqlite_app, exported(tmp_path / "pads", records() | change), run)
    assert sum(taken.values()) == 0
    assert run.missed[0].startswith("notes: ")
    assert sqlite_app.db.read(lambda s: find_pad(s, "notes")) is None


def test_a_running_server_is_asked_for_its_pads(site: Site, tmp_path: Path) -> None:
    key = site.app.db.write(lambda s: make_key(s, operator("olga"), now=NOW))
    take_all(site.app, exported(tmp_path / "pads", records()), new_import(site.app))
    here = hub_in(tmp_path / "here").app
    with contextlib.closing(Remote(site.url, key)) as remote:
        assert take_all(here, remote, new_import(here)) == {"new": 1}
        assert take_all(here, remote, new_import(here)) == {"same": 1}
    with contextlib.closing(Remote(site.url, "wrong")) as remote, pytest.raises(Unavailable):
        remote.names()
    assert past(here, "notes") == past(site.app, "notes")
    assert found(here, "notes").reading == found(site.app, "notes").reading
    here.db.close()


def test_the_command_takes_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported(tmp_path / "pads", records())
    data = tmp_path / "data"
    sqlite_url(data / "madang.db")
    given = ["import", "etherpad", str(tmp_path / "pads"), "--data", str(data)]
    assert main(given) == 0
    assert capsys.readouterr().out.startswith("1 pads new, 0 taken again")
    assert main(["import", "etherpad", str(tmp_path / "nowhere"), "--data", str(data)]) != 0
    assert os.fspath(tmp_path / "nowhere") in capsys.readouterr().err
