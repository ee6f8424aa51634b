"""Where a StoryBoard is read: its API, a page at a time, or a folder with its answers as JSON files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

from hub.errors import Invalid, Unavailable

Shape = Mapping[str, Any]
_PAGE = 100
_WHOLE = ("due_dates", "worklists", "boards")
"""Lists that know no marker: the real one refuses what it does not know, and tells all without a limit."""
_TRIES = 4
_PATIENCE_S = 120.0


class Source(Protocol):
    """A StoryBoard to read. realm: its address, by which what came from it is known.

    keeps_numbers: whether its projects, tasks and comments keep their numbers; stories always do.
    """

    realm: str
    keeps_numbers: bool

    def listed(self, path: str, after: int = 0, *, archived: bool = False) -> Iterator[Shape]:
        """Yield a list's objects after one, in the order of their numbers; archived: those put away."""

    def within(self, path: str) -> Sequence[Shape]:
        """Return all of a list that belongs to another object."""

    def count(self, path: str) -> int:
        """Return how many objects a list has."""

    def followed(self) -> Iterator[Shape]:
        """Yield what people follow, as far as it is told."""


class Remote:
    """A StoryBoard's API. token: shows what its owner may see. Broken connections are tried again."""

    keeps_numbers = True

    def __init__(self, url: str, token: str = "") -> None:
        root = url.rstrip("/")
        self.realm = root.removesuffix("/v1").removesuffix("/api")
        self._root = root if root.endswith("/v1") else f"{root}/api/v1"
        headers = {"Accept": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        self._client = httpx.Client(
            headers=headers, timeout=_PATIENCE_S, transport=httpx.HTTPTransport(retries=_TRIES)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._client.close()

    def listed(self, path: str, after: int = 0, *, archived: bool = False) -> Iterator[Shape]:
        """Yield the objects of a list, a page at a time."""
        filters = {"archived": "true"} if archived else {}
        if path in _WHOLE:
            return iter(_list(self._get(path, filters), path))
        return self._pages(path, after, filters)

    def _pages(self, path: str, after: int, filters: Mapping[str, Any]) -> Iterator[Shape]:
        while True:
            asked = {"limit": _PAGE, "sort_field": "id", "sort_dir": "asc", **filters}
            page = _list(self._get(path, asked | ({"marker": after} if after else {})), path)
            last = after
            for each in page:
                last = max(last, number(each, "id"))
                yield each
            if len(page) < _PAGE or last <= after:
                return
            after = last

    def within(self, path: str) -> Sequence[Shape]:
        """Return all of a list at once."""
        return _list(self._get(path, {}), path)

    def count(self, path: str) -> int:
        """Return what the list's header says."""
        told = self._ask(path, {"limit": 1}).headers.get("x-total", "0")
        return int(told) if told.isdecimal() else 0

    def followed(self) -> Iterator[Shape]:
        """Yield what the token's owner follows; what everybody does to an administrator."""
        if "Authorization" not in self._client.headers:
            return
        me = self._get("users/self", {})
        yield from self._pages("subscriptions", 0, {})
        if isinstance(me, dict) and me.get("is_superuser") is True:
            for person in self.listed("users"):
                if number(person, "id") != number(me, "id"):
                    yield from self._pages("subscriptions", 0, {"user_id": number(person, "id")})

    def _get(self, path: str, asked: Mapping[str, Any]) -> Any:
        try:
            return self._ask(path, asked).json()
        except ValueError as error:
            raise Invalid("url", f"{self._root}/{path} answers with no JSON.") from error

    def _ask(self, path: str, asked: Mapping[str, Any]) -> httpx.Response:
        for left in reversed(range(_TRIES)):
            try:
                answer = self._client.get(f"{self._root}/{path}", params=dict(asked))
            except httpx.HTTPError as error:
                if left:
                    continue
                raise Unavailable(
                    f"{self._root} can't be reached: {error}. Try again: the import goes on."
                )
            if answer.status_code < 500 or not left:
                break
        if answer.status_code != 200:
            raise Unavailable(
                f"{self._root}/{path} answers {answer.status_code}. Is the address right?"
            )
        return answer


class Folder:
    """A folder with answers of a StoryBoard: `stories.json`, `stories/7/events.json` and so on."""

    keeps_numbers = True

    def __init__(self, folder: Path, realm: str = "") -> None:
        self._folder = folder
        self.realm = realm or "folder"

    def listed(self, path: str, after: int = 0, *, archived: bool = False) -> Iterator[Shape]:
        """Yield the objects of a file; those archived have one of their own, `boards-archived.json`."""
        its = self.within(f"{path}-archived" if archived else path)
        found = sorted(its, key=lambda each: number(each, "id"))
        yield from (each for each in found if number(each, "id") > after)

    def within(self, path: str) -> Sequence[Shape]:
        """Return the objects of a file; none when there is no such file."""
        file = self._folder / f"{path}.json"
        try:
            return _list(json.loads(file.read_text(encoding="utf-8")), str(file))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            raise Invalid("folder", f"{file} can't be read: {error}.") from error

    def count(self, path: str) -> int:
        """Count the objects of a file."""
        return len(self.within(path))

    def followed(self) -> Iterator[Shape]:
        """Yield what people follow."""
        yield from self.listed("subscriptions")


def number(told: Shape, name: str) -> int:
    """Return a number of an object, 0 when it has none."""
    found = told.get(name)
    is_number = isinstance(found, int) and not isinstance(found, bool)
    return found if is_number and 0 < found < 2**31 else 0  # type: ignore[operator,return-value]


def text(told: Shape, name: str) -> str:
    """Return a text of an object, empty when it has none."""
    found = told.get(name)
    return found if isinstance(found, str) else ""


def _list(found: Any, where: str) -> Sequence[Shape]:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Invalid("url", f"{where} should be a list of objects. Is it a StoryBoard?")
    return found
