"""The letters of accounts: each has its subject, text and page, says its link, and escapes nothing in plain text."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

FOLDER = settings.BASE_DIR / "templates" / "emails"
LETTERS = sorted(path.stem for path in FOLDER.glob("account_*.txt") if not path.stem.endswith(".subject"))
LINK = f"{settings.SITE_URL}/somewhere/?a=1&b=2"
CONTEXT = dict.fromkeys(("activate_url", "password_reset_url", "signup_url", "url"), LINK) | {
    "case": "Muebles & Cía",
    "invited_by": "Ana O'Neil",
    "role": "Group member",
    "expires_on": "24/11/2026",
    "timestamp": "24/11/2026 14:32",
    "ip": "192.0.2.1",
}


def test_every_letter_that_log_in_sends_is_written():
    from allauth.account import adapter, internal
    from allauth.mfa import recovery_codes, totp

    sent = set()
    for module in (adapter, internal, recovery_codes, totp):
        place = module.__file__
        files = [place] if module is adapter else _python_files(place.rsplit("/", 1)[0])
        for file in files:
            with open(file, encoding="utf-8") as source:
                sent |= set(re.findall(r'"(?:account|mfa)/email/(\w+)"', source.read()))
    # Ways in that this project does not offer: codes instead of links.
    sent -= {"login_code", "password_reset_code"}
    assert {f"account_{name}" for name in sent} <= set(LETTERS)


def _python_files(folder: str) -> list[str]:
    from pathlib import Path

    return [str(path) for path in Path(folder).rglob("*.py")]


@pytest.mark.parametrize("letter", [*LETTERS, "invitation"])
def test_a_letter_reads_well(letter):
    subject = render_to_string(f"emails/{letter}.subject.txt", CONTEXT).strip()
    text = render_to_string(f"emails/{letter}.txt", CONTEXT)
    get_template(f"emails/{letter}.html")
    assert subject
    assert "\n" not in subject
    assert "&amp;" not in subject + text
    assert "&#x27;" not in subject + text
    if "_url" in (FOLDER / f"{letter}.txt").read_text() or letter == "invitation":
        assert LINK in text.splitlines()
