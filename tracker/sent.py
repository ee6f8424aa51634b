"""What somebody sent with one of a story page's forms and has to mend: it stands in the form again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_OBJECTS: Mapping[str, str] = {
    "move-task": "task",
    "remove-task": "task",
    "edit-comment": "comment",
    "remove-comment": "comment",
}
"""The field that tells which of several forms of one deed it was."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One form's fields and what is wrong with them; by default nothing was sent."""

    form: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def by(self, do: str, object_: object = "") -> bool:
        """Tell whether it was this form: that of a deed, done to one of several things."""
        if not self.problem or self.form.get("do") != do:
            return False
        return do not in _OBJECTS or self.form.get(_OBJECTS[do], "") == str(object_)

    def filled(self, do: str, name: str, otherwise: str = "", object_: object = "") -> str:
        """Return what stands in a field: what was sent when it was this form."""
        return self.form.get(name, "") if self.by(do, object_) else otherwise
