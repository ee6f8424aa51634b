"""The people of the sample community: `madang serve --demo` shows who they are and what they do.

None of them has a password: who tries the demo becomes its first administrator by the link that is printed.
"""

from datetime import datetime

from sqlmodel import Session

from hub.accounts.handles import bind_handle
from hub.accounts.people import create_person, find_person
from hub.accounts.teams import add_member, create_team, give
from hub.people import Actor, Role

_PEOPLE = {
    "bori": "보리 Bori",
    "okra": "Okra",
    "wiktor": "Wiktor",
    "nilufer": "Nilüfer",
    "junseo": "준서 Junseo",
    "haneul": "하늘 Haneul",
    "pepper": "Pepper",
    "gureum": "구름 Gureum",
    "dalnim": "달님 Dalnim",
    "moss": "Moss",
    "ferdi": "Ferdi",
    "marisol": "Marisol",
    "gomdol": "곰돌 Gomdol",
    "sodam": "소담 Sodam",
    "mirren": "Mirren",
    "kite": "Kite",
}
"""By their nicks, which are their names in addresses, too."""

_TEAMS = {
    "release": ("Release", "Who cuts the releases of Jangdokdae.", ("okra", "wiktor", "moss")),
    "hangul": (
        "번역 모임",
        "화면과 문서를 한국어로 옮깁니다.",
        ("gureum", "dalnim", "gomdol", "sodam"),
    ),
}


def load_sample_people(session: Session, now: datetime, *, network: str) -> None:
    """Add the sample's people and teams, once."""
    by = Actor("sample", Role.OPERATOR)
    if find_person(session, "moss") is not None:
        return
    for slug, name in _PEOPLE.items():
        create_person(session, by, slug, name=name, now=now)
        bind_handle(session, by, slug, "nick", network, slug, now=now)
    for slug, (name, about, members) in _TEAMS.items():
        create_team(session, by, slug, name=name, about=about, now=now)
        for member in members:
            add_member(session, by, slug, member, now=now)
    give(session, by, "edit", "series:jangdokdae", "team:release", now=now)
