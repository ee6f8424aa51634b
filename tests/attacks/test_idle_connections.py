"""Connections that never say what they want do not keep the others out."""

import os
import resource
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.servers.madang import Madang


def test_more_idle_connections_than_the_usual_limit_keep_nobody_out(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = len(os.listdir("/proc/self/fd")) + 200  # what this process has open must stay within
    with ExitStack() as idle:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, before[1]))  # the child inherits it
        try:
            madang = idle.enter_context(Madang(tmp_path / "madang"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for _ in range(few + 50):
            visitor = socket.create_connection((madang.host, madang.port), 5)
            idle.enter_context(visitor)
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX-")
        assert madang.status("/") == 200
