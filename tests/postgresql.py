"""A PostgreSQL server for the tests: in a folder that goes, on a socket of its own, started once a session.

Workers of one session share it: the first starts it, the last one stops it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql")
USER = "postgres"  # the user that Debian's package makes; initdb refuses root
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "''",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


class MissingServerError(Exception):
    """The server is not installed, or may not be started by this user."""


def binaries() -> Path:
    """The folder with the newest server installed.

    Raises: MissingServerError when there is none.
    """
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise MissingServerError("PostgreSQL is not installed: run .ci/setup tests")
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        raise MissingServerError(
            "PostgreSQL does not run as root, and there is no setpriv to be another user"
        )
    return found[-1].parent


class Server:
    """A server whose files and socket lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binaries = binaries()

    def url(self, database: str) -> str:
        """The database of that name, by the socket."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def start(self) -> None:
        self.folder.mkdir(mode=0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        cluster = str(self.folder / "cluster")
        self._run("initdb", "-D", cluster, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        settings = "".join(f" -c {name}={value}" for name, value in SETTINGS.items())
        options = f"-k {self.folder}{settings}"
        self._run("pg_ctl", "-D", cluster, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "cluster"), "-m", "immediate", "-w", "stop")

    def statement(self, text: str, database: str = USER) -> None:
        """Done by psql, outside any transaction."""
        self._run("psql", "-h", str(self.folder), "-U", USER, "-d", database, "-q", "-c", text)

    def _run(self, program: str, *arguments: str) -> None:
        ahead = ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups"] if os.geteuid() == 0 else []
        command = [*ahead, str(self.binaries / program), *arguments]
        # pg_ctl's server would keep a pipe open: what goes wrong is read from a file.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(  # noqa: S603 - our own words
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", check=False
            )
            if done.returncode:
                said.seek(0)
                raise RuntimeError(f"{program}: {said.read().decode(errors='replace')}")


@contextmanager
def shared_server(session: Path) -> Iterator[Server]:
    """The server of the session whose workers share this folder; stopped by the last of them to leave."""
    from filelock import FileLock  # noqa: PLC0415 - not needed where no server is

    # Paths of sockets are short, those of pytest's folders are not.
    note, users = session / "postgresql.folder", session / "postgresql.users"
    with FileLock(session / "postgresql.lock"):
        if note.exists():
            server = Server(Path(note.read_text(encoding="utf-8")))
        else:
            top = Path(tempfile.mkdtemp(prefix="pg-"))
            top.chmod(0o755)
            server = Server(top / "s")
            server.start()
            note.write_text(str(server.folder), encoding="utf-8")
        users.write_text(str(_count(users) + 1), encoding="utf-8")
    try:
        yield server
    finally:
        with FileLock(session / "postgresql.lock"):
            users.write_text(str(_count(users) - 1), encoding="utf-8")
            if _count(users) == 0:
                server.stop()
                note.unlink()
                shutil.rmtree(server.folder.parent, ignore_errors=True)


def _count(path: Path) -> int:
    return int(path.read_text(encoding="utf-8")) if path.exists() else 0
