"""Files the sample community's stories: `madang serve --demo` has something to do."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from hub.accounts.people import create_person, find_person, require_person, require_row
from hub.accounts.visits import actor_of
from hub.config_stories import AttachmentsSection
from hub.people import Actor, operator
from tracker.attachments.keeping import attach
from tracker.comments import add_comment
from tracker.place_lists import milestones_of
from tracker.planning.sample import plan_sample
from tracker.projects import (
    ProjectEdit,
    create_group,
    create_milestone,
    create_project,
    edit_project,
    find_project,
    master_branch,
    set_grouped,
)
from tracker.sample_texts import (
    FIRMWARE,
    GROUP,
    MILESTONE,
    PEOPLE,
    PROJECTS,
    TALES,
    TEMPLATE,
    Said,
    Tale,
    Work,
)
from tracker.states import STATUS_OF, Stage, Status
from tracker.stories import NewStory, create_story, set_duplicate, set_needed
from tracker.tags import add_tags
from tracker.tasks import NewTask, TaskEdit, add_task, edit_task
from tracker.voices import set_voice

_OPERATOR = operator("sample")
_BRACES = re.compile(r"\{(?:line (-\d+) ([\d:]{8})|minutes (-\d+))\}")
_CHANNEL = "%23madang-dev"

_Step = tuple[int, str, Said | Callable[[datetime], None]]
"""A day, a clock, and what happened then."""


def load_sample_stories(session: Session, now: datetime, *, public_url: str) -> int:
    """File the sample's stories, and return how many; none where there are projects already."""
    if find_project(session, next(iter(PROJECTS))) is not None:
        return 0
    began = now - timedelta(days=21)
    for slug, name in PEOPLE.items():
        if find_person(session, slug) is None:
            create_person(session, _OPERATOR, slug, name=name, now=began)
    group = create_group(session, _OPERATOR, *GROUP, now=began)
    for name, about in PROJECTS.items():
        project = create_project(session, _OPERATOR, name, about, now=began)
        set_grouped(session, _OPERATOR, group, project, grouped=True)
    _set_up(session, began)
    filed: dict[int, int] = {}
    for place, tale in enumerate(TALES, 1):
        filed[place] = _Teller(session, now, public_url).tell(tale, filed)
    plan_sample(session, filed, now)
    return len(filed)


def _set_up(session: Session, now: datetime) -> None:
    """Give one project a template and a milestone."""
    project = find_project(session, FIRMWARE)
    assert project is not None
    edit_project(session, _OPERATOR, project.id or 0, ProjectEdit(template=TEMPLATE), now=now)
    branch = master_branch(session, project)
    create_milestone(session, _OPERATOR, branch.id or 0, MILESTONE, now=now)


class _Teller:
    """Tells one tale after another by the tracker's use cases, each step at its own time."""

    def __init__(self, session: Session, now: datetime, public_url: str) -> None:
        self._session = session
        self._now = now
        self._url = public_url

    def tell(self, tale: Tale, filed: dict[int, int]) -> int:
        """File a story and let happen what happened; return its number."""
        by, at = self._actor(tale.by), self._at(tale.day, tale.clock)
        new = NewStory(
            tale.title,
            self._filled(tale.text),
            tale.kind,
            tale.importance,
            source=self._meeting(tale.meeting) if tale.meeting else "",
        )
        story = create_story(self._session, by, new, now=at)
        add_tags(self._session, by, story, tale.tags, now=at)
        steps: list[_Step] = [(said.day, said.clock, said) for said in tale.said]
        for work in tale.tasks:
            steps += self._begin(by, story, work, at)
        for slug in tale.affects:
            set_voice(self._session, self._actor(slug), story, "affects", raised=True, now=at)
        for place in tale.needs:
            set_needed(self._session, by, story, filed[place], needed=True, now=at)
        for day, clock, step in sorted(steps, key=lambda each: each[:2]):
            when = self._at(day, clock)
            if not isinstance(step, Said):
                step(when)
            else:
                text = self._filled(step.text)
                add_comment(self._session, self._actor(step.who), story, text, now=when)
        for name, text in tale.files:
            data, limits = text.encode(), AttachmentsSection()
            attach(self._session, by, story, name, data, limits, now=at)
        if tale.duplicate_of:
            set_duplicate(self._session, by, story, filed[tale.duplicate_of], now=at)
        return story

    def _begin(self, by: Actor, story: int, work: Work, at: datetime) -> list[_Step]:
        """Add a task; return the steps that it goes later."""
        project = find_project(self._session, work.project)
        assert project is not None
        who = require_row(self._session, work.who).id
        new = NewTask(work.title, project.id or 0, assignee_id=who)
        task = add_task(self._session, by, story, new, now=at)
        doer = self._actor(work.who)

        milestones = milestones_of(self._session, project.id or 0)

        def moves(stage: Stage) -> Callable[[datetime], None]:
            edit = TaskEdit(stage=stage)
            if STATUS_OF[stage] is Status.MERGED and milestones:
                edit = replace(edit, milestone_id=milestones[0].id)
            return lambda when: edit_task(self._session, doer, task, edit, now=when)

        return [(day, clock, moves(stage)) for day, clock, stage in work.went]

    def _actor(self, slug: str) -> Actor:
        return actor_of(self._session, require_person(self._session, slug))

    def _at(self, day: int, clock: str) -> datetime:
        midnight = self._now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        hours, minutes, seconds = map(int, clock.split(":"))
        return midnight + timedelta(days=day, hours=hours, minutes=minutes, seconds=seconds)

    def _meeting(self, day: int) -> str:
        return f"meeting:jangdokdae/{self._at(day, '14:00:00'):%Y-%m-%d-%H.%M}"

    def _filled(self, text: str) -> str:
        return _BRACES.sub(self._address, text)

    def _address(self, braces: re.Match[str]) -> str:
        if braces[3]:
            at = self._at(int(braces[3]), "14:00:00")
            stem = f"jangdokdae.{at:%Y-%m-%d-%H.%M}"
            return f"{self._url}/meetings/jangdokdae/{at:%Y}/{stem}.html"
        at = self._at(int(braces[1]), braces[2])
        day = f"{self._url}/irclogs/{_CHANNEL}/{_CHANNEL}.{at:%Y-%m-%d}.log.html"
        return f"{day}#t{at:%Y-%m-%dT%H:%M:%S}"
