"""Writes a schedule as the YAML of irc-meetings."""

import json
from datetime import time
from typing import Any

import yaml

from meetbot.schedule import Schedule, Slot


class _Quoted(str):
    """A text that is written in quotes, so that no reader takes it for a number."""


class _Block(str):
    """A text that is written as a block of lines."""


class _Dumper(yaml.SafeDumper):
    """Writes as irc-meetings' files are written."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists within their key."""
        super().increase_indent(flow, indentless=False)


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "'")
)
_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|")
)


def write_schedule(schedule: Schedule) -> str:
    """Return a schedule as text that reads as the same schedule."""
    told: dict[str, Any] = {"project": schedule.project, "meeting_id": schedule.meeting_id}
    told |= {"agenda_url": schedule.agenda_url, "project_url": schedule.project_url}
    told = {key: value for key, value in told.items() if value}
    if schedule.reminders is not None:
        told["reminders"] = list(schedule.reminders)
    told["schedule"] = [_written_slot(slot) for slot in schedule.slots]
    told["chair"] = schedule.chair
    told["description"] = _Block(schedule.description)
    told |= {extra.key: json.loads(extra.value) for extra in schedule.extras}
    return str(yaml.dump(told, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=90))


def _written_slot(slot: Slot) -> dict[str, Any]:
    told: dict[str, Any] = {
        "time": _Quoted(f"{slot.at:%H%M}"),
        "day": slot.day,
        "irc": slot.channel.removeprefix("#") if slot.channel[1:2] not in "#&+!" else slot.channel,
        "frequency": slot.frequency,
    }
    if slot.start_on is not None:
        told["start_date"] = int(f"{slot.start_on:%Y%m%d}")
    if slot.duration_min != 60:
        told["duration"] = slot.duration_min
    if slot.zone != "UTC":
        told["timezone"] = slot.zone
    if slot.network:
        told["network"] = slot.network
    if slot.skips:
        told["skip_dates"] = [
            {"skip_date": int(f"{skip.on:%Y%m%d}"), "reason": skip.reason} for skip in slot.skips
        ]
    return told


def new_schedule(project: str, meeting_id: str, agenda_url: str) -> str:
    """Return a text to begin with, for a series that has no schedule."""
    slot = Slot(time(16), 1, "#our-channel", "weekly")
    return write_schedule(Schedule(project, meeting_id, (slot,), agenda_url=agenda_url))
