"""The image and the compose file: their form, and that the image is made by the Makefile's own steps.

There is no Docker here: what cannot be run is at least read.
"""

import re

import pytest
import yaml
from django.conf import settings

from lsp_program.local import machine

ROOT = settings.BASE_DIR
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = {"set-up", "web", "worker", "scheduler"}
DOCKERFILE = re.sub(r" *\\\n *", " ", (ROOT / "Dockerfile").read_text("utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_the_services():
    assert set(SERVICES) == OURS | {"postgres", "redis", "proxy", "clamav"}
    assert set(COMPOSE["volumes"]) == {"postgres", "media", "certificates", "proxy", "clamav"}
    # The virus scanner is for those who ask for it.
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["clamav"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"set-up"}))
def test_each_service_is_watched_and_started_again(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= set(SERVICES[name]["healthcheck"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_have_no_power_over_the_machine(name):
    service = SERVICES[name]
    assert service["image"] == "lsp"
    assert service["user"] == "10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"] == ["/tmp"]
    assert "ports" not in service
    assert "privileged" not in service


def test_only_the_proxy_can_be_reached():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_the_owners_password_is_known_to_set_up_alone():
    knowing = {name for name in SERVICES if "OWNER_PASSWORD" in str(SERVICES[name])}
    assert knowing == {"set-up", "postgres"}
    assert SERVICES["set-up"]["command"] == ["python", "manage.py", "set_up_database"]
    for name in ("web", "worker", "scheduler"):
        assert SERVICES[name]["depends_on"]["set-up"]["condition"] == "service_completed_successfully"


def test_every_variable_is_a_setting():
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known
    assert not {"DEMO", "DEBUG", "STAFF_SECOND_FACTOR"} & set(SERVICES["web"]["environment"])


def test_the_proxy_says_when_a_request_arrived_and_is_believed():
    caddy = (ROOT / "docker" / "Caddyfile").read_text("utf-8")
    assert 'header_up X-Request-Start "t={time.now.unix_ms}"' in caddy
    assert SERVICES["web"]["environment"]["TRUST_REQUEST_START"] == "1"
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == "1"


def test_the_image_does_not_run_as_root_and_starts_as_the_demonstration_does():
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    command = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[1]
    assert '"gunicorn", "--config", "docker/gunicorn.conf.py"' in command
    from lsp_program.local.demo import commands

    assert commands(1, 2, 3)["web"][:3] == ["gunicorn", "--config", "docker/gunicorn.conf.py"]


STEPS = [
    ("-m pip install -qq --disable-pip-version-check --root-user-action=ignore --target .uv uv", MAKEFILE),
    ("uv venv --quiet --python '>=3.12,<3.15' .venv", MAKEFILE.replace("$(UV)", "uv")),
    ("npm ci --silent --ignore-scripts", MAKEFILE),
    (
        "uv pip sync --quiet --python .venv/bin/python",
        MAKEFILE.replace("$(UV)", "uv").replace("$(VENV)", ".venv/bin"),
    ),
    ("collectstatic --no-input --verbosity=0", None),
    ("compilemessages --verbosity=0 --ignore=.venv --ignore=.uv --ignore=node_modules --ignore=var", None),
]


@pytest.mark.parametrize("step, source", STEPS)
def test_the_image_is_made_by_the_steps_of_make(step, source, monkeypatch, tmp_path):
    assert step in DOCKERFILE
    if source is None:
        from lsp_program.local import demo

        done = []
        monkeypatch.setattr(demo, "manage", lambda _environment, *words: done.append(" ".join(words)))
        (tmp_path / "lsp_program" / "locale").mkdir(parents=True)
        monkeypatch.setattr(demo, "ROOT", tmp_path)
        demo.compile_and_collect({})
        assert step in done
    else:
        assert step in source


def test_the_image_has_the_libraries_that_make_installs():
    for need in machine.DEMO:
        for package in need.debian:
            assert re.search(rf"apt-get install [^&]*\b{re.escape(package)}\b", DOCKERFILE), package


def test_nothing_private_enters_the_image():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {".env", ".git", "var", ".venv", "node_modules"} <= set(ignored)


def test_the_versions_of_python_agree():
    version = (ROOT / ".python-version").read_text("utf-8").strip()
    assert len(re.findall(rf"^FROM python:{re.escape(version)}-slim-bookworm", DOCKERFILE, re.MULTILINE)) == 2
