"""Real Yjs clients under Node: the stock `yjs` and `y-websocket`, driven from Python."""

import contextlib
import fcntl
import json
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.servers.programs import leave_out

FOLDER = Path(__file__).parent / "node"
_PATIENCE_S = 60.0


def install(folder: Path, *options: str) -> None:
    """Install what the folder's package-lock.json pins, once; runs at the same time wait for each other.

    A test that needs it is left out where there is no npm, or no registry to install from.
    """
    if shutil.which("npm") is None:
        leave_out("node and npm")
    lock, done = folder / "package-lock.json", folder / "node_modules" / ".installed"
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if done.exists() and done.read_bytes() == lock.read_bytes():
            return
        told = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", *options],
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        if told.returncode != 0:
            leave_out(f"the npm packages of {folder.name} ({told.stderr.strip()[-200:]})")
        done.write_bytes(lock.read_bytes())


class Peer:
    """One client: its calls are those of peer.mjs."""

    def __init__(self, peers: "Peers", name: str, client: int) -> None:
        self._peers = peers
        self.name = name
        self.client = client

    def insert(self, at: int, text: str) -> None:
        """Type `text` at a place counted in UTF-16 units."""
        self._peers.call("insert", id=self.name, at=at, text=text)

    def do(self, call: str, **values: Any) -> Any:
        """Do anything else."""
        return self._peers.call(call, id=self.name, **values)

    @property
    def text(self) -> str:
        """What it shows now."""
        return str(self.do("text"))

    def shows(self, text: str) -> bool:
        """Wait until it shows exactly that."""
        told = self.do("is", text=text)
        assert told == text
        return True

    def shows_words(self, *words: str) -> str:
        """Wait until it shows all of the words; return its text."""
        told = str(self.do("has", words=words))
        assert all(word in told for word in words), told
        return told

    def is_saved(self) -> bool:
        """Wait until all that it sent is acknowledged."""
        return bool(self.do("saved"))


class Peers:
    """One Node process and the clients in it."""

    def __init__(self, base: str) -> None:
        """Base is the hub's address, as http://..."""
        self._url = base.replace("http", "ws", 1) + "/ws/pads"
        self._origin = base
        self._names = iter(range(10_000))

    def __enter__(self) -> Self:
        install(FOLDER, "--omit=optional")
        self._process = subprocess.Popen(
            ["node", "peer.mjs"],
            cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate(timeout=10)

    def move(self, base: str) -> None:
        """Let new clients go to another address."""
        self._url, self._origin = base.replace("http", "ws", 1) + "/ws/pads", base

    def open(self, pad: str, **options: Any) -> Peer:
        """Open a pad as a new client; it asks for acknowledgements unless `params` says otherwise."""
        name = f"peer{next(self._names)}"
        given = {"params": {"ack": "1"}, "headers": {"Origin": self._origin}} | options
        client = self.call("open", id=name, url=self._url, name=pad, **given)
        return Peer(self, name, client)

    def opened(self, pad: str, **options: Any) -> Peer:
        """Open a pad and wait until it is there."""
        peer = self.open(pad, **options)
        assert peer.do("synced")
        return peer

    def call(self, call: str, **values: Any) -> Any:
        """Give one command and return its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        hung = threading.Timer(_PATIENCE_S, self._process.kill)
        hung.start()
        try:
            self._process.stdin.write(json.dumps({"call": call} | values) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            hung.cancel()
        assert line, f"node gave no answer to {call}"
        answer = json.loads(line)
        assert "error" not in answer, answer.get("error")
        return answer["value"]


def lines_of(peers: Sequence[Peer]) -> set[str]:
    """Return the different texts that clients show."""
    return {peer.text for peer in peers}
