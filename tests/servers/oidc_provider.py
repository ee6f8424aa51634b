"""An OpenID Connect provider: the certified `oidc-provider` on Node, with accounts for whoever asks."""

import fcntl
import hashlib
import html
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import httpx2 as httpx

from tests.servers.process import Process
from tests.servers.programs import leave_out, path_to
from tests.servers.server import Server

CLIENT_ID = "madang"
CLIENT_SECRET = "the secret of the tests"
_HERE = Path(__file__).parent / "oidc"
_INSTALL_S = 240


class OidcServer(Server):
    """One provider. `token_s` is how long its id tokens are good; `rotate_keys` before a restart."""

    program = "node"

    def __init__(self, folder: Path, token_s: int = 3600) -> None:
        super().__init__(folder)
        self.token_s = token_s
        self._packages = _installed()

    @property
    def issuer(self) -> str:
        """Its address, by which it is known."""
        return f"http://{self.host}:{self.port}"

    def make_process(self) -> Process:
        """Return the program; its packages are where it is started."""
        argv = [
            self.path, str(_HERE / "provider.js"), str(self.port), str(self.token_s),
            str(self._keys),
        ]  # fmt: skip
        return Process(argv, self.folder / "provider.log", cwd=self._packages)

    def rotate_keys(self) -> None:
        """Sign with a new key from now on."""
        self._keys.unlink()
        self.restart()

    @property
    def _keys(self) -> Path:
        return self.folder / "keys.json"


def visit(address: str, login: str) -> str:
    """Log in at the provider as a person would, page by page; return where it leads back to.

    `login` is the subject. Its forms have a login's and a consent's page.
    """
    with httpx.Client(follow_redirects=False, trust_env=False) as browser:
        answer = browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                there = urljoin(str(answer.url), answer.headers["location"])
                if "/login/oidc/callback" in there:
                    return there
                answer = browser.get(there)
                continue
            answer = browser.post(_action(answer), data=_fields(answer.text, login))
    raise AssertionError(f"the provider does not lead back: {answer.status_code} {answer.text}")


def _action(answer: httpx.Response) -> str:
    found = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
    assert found, f"{answer.status_code} {answer.text}"
    return urljoin(str(answer.url), html.unescape(found[1]))


def _fields(page: str, login: str) -> dict[str, str]:
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return hidden | ({"login": login, "password": "any"} if 'name="login"' in page else {})


def _installed() -> Path:
    """Return the folder with the packages of package-lock.json; installed once, for all test runs."""
    npm, lock = path_to("npm"), _HERE / "package-lock.json"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "madang-tests"
    folder = cache / f"oidc-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / name, folder)
            argv = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                argv, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_S, check=False
            )
            if done.returncode != 0:
                leave_out(f"npm's oidc-provider ({done.stderr.strip()[-200:]})")
            (folder / "installed").touch()
    return folder
