"""`python -m tests.bench [name]`: runs the benchmarks, each on a database of its own. Ends with 1 when one falls short."""

import importlib
import os
import pkgutil
import sys
import time
import warnings
from pathlib import Path

import django

HELPERS = {"__main__", "ground", "many", "report"}
NAMES = sorted(
    module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name not in HELPERS
)


def main(asked: list[str]) -> int:
    if unknown := set(asked) - set(NAMES):
        print(f"No benchmark {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsp_program.settings")
    # Refusals are part of what is measured, and no news.
    os.environ["LOG_LEVEL"] = "ERROR"
    warnings.filterwarnings("ignore", message="No directory at")
    django.setup()
    from django.utils import translation

    from core import memory
    from tests.bench import ground, report

    # As the web process begins (lsp_program/wsgi.py): without Django's environment for tests, which notes each template.
    memory.settle()
    translation.activate("en")
    for name in asked or NAMES:
        begun = time.monotonic()
        with ground.own_database() as database:
            importlib.import_module(f"tests.bench.{name}").measure(database)
        print(f"  ({name}: {time.monotonic() - begun:.0f} s)", flush=True)
    return 1 if report.short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
