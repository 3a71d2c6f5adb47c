"""Runs a command on throw-away servers: `python -m lsp_program.local.testing pytest -n 2`.

With `--durable` first, each commit is written to the disk, as in production: for what measures. Servers that the environment names are used as they are; the tests make databases of their own there.
"""

import os
import signal
import subprocess
import sys

from lsp_program.local.environment import COMPILE, ROOT, VAR, for_tests
from lsp_program.local.processes import CannotStart
from lsp_program.local.servers import running


def main(command: list[str]) -> int:
    # A polite end must still take the servers down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    durable = command[:1] == ["--durable"]
    command = command[durable:]
    base = VAR / f"test-{os.getpid()}"
    try:
        with running(base, kept=False, durable=durable) as (addresses, _processes):
            environment = {**os.environ, **for_tests(**addresses._asdict())}
            # Journeys read Spanish pages too.
            subprocess.run([sys.executable, "manage.py", *COMPILE], cwd=ROOT, env=environment, check=True)
            status = subprocess.run([sys.executable, "-m", *command], env=environment, check=False).returncode
    except CannotStart as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
