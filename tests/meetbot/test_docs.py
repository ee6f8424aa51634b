"""What the docs say of the commands is what there is."""

from pathlib import Path

from meetbot.commands import COMMANDS

DOCS = (Path(__file__).parents[2] / "docs" / "meetings.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_docs() -> None:
    table = DOCS.split("## Commands")[1].split("## Who")[0]
    assert [name for name in COMMANDS if f"`#{name}`" not in table] == []


def test_the_docs_name_no_command_that_is_not_there() -> None:
    table = DOCS.split("## Commands")[1].split("## Who")[0]
    named = {word.strip("`#") for word in table.split() if word.startswith(("`#", "(`#"))}
    assert {word.strip("(`#),").rstrip("`") for word in named} <= set(COMMANDS)
