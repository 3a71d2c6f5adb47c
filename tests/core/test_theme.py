"""The colours: those of the design, and every pair that carries text can be read (WCAG 2.2, 4.5:1)."""

import gzip
import re

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static" / "theme.css").read_text("utf-8")
COLOURS = dict(re.findall(r"--lsp-([\w-]+): (#[0-9A-F]{6});", CSS))
WHITE = "#FFFFFF"

LOOKS = ["draft", "submitted", "review", "changes", "good", "bad", "active", "overdue", "closed"]
GROUNDS = ["ground", "ground-grey", "ground-warm"]
TEXTS = ["text", "muted", "link", "link-hover", "link-visited"]
PAIRS = [
    *((COLOURS[text], COLOURS[ground]) for text in TEXTS for ground in GROUNDS),
    *((COLOURS[look], COLOURS[f"{look}-ground"]) for look in LOOKS),
    *(
        (WHITE, COLOURS[name])
        for name in ("primary", "primary-hover", "secondary", "success", "success-hover")
    ),
    *((WHITE, COLOURS[name]) for name in ("danger", "danger-hover")),
    (COLOURS["danger"], COLOURS["ground"]),
    (COLOURS["primary"], COLOURS["ground"]),
    (COLOURS["muted"], "#F2F2F2"),
]
# Not text: borders, focus and bars need 3:1.
MARKS = [
    (COLOURS["border"], COLOURS["ground"]),
    (COLOURS["focus"], COLOURS["ground"]),
    (COLOURS["focus"], COLOURS["ground-grey"]),
    (COLOURS["focus-dark"], COLOURS["primary"]),
    (COLOURS["accent"], COLOURS["primary"]),
    *((COLOURS[f"series-{number}"], COLOURS["ground"]) for number in range(1, 7)),
]


def brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted([brightness(one), brightness(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("text, ground", PAIRS)
def test_text_can_be_read(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("mark, ground", MARKS)
def test_marks_can_be_seen(mark, ground):
    assert contrast(mark, ground) >= 3


def test_each_colour_is_written_once():
    rules = CSS[CSS.index("html {") :]
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", rules)) <= {WHITE, "#000000"}


def test_what_must_never_be_used_is_not():
    assert not {"#838383", "#50B7B2", "#039BE5"} & {colour.upper() for colour in re.findall(r"#\w{6}", CSS)}


def test_scripts_and_styles_stay_out_of_the_pages():
    """The content security policy would drop them; mail and documents have no such policy."""
    root = settings.BASE_DIR / "templates"
    for path in root.rglob("*.html"):
        if path.relative_to(root).parts[0] in {"emails", "pdf"}:
            continue
        # Parameters of our own tags are no attributes of HTML.
        text = re.sub(r"\{%.*?%\}", "", path.read_text("utf-8"))
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", text), path


def test_the_scripts_stay_small():
    scripts = {path.name: path.read_bytes() for path in (settings.BASE_DIR / "static").glob("*.js")}
    assert set(scripts) == {"app.js", "keep.js", "retry.js", "upload.js"}
    assert {name: len(body) for name, body in scripts.items() if len(body) > 14_000} == {}
    # What every page loads, as it travels: upload.js comes only where a page asks for files, retry.js where it writes.
    htmx = (settings.BASE_DIR / "node_modules" / "htmx.org" / "dist" / "htmx.min.js").read_bytes()
    everywhere = [htmx, scripts["app.js"], scripts["keep.js"]]
    assert sum(len(gzip.compress(body)) for body in everywhere) < 25_000
