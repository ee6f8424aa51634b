"""The style sheets and scripts, under an address that changes with their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

from hub.errors import NotFound
from hub.language import gettext

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ico": "image/x-icon",
    "txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All static files by name, read once; `version` is the digest of them all.

    One version for all, because modules import each other by relative addresses.
    """

    files: Mapping[str, bytes]
    version: str

    def url(self, name: str) -> str:
        """Return the address of a file, good for ever.

        Raises: KeyError for a file that does not exist: a mistake in a template.
        """
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def answer(self, request: Request) -> Response:
        """Serve a file; under an old version the current one is served, but not kept."""
        name, version = request.path_params["name"], request.path_params["version"]
        content = self.files.get(name)
        if content is None:
            raise NotFound(gettext("There is no file %(name)s here.", name=name))
        media_type = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        caching = _FOR_EVER if version == self.version else "no-cache"
        return Response(content, media_type=media_type, headers={"Cache-Control": caching})


def load_static(package: str = "web") -> StaticFiles:
    """Read all files below the package's `static` folder."""
    files: dict[str, bytes] = {}
    _gather(resources.files(package) / "static", "", files)
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name])
    return StaticFiles(files, digest.hexdigest())


def _gather(folder: Traversable, before: str, files: dict[str, bytes]) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _gather(entry, f"{before}{entry.name}/", files)
        else:
            files[before + entry.name] = entry.read_bytes()
