"""A hub with papers: things of several kinds that a test writes, changes and takes away; and its index."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.app import App
from hub.documents import Document, Documents
from hub.events import emit
from hub.module import Module
from hub.people import GUEST
from hub.refs import RefKind
from tests.databases import Yard
from tests.search.shelf import Shelf

KINDS = ("pad", "story", "meeting", "comment")


@dataclass
class Papers:
    """A module whose things are private or not, as tests say."""

    things: dict[str, Document] = field(default_factory=dict)

    def module(self) -> Module:
        """Return it as the hub knows it."""
        documents = Documents(
            lambda _s, ref: self.things.get(ref), lambda _s: iter(self.things.values())
        )
        return Module(name="papers", refs=[_kind(k) for k in KINDS], documents=documents)


def _kind(name: str) -> RefKind:
    """Return how papers of a kind are mentioned: `pad#one`."""
    pattern = re.compile(rf"\b{name}#(\w+)")
    return RefKind(
        name, pattern, lambda m: [f"{name}:{m[1]}"], lambda ref: f"/{ref}", lambda _s, ref: ref
    )


@dataclass
class Office:
    """A hub with papers, and its index."""

    app: App
    papers: Papers
    shelf: Shelf
    yard: Yard

    def writes(self, ref: str, text: str, visibility: str = "public", **given: object) -> None:
        """Write a paper, or write it anew."""
        kind = ref.partition(":")[0]
        made = Document(
            ref, kind, f"title {text}", text, self.yard.now, "ann", "office", visibility
        )
        self.papers.things[ref] = replace(made, **given)  # type: ignore[arg-type]
        self.changed(ref)

    def changed(self, ref: str) -> None:
        """Tell of a change, and let the index follow."""
        at: datetime = self.yard.now
        self.app.db.write(lambda s: emit(s, GUEST, f"{ref.partition(':')[0]}.changed", ref, at=at))
        self.shelf.follows()
