"""Shows what else speaks of a day's lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from archive.addresses import parse_line_ref
from hub.module import Module
from hub.people import Actor
from hub.refs import Backlink


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that speaks of the line at `anchor`; `label` and `url` are its own."""

    url: str
    label: str
    anchor: str


def mentions(
    session: Session, modules: Sequence[Module], actor: Actor, links: Sequence[Backlink]
) -> Sequence[Mention]:
    """Ask the owner of each source for its label and address, but for what the actor may not know of."""
    kinds = {kind.kind: kind for module in modules for kind in module.refs}
    found = []
    for link in links:
        kind = kinds.get(link.source.partition(":")[0])
        place = parse_line_ref(link.target)
        if kind is None or place is None or not kind.sees(session, actor, link.source):
            continue
        label = kind.label(session, link.source)
        if label is not None:
            found.append(Mention(kind.url(link.source), label, place.anchor))
    return found
