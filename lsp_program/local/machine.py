"""What the machine itself must have, which no Python package brings: `python3 machine.py demo` or `… test`.

As root on Debian and its kin, what is missing is installed; else one line says what to install. Needs no package and
runs before there is any: plain Python 3.9.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple


class Need(NamedTuple):
    name: str
    is_here: Callable[[], bool]
    debian: tuple[str, ...]


def library(*files: str) -> Callable[[], bool]:
    def is_here() -> bool:
        for file in files:
            try:
                ctypes.CDLL(file)
            except OSError:
                continue
            return True
        return False

    return is_here


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


DEMO = (
    Need("Pango", library("libpango-1.0.so.0", "libpango-1.0.0.dylib"), ("libpango-1.0-0",)),
    Need("PangoFT2", library("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"), ("libpangoft2-1.0-0",)),
    Need(
        "HarfBuzz-Subset",
        library("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
        ("libharfbuzz-subset0",),
    ),
    Need("Fontconfig", library("libfontconfig.so.1", "libfontconfig.1.dylib"), ("fontconfig",)),
    Need("msgfmt", program("msgfmt"), ("gettext",)),
)
NEEDS = {"demo": DEMO, "test": (*DEMO, Need("Chromium", program("chromium"), ("chromium",)))}


def main(what: str) -> int:
    missing = [need for need in NEEDS[what] if not need.is_here()]
    if not missing:
        return 0
    packages = sorted({package for need in missing for package in need.debian})
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        names = ", ".join(need.name for need in missing)
        print(
            f"make {what} needs {names}: install what brings them (Debian: sudo apt-get install {' '.join(packages)})",
            "and run it again.",
            file=sys.stderr,
        )
        return 1
    print(f"Installing {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode and command[0] == "install":
            print(f"apt-get could not install {' '.join(packages)}: see above.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
