"""The schedules of the sample community: `madang serve --demo` has something to look forward to.

Written relative to the first start, as the sample's talk is: the next meetings follow those that it tells of.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from hub.people import Actor
from meetbot.schedule import DAYS
from meetbot.schedule_store import keep_schedule, newest_version
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series

_AUTHOR = Actor("sample")

_DEVELOPMENT = """\
project: Jangdokdae development
meeting_id: jangdokdae
agenda_url: https://wiki.example/jangdokdae/agenda
schedule:
  - time: '1400'
    day: {met}
    irc: madang-dev
    frequency: weekly
    start_date: {first_met}
    skip_dates:
      - skip_date: {skipped}
        reason: Everybody is out in the yard
chair: Nilufer (nilufer), Bori (bori)
description: >
  Where the next release stands, and what holds it up. Newcomers and bakers are welcome.
"""

_TRANSLATION = """\
# 서울의 시계를 따릅니다.
project: 번역 모임
meeting_id: 번역 모임
timezone: Asia/Seoul
schedule:
  - time: '2100'
    day: {translated}
    irc: '#마당-한국어'
    frequency: {turn}
    start_date: {first_translated}
    duration: 40
chair: 달님 (dalnim)
description: >
  격주로 모여 번역을 살피고 낱말을 정합니다. 처음 오시는 분도 환영합니다.
"""

_QUESTIONS = """\
project: Bread and questions
meeting_id: questions
timezone: Europe/Berlin
reminders: [10]
schedule:
  - time: '0900'
    day: {asked}
    irc: madang
    frequency: weekly
  - time: '1800'
    day: {asked}
    irc: madang
    frequency: first-{asked_lower}
    duration: 90
chair: Ferdi (ferdi)
description: >
  Ask what you never dared to ask. Once a month in the evening, too, for the other half of the world.
"""

_SAMPLES = (
    ("jangdokdae", _DEVELOPMENT),
    ("번역 모임", _TRANSLATION),
    ("questions", _QUESTIONS),
)


def sample_schedules(now: datetime) -> Iterator[tuple[str, str]]:
    """Yield each series' name and the text of its schedule, as of `now`: they fit the sample's talk."""
    met, translated, asked = (now + timedelta(days=days) for days in (-6, -4, 2))
    words = {
        "met": DAYS[met.weekday()],
        "first_met": f"{met - timedelta(days=14):%Y%m%d}",
        "skipped": f"{met + timedelta(days=21):%Y%m%d}",
        "translated": DAYS[translated.weekday()],
        "first_translated": f"{translated:%Y%m%d}",
        "turn": "biweekly-odd" if translated.isocalendar().week % 2 else "biweekly-even",
        "asked": DAYS[asked.weekday()],
        "asked_lower": DAYS[asked.weekday()].lower(),
    }
    for name, template in _SAMPLES:
        yield name, template.format_map(words)


def load_sample_schedules(session: Session, now: datetime) -> int:
    """Keep the sample's schedules, and return how many are new; what is there stays as it is."""
    return sum(_keep(session, name, text, now) for name, text in sample_schedules(now))


def _keep(session: Session, name: str, text: str, now: datetime) -> bool:
    schedule = read_schedule(text).schedule
    assert schedule is not None
    series = make_series(session, name, schedule.project)
    if newest_version(session, series) is not None:
        return False
    return keep_schedule(session, _AUTHOR, series, schedule, text, now=now)
