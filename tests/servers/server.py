"""A server: a program with a folder, ports and a moment from which it answers."""

from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from tests.servers.ports import Ports, is_listening
from tests.servers.process import Process
from tests.servers.programs import path_to


class Server:
    """What all servers share: configure once, then start, stop, kill and pause at will.

    Its ports stay its own from construction to the end of the `with`, over any number of restarts.
    """

    program: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.path = path_to(self.program)
        self.folder = folder
        self.host = "127.0.0.1"
        self.ports = Ports()
        self.port = self.ports.claim()
        folder.mkdir(parents=True, exist_ok=True)
        self.process: Process | None = None

    def make_process(self) -> Process:
        """Write the configuration; the program that runs on it."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """True once it answers."""
        return is_listening(self.port)

    def start(self, timeout_s: float = 20.0) -> Self:
        """Start it and wait until it answers."""
        if self.process is None:
            self.process = self.make_process()
        self.process.start()
        self.process.wait_until(self.is_ready, f"an answer on port {self.port}", timeout_s)
        return self

    @property
    def running(self) -> Process:
        """The program; it was started at least once."""
        assert self.process is not None, f"{self.program} was not started"
        return self.process

    @property
    def output(self) -> str:
        """What it has written, over all starts."""
        return self.running.output

    def stop(self) -> None:
        """End it in order. Repeatable."""
        if self.process is not None:
            self.process.stop()

    def kill(self) -> None:
        """End it as a crash would. Repeatable."""
        self.running.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open, nobody answers."""
        self.running.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self.running.resume()

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and give the ports back. Repeatable."""
        self.stop()
        self.ports.close()

    def __enter__(self) -> Self:
        try:
            return self if self.process and self.process.is_running else self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
