"""Tasks: where one goes when nobody says it."""

from sqlmodel import Session, select

from tests.tracker.community import Community
from tracker.projects import create_branch
from tracker.tables import TaskRow


def _branch_of(community: Community, task: int) -> int:
    def look(session: Session) -> int:
        return session.exec(select(TaskRow.branch_id).where(TaskRow.id == task)).one()

    return community.sees(look)


def test_a_task_without_a_branch_is_of_master_however_many_there_are(community: Community) -> None:
    actor = community.actor("ada")
    branch = community.does(lambda s, now: create_branch(s, actor, 1, "a-stable", now=now))
    story = community.story()
    master = _branch_of(community, community.task(story))
    chosen = _branch_of(community, community.task(story, branch_id=branch))
    assert (master != branch, chosen) == (True, branch)
