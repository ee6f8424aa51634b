"""What is derived from stories and their tasks equals a recount, whatever was done to them."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub import bootstrap
from hub.errors import HubError
from tests.databases import config_for
from tests.tracker.community import Community
from tracker.comments import add_comment, edit_comment, remove_comment
from tracker.projects import create_group, delete_group, set_grouped
from tracker.states import Importance, Stage, State
from tracker.stories import StoryEdit, delete_story, edit_story, set_duplicate, set_needed
from tracker.subscriptions import follow, unfollow
from tracker.tags import set_tags
from tracker.tasks import TaskEdit, edit_task, remove_task
from tracker.voices import set_voice

NUMBER = st.integers(1, 6)
PERSON = st.sampled_from(["ada", "bob", "cho"])
STAGE = st.sampled_from(Stage)


@pytest.mark.parametrize(
    ("stages", "state"),
    [
        ([], State.UNTRIAGED),
        ([Stage.NEW], State.ACTIVE),
        ([Stage.MERGED, Stage.CONFIRMED], State.ACTIVE),
        ([Stage.MERGED, Stage.WONT_FIX], State.MERGED),
        ([Stage.RELEASED], State.MERGED),
        ([Stage.INVALID, Stage.EXPIRED], State.INVALID),
    ],
)
def test_a_storys_state_follows_from_its_tasks(
    community: Community, stages: list[Stage], state: State
) -> None:
    story = community.story()
    for stage in stages:
        community.task(story, stage=stage)
    assert community.row(story).state == state
    assert community.problems == []


class AnySequence(RuleBasedStateMachine):
    """Does anything with stories, in any order; what is refused changes nothing."""

    @initialize()
    def begin(self) -> None:
        folder = Path(self.folder)  # type: ignore[attr-defined]
        url = f"sqlite:///{folder}/{self.count}.db"  # type: ignore[attr-defined]
        type(self).count += 1  # type: ignore[attr-defined]
        self.hub = Community(bootstrap.build(config_for(url, folder))).settled()

    def teardown(self) -> None:
        if hasattr(self, "hub"):
            self.hub.app.db.close()

    def does(self, act: object, by: str) -> None:
        actor = self.hub.actor(by)
        with contextlib.suppress(HubError):
            self.hub.does(lambda s, now: act(s, actor, now))  # type: ignore[operator]

    @rule(title=st.sampled_from(["The lid leaks", "Salt is low"]), by=PERSON, private=st.booleans())
    def file(self, title: str, by: str, private: bool) -> None:
        self.hub.story(title, by, is_private=private, is_security=private)

    @rule(id_=NUMBER, by=PERSON, private=st.booleans(), how=st.sampled_from(Importance))
    def edit(self, id_: int, by: str, private: bool, how: Importance) -> None:
        change = StoryEdit(title=f"About {how} things", importance=how, is_private=private)
        self.does(lambda s, a, now: edit_story(s, a, id_, change, now=now), by)

    @rule(id_=NUMBER, by=PERSON, project=st.integers(1, 2), stage=STAGE)
    def add(self, id_: int, by: str, project: int, stage: Stage) -> None:
        with contextlib.suppress(HubError):
            self.hub.task(id_, by=by, project_id=project, stage=stage)

    @rule(id_=NUMBER, by=PERSON, stage=STAGE, to=st.none() | st.integers(1, 3))
    def move(self, id_: int, by: str, stage: Stage, to: int | None) -> None:
        change = TaskEdit(stage=stage, assignee_id=to)
        self.does(lambda s, a, now: edit_task(s, a, id_, change, now=now), by)

    @rule(id_=NUMBER, by=PERSON)
    def drop(self, id_: int, by: str) -> None:
        self.does(lambda s, a, now: remove_task(s, a, id_, now=now), by)

    @rule(id_=NUMBER, by=PERSON, tags=st.sets(st.sampled_from(["docs", "salt", "lid"])))
    def tag(self, id_: int, by: str, tags: set[str]) -> None:
        self.does(lambda s, a, now: set_tags(s, a, id_, sorted(tags), now=now), by)

    @rule(id_=NUMBER, by=PERSON, of=st.none() | NUMBER)
    def same(self, id_: int, by: str, of: int | None) -> None:
        self.does(lambda s, a, now: set_duplicate(s, a, id_, of, now=now), by)

    @rule(id_=NUMBER, by=PERSON, other=NUMBER, needed=st.booleans())
    def need(self, id_: int, by: str, other: int, needed: bool) -> None:
        self.does(lambda s, a, now: set_needed(s, a, id_, other, needed=needed, now=now), by)

    @rule(id_=NUMBER, by=PERSON, kind=st.sampled_from(["affects", "votes"]), raised=st.booleans())
    def speak_for(self, id_: int, by: str, kind: str, raised: bool) -> None:
        self.does(lambda s, a, now: set_voice(s, a, id_, kind, raised=raised, now=now), by)

    @rule(id_=NUMBER, by=PERSON, following=st.booleans())
    def listen(self, id_: int, by: str, following: bool) -> None:
        if following:
            self.does(lambda s, a, now: follow(s, a, "story", id_, now=now), by)
        else:
            self.does(lambda s, a, now: unfollow(s, a, "story", id_), by)

    @rule(id_=NUMBER, by=PERSON, other=NUMBER)
    def say(self, id_: int, by: str, other: int) -> None:
        self.does(lambda s, a, now: add_comment(s, a, id_, "Hm", now=now), by)
        self.does(lambda s, a, now: edit_comment(s, a, id_, other, "Hm!", now=now), by)

    @rule(id_=NUMBER, other=NUMBER)
    def moderate(self, id_: int, other: int) -> None:
        self.does(lambda s, a, now: remove_comment(s, a, id_, other, now=now), "ada")

    @rule(grouped=st.booleans(), project=st.integers(1, 2))
    def group(self, grouped: bool, project: int) -> None:
        self.does(lambda s, a, now: create_group(s, a, "crocks", "Crocks", now=now), "ada")
        self.does(lambda s, a, now: set_grouped(s, a, 1, project, grouped=grouped), "ada")

    @rule()
    def dissolve(self) -> None:
        self.does(lambda s, a, now: delete_group(s, a, 1), "ada")

    @rule(id_=NUMBER)
    def delete(self, id_: int) -> None:
        self.does(lambda s, a, now: delete_story(s, a, id_, now=now), "ada")

    @invariant()
    def equals_a_recount(self) -> None:
        if hasattr(self, "hub"):
            assert self.hub.problems == []


def test_after_any_sequence_what_is_derived_equals_a_recount(tmp_path: Path) -> None:
    class Here(AnySequence):
        folder = tmp_path
        count = 0

    Here.TestCase.settings = settings(
        max_examples=8,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Here.TestCase("runTest").runTest()
