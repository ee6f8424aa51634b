"""Schedules as text: the YAML of irc-meetings, read with all its problems at once.

Keys beyond that format: `timezone` (an IANA name, at the top or in a slot) for a meeting that follows a local
clock, `network` in a slot, `reminders` at the top (minutes before). Other keys are kept, as the format does.

Source: yaml2ical's format as irc-meetings uses it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hub.language import gettext
from meetbot.naming import series_name
from meetbot.schedule import Extra, Problem, Schedule
from meetbot.schedule_slots import Texts, number, read_slots
from meetbot.yaml_values import Items, Keys, Notes, like, plain, read_values

_KEYS = (
    "project",
    "meeting_id",
    "agenda_url",
    "project_url",
    "timezone",
    "reminders",
    "schedule",
    "chair",
    "description",
)


@dataclass(frozen=True, slots=True)
class ScheduleReading:
    """What a text says, None when a problem blocks it; and all its problems."""

    schedule: Schedule | None
    problems: Sequence[Problem]


def read_schedule(text: str, file: str = "schedule") -> ScheduleReading:
    """Read a schedule; `file` is how problems name it."""
    notes = Notes(file)
    root = read_values(text, notes)
    schedule = None if root is None else _schedule(root, notes)
    problems = sorted(notes.problems, key=lambda problem: problem.line)
    blocked = any(problem.blocks for problem in problems)
    return ScheduleReading(None if blocked else schedule, problems)


def _schedule(root: Keys, notes: Notes) -> Schedule:
    texts = Texts(root, "", notes)
    project = texts.line("project", needed=like("Our Weekly Meeting"))
    meeting_id = texts.line("meeting_id")
    return Schedule(
        project=project,
        meeting_id=meeting_id or series_name(project),
        slots=tuple(read_slots(root, notes)),
        chair=texts.line("chair", most=1000),
        description=texts.text("description").strip(),
        agenda_url=texts.address("agenda_url"),
        project_url=texts.address("project_url"),
        reminders=_reminders(root, notes),
        extras=tuple(_extras(root, notes)),
    )


def _reminders(root: Keys, notes: Notes) -> Sequence[int] | None:
    value = root.items.get("reminders")
    if value is None:
        return None
    items = value.items if isinstance(value, Items) else None
    right = gettext(
        "should be a list of minutes before the meeting, %(example)s", example=like("[15, 0], []")
    )
    if items is None or len(items) > 5:
        notes.wrong(value, "reminders", right)
        return None
    minutes = [number(item, 0, 10_080) for item in items]
    if None in minutes:
        notes.wrong(value, "reminders", right)
    return tuple(minute for minute in minutes if minute is not None)


def _extras(root: Keys, notes: Notes) -> Iterator[Extra]:
    for name, value in root.items.items():
        if name in _KEYS:
            continue
        if meant := get_close_matches(name, _KEYS, 1, 0.8):
            right = gettext("is no key of a schedule. Is %(meant)s meant?", meant=meant[0])
            notes.add(value.line, name, "", right, blocks=False)
        yield Extra(name, json.dumps(plain(value), ensure_ascii=False))
