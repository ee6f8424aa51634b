"""Shows what else speaks of a day's lines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from archive.addresses import parse_line_ref
from hub.module import Module
from hub.people import Actor
from hub.refs import Backlink, Place, RefKind, places_of


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that speaks of the line at `anchor`; `label` and `url` are its own."""

    url: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a day's lines mention that may be shown: places by ref, and the names of those lines."""

    places: Mapping[str, Place]
    names: Collection[str]


def named(
    session: Session, modules: Sequence[Module], actor: Actor, links: Sequence[tuple[str, str]]
) -> Named:
    """Ask the owner of each thing that lines mention for its title and address."""
    places = places_of(all_kinds(modules), session, actor, (target for _, target in links))
    lines = {source for source, target in links if target in places}
    return Named(places, {line.partition("T")[2] for line in map(_anchor, lines)})


def all_kinds(modules: Sequence[Module]) -> Sequence[RefKind]:
    """Return how things of all modules are mentioned."""
    return [kind for module in modules for kind in module.refs]


def _anchor(ref: str) -> str:
    place = parse_line_ref(ref)
    return place.anchor if place else ""


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
