"""Reads settings.py in a fresh process per question, without paying for the imports each time.

Run as a program: one JSON question a line ({environment, argv, show}), one JSON answer a line. The parent has
imported what settings.py imports, and nothing of the project; each child is forked from it.
"""

import json
import os
import sys
import tempfile

import django.conf
import django.http.request
import django.utils.csp
import environ
import sentry_sdk
import structlog

LOADED = (django.conf, django.http.request, django.utils.csp, environ, sentry_sdk, structlog)


def answer(question: dict) -> dict:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if (child := os.fork()) == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.environ.clear()
            os.environ.update(question["environment"])
            sys.argv = question["argv"]
            # Not through the package, which would load the queue too. The interpreter itself says what ends it.
            with open("lsp_program/settings.py", encoding="utf-8") as file:
                code = compile(file.read(), file.name, "exec")
            names = {"__name__": "settings", "__file__": os.path.abspath("lsp_program/settings.py")}
            exec(code, names)
            print([str(names[name]) for name in question["show"]])
            raise SystemExit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        return {"status": status, "out": out.read().decode().strip(), "error": err.read().decode()}


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
