"""How meetings are named: the series in addresses and file names, and when two names are one."""

import re
from datetime import datetime

_LONGEST = 120
"""Bytes of a series' name: a file system takes 255, and the date and ending need their place."""


def series_name(text: str, channel: str = "") -> str:
    """Return a meeting's name as it stands in addresses: `Spec Meeting!` is `spec_meeting_`.

    OpenDev's rule where the name is ASCII. Letters of other scripts stay, or all their meetings would be
    of one name. A text with neither letter nor digit gives the channel's name.
    """
    name = re.sub(r"[^\w]", "_", text.strip().lower())
    if not name.strip("_"):
        name = re.sub(r"[^\w]", "_", channel.lstrip("#&+!").lower())
    name = name if name.strip("_") else "meeting"
    return name.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def series_key(name: str) -> str:
    """Return the form under which names of series compare equal: `Weekly!` and `#weekly` are `weekly`.

    Letters and digits count, in any case; what stands between them does not.
    """
    return re.sub(r"[\W_]+", "", name.casefold()) or name


def series_slug(name: str) -> str:
    """Return how a new series is written in addresses: `spec_meeting_` is `spec_meeting`."""
    return re.sub(r"_+", "_", name).strip("_") or name


def stem(series: str, started_at: datetime) -> str:
    """Return the file name that all of a meeting's files begin with: `SERIES.YYYY-MM-DD-HH.MM`."""
    day, clock = started_at.isoformat()[:10], started_at.isoformat()[11:16]
    return f"{series}.{day}-{clock.replace(':', '.')}"
