"""Real web processes on the run's own database, as the demonstration runs them: for what ends and starts them."""

import contextlib
import http.client
import os
import subprocess
import sys
import time

from lsp_program.local.processes import end_with_us, free_port, stop

PATIENCE = 30.0


class WebServer:
    """gunicorn at a port of its own. `more` is put into its environment."""

    def __init__(self, *, workers: int = 2, threads: int = 4, **more: str):
        self.port = free_port()
        self.command = [
            sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn.conf.py", "--workers", str(workers),
            "--threads", str(threads), "--bind", f"127.0.0.1:{self.port}", "lsp_program.wsgi",
        ]  # fmt: skip
        self.environment = os.environ | {"ALLOWED_HOSTS": "localhost,127.0.0.1"} | more
        self.process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            self.command, env=self.environment, preexec_fn=end_with_us(15), start_new_session=True
        )
        give_up = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("the site did not come up")
            time.sleep(0.1)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            server.request("GET", "/healthz")
            return server.getresponse().status == 200
        return False

    def kill(self) -> None:
        """Kill it and all its workers at once, in the middle of whatever they do."""
        assert self.process is not None
        os.killpg(self.process.pid, 9)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        """End it kindly."""
        if self.process is not None:
            stop(self.process)
