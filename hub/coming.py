"""What is planned in a channel, as those tell each other who show it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will be in a channel, or is on: from when to when (UTC), and the page about it."""

    at: datetime
    ends_at: datetime
    title: str
    url: str
    network: str
    channel: str
    agenda_url: str = ""
