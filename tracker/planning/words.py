"""What pages say of automatic worklists, in the language of their reader."""

from hub.language import gettext
from tracker.planning.filters import Criterion, Filter


def asks(filter_: Filter) -> str:
    """Say what a filter asks for, as one line."""
    kind = gettext("stories") if filter_.item_type == "story" else gettext("tasks")
    told = gettext(" and ").join(_asked(each) for each in filter_.criteria)
    return gettext("%(things)s with %(criteria)s", things=kind, criteria=told)


def field_word(field: str) -> str:
    """Return what a criterion asks for, in words."""
    return {
        "Project": gettext("project"),
        "ProjectGroup": gettext("project group"),
        "Story": gettext("story"),
        "User": gettext("assignee"),
        "StoryStatus": gettext("story status"),
        "TaskStatus": gettext("task status"),
        "Tags": gettext("tag"),
        "Text": gettext("title"),
    }.get(field, field)


def _asked(each: Criterion) -> str:
    values = {"field": field_word(each.field), "value": each.title or each.value}
    if each.negative:
        return gettext("%(field)s not “%(value)s”", **values)
    return gettext("%(field)s “%(value)s”", **values)
