"""PostgreSQL: one server for a test run, a new database for each test."""

import itertools
import os
import shutil
import signal
import subprocess

import psycopg

from tests.servers.process import Process
from tests.servers.programs import path_to, unprivileged_folder
from tests.servers.server import Server


class Postgres(Server):
    """A server of its own, on its own port, quick because it never syncs.

    It refuses to run as root, so there it runs as the user postgres.
    """

    program = "postgres"

    def __init__(self) -> None:
        self._user = "postgres" if os.geteuid() == 0 else None
        super().__init__(unprivileged_folder("madang-postgres-", self._user))
        self._numbers = itertools.count(1)
        self._init()

    def _init(self) -> None:
        argv = [path_to("initdb"), "-D", f"{self.folder}/data", "-A", "trust", "-U", "postgres"]
        argv += ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(argv, check=True, capture_output=True, user=self._user, cwd=self.folder)

    def make_process(self) -> Process:
        options = {
            "listen_addresses": self.host,
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        return Process(
            [self.path, "-D", f"{self.folder}/data", *settings],
            self.folder / "postgres.log",
            user=self._user,
            cwd=self.folder,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients to leave
        )

    def is_ready(self) -> bool:
        """True once it takes queries."""
        try:
            with psycopg.connect(self._conninfo("postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def create_database(self) -> str:
        """A new empty database; its address as `database.url` takes it."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://postgres@{self.host}:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database, its connections too."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _conninfo(self, database: str) -> str:
        return f"host={self.host} port={self.port} user=postgres dbname={database}"

    def close(self) -> None:
        """Stop it and remove its folder. Repeatable."""
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)
