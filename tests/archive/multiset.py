"""The rule of a merge in its plainest form: a model to hold the importer and the store against."""

from collections.abc import Iterable, Mapping

from archive.importer import Key, key
from hub.irc import Line


def excess(existing: Mapping[Key, int], incoming: Iterable[Line]) -> list[Line]:
    """Return the lines that the archive lacks, in order, counting equal ones.

    existing: how often each key is stored, at least for every key that comes in.
    """
    matched: dict[Key, int] = {}
    lacking: list[Line] = []
    for line in incoming:
        its_key = key(line)
        stored = existing.get(its_key, 0)
        if stored and (so_far := matched.get(its_key, 0)) < stored:
            matched[its_key] = so_far + 1
        else:
            lacking.append(line)
    return lacking
