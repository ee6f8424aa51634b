"""What pages call states, importances and what happened, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.language import gettext, mark
from tracker.authors import Who
from tracker.states import (
    IMPORTANCE_WORDS,
    STAGE_WORDS,
    STATE_WORDS,
    Importance,
    Stage,
    State,
)
from tracker.story_page import Happening


def stage_word(stage: Stage | str) -> str:
    """Return what a task's stage is called."""
    return gettext(STAGE_WORDS[Stage(stage)])


def state_word(state: State | str) -> str:
    """Return what a story's state is called."""
    return gettext(STATE_WORDS[State(state)])


def importance_word(importance: Importance | str) -> str:
    """Return what an importance is called."""
    return gettext(IMPORTANCE_WORDS[Importance(importance)])


def review_word(status: str) -> str:
    """Return what became of a change that is or was reviewed."""
    return {
        "open": gettext("In review"),
        "merged": gettext("Merged"),
        "abandoned": gettext("Given up"),
    }[status]


def kind_word(kind: str) -> str:
    """Return what a kind of story is called."""
    return {
        "bug": gettext("Bug"),
        "feature": gettext("Feature"),
        "private_vulnerability": gettext("Vulnerability, not yet public"),
        "public_vulnerability": gettext("Vulnerability"),
    }[kind]


def happened(happening: Happening, people: Mapping[int, Who]) -> str:
    """Say in a few words what somebody did; what changed from what to what follows it."""
    info = happening.info
    say = _SENTENCES.get(happening.kind)
    return say(info, people) if say else gettext("changed something")


def _task(info: Mapping[str, Any]) -> str:
    return str(info.get("task_title", ""))


def _status(info: Mapping[str, Any], _people: Mapping[int, Who]) -> str:
    return gettext(
        "moved “%(task)s” from %(before)s to %(after)s",
        task=_task(info),
        before=stage_word(info["before"]),
        after=stage_word(info["after"]),
    )


def _assignee(info: Mapping[str, Any], people: Mapping[int, Who]) -> str:
    new = info.get("new_assignee_id")
    if new is None:
        return gettext("gave “%(task)s” to nobody", task=_task(info))
    name = people[new].name if new in people else "?"
    return gettext("gave “%(task)s” to %(name)s", task=_task(info), name=name)


def _details(info: Mapping[str, Any], _people: Mapping[int, Who]) -> str:
    changed = info.get("after", {})
    if "title" in changed:
        return gettext(
            "renamed it from “%(before)s” to “%(after)s”",
            before=info["before"]["title"],
            after=changed["title"],
        )
    if "is_private" in changed:
        return gettext("made it private") if changed["is_private"] else gettext("made it public")
    if "kind" in changed:
        return gettext("made it a different kind: %(kind)s", kind=kind_word(changed["kind"]))
    return gettext("edited the description")


def _importance(info: Mapping[str, Any], _people: Mapping[int, Who]) -> str:
    return gettext(
        "changed the importance from %(before)s to %(after)s",
        before=importance_word(info["before"]),
        after=importance_word(info["after"]),
    )


def _duplicate(info: Mapping[str, Any], _people: Mapping[int, Who]) -> str:
    if info.get("after") is None:
        return gettext("said that it is no duplicate")
    return gettext("said that it is the same as story %(number)s", number=info["after"])


def _review(words: str) -> Callable[[Mapping[str, Any], Mapping[int, Who]], str]:
    def say(info: Mapping[str, Any], _people: Mapping[int, Who]) -> str:
        return gettext(words, subject=info["subject"], name=info["by"] or "?")

    return say


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any], Mapping[int, Who]], str]] = {
    "story_created": lambda _info, _people: gettext("filed this story"),
    "story_details_changed": _details,
    "tags_added": lambda info, _: gettext("tagged it %(tags)s", tags=", ".join(info["tags"])),
    "tags_deleted": lambda info, _: gettext(
        "took the tags %(tags)s off", tags=", ".join(info["tags"])
    ),
    "task_created": lambda info, _: gettext("added the task “%(task)s”", task=_task(info)),
    "task_deleted": lambda info, _: gettext("removed the task “%(task)s”", task=_task(info)),
    "task_details_changed": lambda info, _: gettext("edited the task “%(task)s”", task=_task(info)),
    "task_status_changed": _status,
    "task_stage_changed": _status,
    "task_assignee_changed": _assignee,
    "importance_changed": _importance,
    "duplicate_changed": _duplicate,
    "attachment_added": lambda info, _: gettext("added the file %(name)s", name=info["name"]),
    "attachment_removed": lambda info, _: gettext("took the file %(name)s away", name=info["name"]),
    "attachment_restored": lambda info, _: gettext(
        "brought the file %(name)s back", name=info["name"]
    ),
    "dependency_added": lambda info, _: gettext(
        "said that it waits for story %(number)s", number=info["needs"]
    ),
    "review_proposed": _review(mark("tells that %(name)s proposed the change “%(subject)s”")),
    "review_restored": _review(mark("tells that %(name)s took the change “%(subject)s” up again")),
    "review_merged": _review(mark("tells that the change “%(subject)s” was merged")),
    "review_abandoned": _review(mark("tells that %(name)s gave the change “%(subject)s” up")),
    "dependency_removed": lambda info, _: gettext(
        "said that it waits for story %(number)s no more", number=info["needs"]
    ),
}
