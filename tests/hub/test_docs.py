"""What the documentation promises to be complete is complete."""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from hub import cli
from hub.config import Channel, Config, MeetingSection, Network, Sasl
from hub.config_people import OidcProvider
from hub.metrics import KINDS
from web.ops import KINDS as WEB_KINDS

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
SECTIONS = (
    "hub",
    "database",
    "web",
    "log",
    "search",
    "limits",
    "auth",
    "mail",
    "storyboard",
    "hooks",
    "webhooks",
)
MODELS: dict[str, type[BaseModel]] = {
    **{f"[{name}]": type(getattr(Config(), name)) for name in SECTIONS},
    "[[auth.oidc]]": OidcProvider,
    "[[network]]": Network,
    "[network.sasl]": Sasl,
    "[[network.channel]]": Channel,
    "[network.channel.meeting]": MeetingSection,
}


def section(title: str) -> str:
    """Return what the documentation says under a heading."""
    return DOCS.partition(f"### `{title}`\n")[2].partition("\n#")[0]


def calls(*names: str) -> Iterator[ast.Call]:
    """Yield each call of a function or method of that name in the program."""
    for folder in ("hub", "bot", "archive", "meetbot", "search", "web"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    called = node.func
                    name = getattr(called, "attr", getattr(called, "id", ""))
                    if name in names:
                        yield node


def figures() -> set[str]:
    """Return the names of all figures that the program counts."""
    return {
        str(call.args[0].value)
        for call in calls("add", "put")
        if call.args and isinstance(call.args[0], ast.Constant)
        if str(call.args[0].value).startswith("madang_")
    }


@pytest.mark.parametrize("title", MODELS)
def test_each_key_is_explained_with_its_default(title: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section(title), re.MULTILINE))
    assert rows.keys() == MODELS[title].model_fields.keys()
    for key, field in MODELS[title].model_fields.items():
        default = field.get_default()
        if isinstance(default, bool):
            assert rows[key] == f"`{str(default).lower()}`"
        elif isinstance(default, int | float):
            assert rows[key] == f"`{default}`"
        elif isinstance(default, str) and default:
            assert rows[key] == f'`"{default}"`'


def test_each_variable_is_named() -> None:
    for name in SECTIONS:
        for key in type(getattr(Config(), name)).model_fields:
            if key != "oidc":  # a list of tables is no variable's matter
                assert f"`MADANG_{name}_{key}`".upper() in DOCS


def test_each_command_is_explained() -> None:
    def names(parser: argparse.ArgumentParser) -> Iterator[str]:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, below in action.choices.items():
                    deeper = list(names(below))
                    yield from (f"{name} {word}" for word in deeper)
                    if not deeper:
                        yield name

    found = sorted(names(cli._parser()))
    assert "import irclogs" in found
    assert [name for name in found if f"`madang {name}`" not in DOCS] == []


def test_each_figure_is_explained_and_told() -> None:
    assert {"madang_lines_total", "madang_http_requests_total"} <= figures()
    assert figures() <= {*KINDS, *WEB_KINDS}
    assert [name for name in {*KINDS, *WEB_KINDS} if f"`{name}`" not in DOCS] == []


def test_each_event_is_explained() -> None:
    emitted = {
        str(call.args[2].value)
        for call in calls("emit", "emit_each")
        if len(call.args) > 2 and isinstance(call.args[2], ast.Constant)
    }
    assert "line.redacted" in emitted
    assert [name for name in emitted if f"| `{name}` |" not in DOCS] == []
