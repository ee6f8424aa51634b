"""The regular times in a schedule's text: one `Slot` for each item of its `schedule` list."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from hub.language import gettext
from meetbot.recurrence import FREQUENCIES, EachMonth
from meetbot.schedule import DAYS, Skip, Slot
from meetbot.yaml_values import Items, Keys, Notes, Text, Value, below, like

_SLOTS, _SKIPS = 50, 500
_SLOT_KEYS = (
    "time",
    "day",
    "irc",
    "frequency",
    "start_date",
    "duration",
    "timezone",
    "network",
    "skip_dates",
)
_SKIP_KEYS = ("skip_date", "reason")


@dataclass(frozen=True, slots=True)
class Texts:
    """Takes texts out of a mapping; what is no text is noted and empty."""

    map: Keys
    key: str
    notes: Notes

    def text(self, name: str, needed: str = "") -> str:
        value = self.map.items.get(name)
        if isinstance(value, Text) and value.text.strip():
            return value.text
        if value is not None and not isinstance(value, Text):
            self.notes.wrong(value, below(self.key, name), gettext("should be a text"))
        elif needed:
            line = value.line if value else self.map.line
            self.notes.add(
                line,
                below(self.key, name),
                "",
                gettext("is missing. It should be there, %(example)s", example=needed),
            )
        return ""

    def line(self, name: str, needed: str = "", most: int = 200) -> str:
        text = " ".join(self.text(name, needed).split())
        if len(text) > most:
            self.wrong(name, gettext("should have at most %(most)s characters", most=most))
        return text

    def address(self, name: str) -> str:
        text = self.text(name).strip()
        if text and not re.fullmatch(r"https?://[^\s<>\"]{1,2000}", text):
            self.wrong(
                name,
                gettext(
                    "should be an address, %(example)s", example=like("https://example.org/agenda")
                ),
            )
        return text

    def wrong(self, name: str, right: str) -> None:
        self.notes.wrong(self.map.items[name], below(self.key, name), right)


def number(value: Value, least: int, most: int) -> int | None:
    if isinstance(value, Text) and re.fullmatch(r"[0-9]{1,6}", value.text):
        return int(value.text) if least <= int(value.text) <= most else None
    return None


def read_slots(root: Keys, notes: Notes) -> Iterator[Slot]:
    zone = _zone(Texts(root, "", notes)) or "UTC"
    value = root.items.get("schedule")
    if not isinstance(value, Items) or not value.items:
        notes.add(
            value.line if value else root.line,
            "schedule",
            "",
            gettext("should be a list of times, each beginning with a dash, as `- time: '1600'`"),
        )
        return
    if len(value.items) > _SLOTS:
        notes.wrong(value, "schedule", gettext("should have at most %(most)s times", most=_SLOTS))
        return
    for number, item in enumerate(value.items, 1):
        key = f"schedule.{number}"
        if not isinstance(item, Keys):
            notes.wrong(item, key, gettext("should have time, day, irc and frequency"))
        elif (slot := _slot(item, key, zone, notes)) is not None:
            yield slot


def _slot(map_: Keys, key: str, zone: str, notes: Notes) -> Slot | None:
    texts, before = Texts(map_, key, notes), len(notes.problems)
    _note_unknown(map_, key, _SLOT_KEYS, notes)
    frequency = _frequency(texts)
    weekday = _weekday(texts, frequency)
    slot = Slot(
        at=_time(texts),
        weekday=weekday,
        channel=_channel(texts),
        frequency=frequency,
        zone=_zone(texts) or zone,
        start_on=_date(texts, "start_date") if "start_date" in map_.items else None,
        duration_min=_duration(map_, key, notes),
        network=_network(texts),
        skips=tuple(_skips(map_, key, notes)),
    )
    return None if any(p.blocks for p in notes.problems[before:]) else _checked(slot, texts)


def _checked(slot: Slot, texts: Texts) -> Slot:
    """Tell of days to skip that are no days of the meeting; they do no harm, but somebody is mistaken."""
    for skip in slot.skips:
        if slot.frequency != "adhoc" and skip.on.weekday() != slot.weekday:
            day = DAYS[skip.on.weekday()]
            texts.notes.add(
                texts.map.items["skip_dates"].line,
                f"{texts.key}.skip_dates",
                f"{skip.on:%Y%m%d}",
                gettext(
                    "is a %(day)s, while the meeting is on %(own)s. Give the meeting's own day",
                    day=gettext(day),
                    own=gettext(slot.day),
                ),
                blocks=False,
            )
    return slot


def _note_unknown(map_: Keys, key: str, known: Sequence[str], notes: Notes) -> None:
    for name, value in map_.items.items():
        if name not in known:
            meant = get_close_matches(name, known, 1)
            if meant:
                right = gettext("is no known key. Is %(meant)s meant?", meant=meant[0])
            else:
                right = gettext("is no known key. Known are %(names)s", names=", ".join(known))
            notes.add(value.line, below(key, name), "", right, blocks=False)


def _time(texts: Texts) -> time:
    text = texts.text("time", needed=like("'1600'")).strip()
    found = re.fullmatch(r"([01]\d|2[0-3]):?([0-5]\d)", text, re.ASCII)
    if found:
        return time(int(found[1]), int(found[2]))
    if text:
        texts.wrong(
            "time",
            gettext(
                "should be hours and minutes on the 24-hour clock, %(example)s",
                example=like("'0730'"),
            ),
        )
    return time()


def _frequency(texts: Texts) -> str:
    text = texts.text("frequency", needed=like("weekly")).strip().lower()
    if text and text not in FREQUENCIES:
        meant = get_close_matches(text, FREQUENCIES, 1)
        named = "weekly, biweekly-odd, biweekly-even, quadweekly, first-monday, last-friday, adhoc"
        right = gettext("should be one of %(names)s and their like.", names=named)
        if meant:
            right += " " + gettext("Is %(meant)s meant?", meant=meant[0])
        texts.wrong("frequency", right)
        return "adhoc"
    return text or "adhoc"


def _weekday(texts: Texts, frequency: str) -> int:
    """Return the weekday; where the frequency names one (`first-friday`) they must agree."""
    cadence = FREQUENCIES[frequency]
    named = cadence.weekday if isinstance(cadence, EachMonth) else None
    needed = "" if named is not None else like("Tuesday")
    text = texts.text("day", needed=needed).strip().capitalize()
    if not text:
        return named or 0
    if text not in DAYS:
        texts.wrong("day", gettext("should be one of %(names)s", names=", ".join(DAYS)))
    elif named is not None and DAYS[named] != text:
        texts.wrong(
            "day",
            gettext(
                "should be %(day)s, for the frequency is %(frequency)s",
                day=DAYS[named],
                frequency=frequency,
            ),
        )
    return DAYS.index(text) if text in DAYS else 0


def _channel(texts: Texts) -> str:
    right = gettext(
        "should be a channel's name without blanks, %(example)s", example=like("our-meeting")
    )
    example = gettext("for example our-meeting (in quotes if it has its #)")
    text = texts.text("irc", needed=example).strip()
    if text and not re.fullmatch(r"[^\x00-\x20,\x7f]{1,199}", text):
        texts.wrong("irc", right)
    return text if text[:1] in "#&+!" else f"#{text}"


def _zone(texts: Texts) -> str:
    text = texts.text("timezone").strip()
    try:
        return ZoneInfo(text).key if text else ""
    except (ValueError, OSError, KeyError):
        texts.wrong(
            "timezone",
            gettext(
                "should be a zone's name, %(example)s", example=like("Europe/Berlin, Asia/Seoul")
            ),
        )
        return ""


def _date(texts: Texts, name: str) -> date | None:
    text = texts.text(name, needed=like("20260106")).strip()
    found = re.fullmatch(r"(\d{4})(-?)(\d\d)\2(\d\d)", text, re.ASCII)
    try:
        day = date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        day = None
    if text and (day is None or not 1988 <= day.year <= 2199):
        texts.wrong(
            name,
            gettext(
                "should be a day as year, month and day, %(example)s", example=like("20260106")
            ),
        )
        return None
    return day


def _duration(map_: Keys, key: str, notes: Notes) -> int:
    value = map_.items.get("duration")
    minutes = 60 if value is None else number(value, 1, 1440)
    if value is not None and minutes is None:
        right = gettext("should be minutes from 1 to 1440, %(example)s", example=like("30"))
        notes.wrong(value, f"{key}.duration", right)
    return minutes or 60


def _network(texts: Texts) -> str:
    text = texts.text("network").strip()
    if text and not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", text):
        texts.wrong(
            "network",
            gettext("should be a network's short name, %(example)s", example=like("oftc")),
        )
    return text


def _skips(map_: Keys, key: str, notes: Notes) -> Iterator[Skip]:
    value = map_.items.get("skip_dates")
    if value is None or value == Text(value.line, ""):
        return
    place = f"{key}.skip_dates"
    if not isinstance(value, Items) or len(value.items) > _SKIPS:
        right = gettext(
            "should be a list of at most %(most)s days, each as `- skip_date: 20261224`",
            most=_SKIPS,
        )
        notes.wrong(value, place, right)
        return
    for number, item in enumerate(value.items, 1):
        if not isinstance(item, Keys):
            notes.wrong(item, f"{place}.{number}", gettext("should have skip_date and reason"))
            continue
        _note_unknown(item, f"{place}.{number}", _SKIP_KEYS, notes)
        texts = Texts(item, f"{place}.{number}", notes)
        reason = texts.line("reason")
        if (on := _date(texts, "skip_date")) is not None:
            yield Skip(on, reason)
