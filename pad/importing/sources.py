"""Where pads come from: a folder of exports, Etherpad's file database, or a running Etherpad."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from hub.errors import Invalid, NotFound, Unavailable
from pad.importing.html_text import text_of_html
from pad.importing.records import read_told, records_of
from pad.importing.taking import Found, plain_told

_KINDS = (".etherpad", ".md", ".txt", ".html", ".htm")
_LARGEST = 300_000_000
_LARGEST_TEXT = 20_000_000
_PATIENCE_S = 60.0
_TRIES = 4
_MOST_WAITS = 30
_LONGEST_WAIT_S = 100.0
_TOO_FAST = 429


class Source(Protocol):
    """Has pads, each by its name."""

    def names(self) -> Sequence[str]:
        """Return the names by which `find` knows the pads."""

    def find(self, name: str) -> Found:
        """Return a pad. Raises: Invalid for one that can't be read, Unavailable."""


class Folder:
    """Exports of pads: `NAME.etherpad`, `.txt`, `.md` or `.html`; of one name the first kind counts."""

    def __init__(self, folder: Path) -> None:
        found: dict[str, Path] = {}
        for file in sorted(folder.iterdir()):
            better = file.suffix in _KINDS and file.is_file()
            other = found.get(file.stem)
            if better and (other is None or _rank(file) < _rank(other)):
                found[file.stem] = file
        if not found:
            raise NotFound(f"There are no exports of pads in {folder}: {', '.join(_KINDS)}.")
        self._files = found

    def names(self) -> Sequence[str]:
        """Return the files' names."""
        return list(self._files)

    def find(self, name: str) -> Found:
        """Return the pad in a file."""
        file = self._files[name]
        is_told = file.suffix == ".etherpad"
        if file.stat().st_size > (_LARGEST if is_told else _LARGEST_TEXT):
            raise Invalid("file", "the file is too large")
        return found_in(name, file.suffix, file.read_bytes())


def _rank(file: Path) -> int:
    return _KINDS.index(file.suffix)


def found_in(name: str, suffix: str, data: bytes) -> Found:
    """Return the pad in an export.

    Raises: Invalid.
    """
    digest = hashlib.sha256(data).hexdigest()
    if suffix == ".etherpad":
        told, records = records_of(data)
        return Found(read_told(told, records), records, digest)
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    if suffix in (".html", ".htm"):
        text = text_of_html(text) + "\n"
    return Found(plain_told(name, [(text, "")]), lambda _key: None, digest)


class DirtyDatabase:
    """Etherpad's `dirty.db`: a line of JSON for each value that was stored, the last one of a key counts.

    Only the places of the lines are kept in memory.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._places: dict[str, int] = {}
        with file.open("rb") as opened:
            at = 0
            for line in opened:
                key = _key_of(line)
                if key is not None:
                    self._places[key] = at
                at += len(line)
        if not self.names():
            raise NotFound(f"There are no pads in {file}. Give Etherpad's dirty.db.")

    def names(self) -> Sequence[str]:
        """Return the pads' names."""
        parts = (key.split(":") for key in self._places)
        found = [part[1] for part in parts if part[0] == "pad" and len(part) == 2]
        return [name for name in found if self._get(f"pad:{name}") is not None]

    def find(self, name: str) -> Found:
        """Return a pad with its history."""
        told = read_told(name, self._get)
        record = json.dumps(self._get(f"pad:{name}"), sort_keys=True).encode()
        reading = self._get(f"pad2readonly:{name}")
        digest = hashlib.sha256(record).hexdigest()
        return Found(told, self._get, digest, reading if isinstance(reading, str) else "")

    def _get(self, key: str) -> Any:
        place = self._places.get(key)
        if place is None:
            return None
        with self._file.open("rb") as opened:
            opened.seek(place)
            found = _object(opened.readline())
        return found.get("val")


def _key_of(line: bytes) -> str | None:
    found = _object(line)
    key = found.get("key")
    return key if isinstance(key, str) else None


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}  # a line that a crash cut off
    return found if isinstance(found, dict) else {}


class Remote:
    """A running Etherpad, by its HTTP API and its exports, which tell the history."""

    def __init__(self, url: str, key: str) -> None:
        self._root, self._key = url.rstrip("/"), key
        self._client = httpx.Client(
            timeout=_PATIENCE_S, transport=httpx.HTTPTransport(retries=_TRIES)
        )

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def names(self) -> Sequence[str]:
        """Return all pads' names."""
        told = self._call("listAllPads")
        listed = told.get("padIDs") if isinstance(told, dict) else None
        return (
            [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        )

    def find(self, name: str) -> Found:
        """Return a pad: with its history from its export; only its text where that is not for us."""
        answer = self._get(f"/p/{quote(name, safe='')}/export/etherpad", {})
        reading = self._call("getReadOnlyID", padID=name)
        if answer.status_code == 200:
            found = found_in(name, ".etherpad", answer.content)
        else:
            told = self._call("getText", padID=name)
            text = told.get("text") if isinstance(told, dict) else ""
            found = found_in(name, ".txt", str(text).encode("utf-8", "replace"))
        id_ = reading.get("readOnlyID") if isinstance(reading, dict) else ""
        return Found(found.told, found.records, found.digest, str(id_ or ""))

    def _call(self, function: str, **given: str) -> Any:
        answer = self._get(f"/api/1.2.1/{function}", {"apikey": self._key, **given})
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict) or told.get("code") != 0:
            message = told.get("message") if isinstance(told, dict) else answer.status_code
            raise Unavailable(
                f"{self._root} does not answer {function}: {message}."
                " Is the address right, and the key in the variable of --apikey-env?"
            )
        return told.get("data")

    def _get(self, path: str, given: Mapping[str, str]) -> httpx.Response:
        for _ in self._waits():
            try:
                answer = self._client.get(self._root + path, params=dict(given))
            except httpx.HTTPError as error:
                raise Unavailable(
                    f"{self._root} can't be reached: {error}. Try again: the import goes on."
                ) from error
            if answer.status_code != _TOO_FAST:
                return answer
            told = answer.headers.get("retry-after", "")
            time.sleep(min(float(told) if told.isdecimal() else 10.0, _LONGEST_WAIT_S))
        raise Unavailable(f"{self._root} lets nothing through any more. Try again later.")

    def _waits(self) -> Iterator[int]:
        """Yield once for each time that is tried: Etherpad gives out ten exports in 90 seconds."""
        yield from range(_MOST_WAITS)


def source_of(told: str, key: str) -> "Folder | DirtyDatabase | Remote":
    """Return the source that a command names.

    Raises: NotFound, Unavailable.
    """
    if told.startswith(("https://", "http://")):
        return Remote(told, key)
    path = Path(told)
    if path.is_dir():
        return Folder(path)
    if path.is_file():
        return DirtyDatabase(path)
    raise NotFound(
        f"There is no folder or file {told}. Give one with exports, a dirty.db, or an address."
    )
