"""What `collectstatic` brings together: all that pages name, and little else."""

import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = settings.BASE_DIR


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Hashed names by plain ones, as the site would serve them."""
    folder = tmp_path_factory.mktemp("collected")
    from django.test import override_settings

    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", "--no-input", verbosity=0)
    return folder, json.loads((folder / "staticfiles.json").read_text())["paths"]


def named_in_templates() -> set[str]:
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    return {name for text in texts for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", text)}


def test_every_file_that_a_page_names_is_there(collected):
    folder, paths = collected
    names = named_in_templates()
    assert "theme.css" in names
    for name in names:
        assert (folder / paths[name]).exists()


def test_every_file_that_a_style_names_is_there(collected):
    folder, paths = collected
    for style in ("theme.css", "pdf.css", "bootstrap/bootstrap.min.css"):
        text = (folder / paths[style]).read_text("utf-8")
        for name in re.findall(r"url\([\"']?(?!data:)([^)\"']+)", text):
            assert ((folder / paths[style]).parent / name).exists(), name


def test_what_pages_do_not_use_stays_out(collected):
    _folder, paths = collected
    assert not [name for name in paths if name.endswith((".map", ".ts")) or ".rtl." in name]
    assert len(paths) < 40
