"""YAML as plain values with their lines: every scalar a text as it was written, `0730` among them.

Made from the parser's events, for composing nests calls in C as deep as the text does, and a text of
brackets ends the process. Aliases are refused: by them a short text could grow without end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from hub.language import gettext
from meetbot.schedule import Problem

LONGEST = 64 * 1024
"""Characters that a text may have."""

_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, empty for null, and its line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence, and its line."""

    line: int
    items: "Sequence[Value]"


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping, and its line."""

    line: int
    items: "Mapping[str, Value]"


Value = Text | Items | Keys


@dataclass(slots=True)
class Notes:
    """Collects the problems of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, key: str, value: str, right: str, *, blocks: bool = True) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, line, key, value, right, blocks))

    def wrong(self, value: Value, key: str, right: str) -> None:
        """Note what is wrong with a value."""
        self.add(value.line, key, value.text if isinstance(value, Text) else "", right)


def like(example: str) -> str:
    """Return an example in words."""
    return gettext("for example %(example)s", example=example)


def below(key: str, name: object) -> str:
    """Return how what stands below a key is named."""
    return f"{key}.{name}" if key else str(name)


def plain(value: Value) -> Any:
    """Return the value without its lines, as JSON has it."""
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Items):
        return [plain(item) for item in value.items]
    return {name: plain(item) for name, item in value.items.items()}


def read_values(text: str, notes: Notes) -> Keys | None:
    """Read a text that is one mapping; None when it can't be read, which is noted."""
    if len(text) > LONGEST:
        notes.add(
            1, "", "", gettext("a schedule should have at most %(most)s characters", most=LONGEST)
        )
        return None
    try:
        return _Parser(yaml.parse(text, Loader=yaml.CSafeLoader), notes).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        notes.add(
            mark.line + 1 if mark else 1,
            "",
            "",
            gettext("is not valid YAML: %(reason)s", reason=error.problem),
        )
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        notes.add(
            1, "", "", gettext("is not valid YAML: %(reason)s", reason=str(error).splitlines()[0])
        )
    except _Unreadable as error:
        notes.add(error.line, "", "", str(error))
    return None


class _Unreadable(Exception):
    """The text is YAML, but none that is read here."""

    def __init__(self, line: int, right: str) -> None:
        super().__init__(right)
        self.line = line


@dataclass(slots=True)
class _Parser:
    events: Iterator[yaml.Event]
    notes: Notes

    def document(self) -> Keys:
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                value = self._value(event, "", 0)
                break
        else:
            value = Text(1, "")
        if not isinstance(value, Keys):
            raise _Unreadable(
                1, gettext("should have keys and values, as `project: Our Weekly Meeting`")
            )
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                raise _Unreadable(_line(event), gettext("should be one document: leave `---` out"))
        return value

    def _value(self, event: yaml.Event, key: str, depth: int) -> Value:
        line = _line(event)
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            raise _Unreadable(
                line, gettext("should be written out, without aliases and not so deep")
            )
        if isinstance(event, yaml.ScalarEvent):
            empty = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
            return Text(line, "" if empty else str(event.value))
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(line, list(self._items(key, depth)))
        return Keys(line, self._keys(key, depth))

    def _items(self, key: str, depth: int) -> Iterator[Value]:
        for number, event in enumerate(self.events, 1):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, below(key, number), depth + 1)

    def _keys(self, key: str, depth: int) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            name = self._value(event, key, depth + 1)
            word = name.text if isinstance(name, Text) else ""
            value = self._value(next(self.events), below(key, word), depth + 1)
            if not word:
                self.notes.add(name.line, key, "", gettext("should have a word before each colon"))
            elif word in found:
                self.notes.add(
                    name.line, below(key, word), "", gettext("is given twice. Keep one of the two")
                )
            else:
                found[word] = value
        return found


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1
