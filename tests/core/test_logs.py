"""Logs bear no key that logs somebody in, and nothing that a person searched for."""

import logging

import pytest

from core.logs import without_keys_in_reports, without_secrets


@pytest.mark.parametrize(
    "said, kept",
    [
        ("GET /invitations/s3cr3t-t0ken/", "GET /invitations/…/"),
        ("Not Found: /invitations/s3cr3t", "Not Found: /invitations/…"),
        ("GET /firm-links/s3cr3t-t0ken/", "GET /firm-links/…/"),
        ("GET /report-parts/s3cr3t-t0ken/", "GET /report-parts/…/"),
        ("POST /accounts/password/reset/key/1-abc-def/", "POST /accounts/password/reset/key/…/"),
        ("GET /accounts/confirm-email/Mg:1w:x/", "GET /accounts/confirm-email/…/"),
        ("GET /calendar/7/0a1b2c.ics", "GET /calendar/7/…"),
        ("GET /people/?q=ana%20paz&role=admin", "GET /people/?…"),
        ("GET /accounts/login/?next=/invitations/s3cr3t/", "GET /accounts/login/?…"),
        ('{"request": "GET /people/?q=ana"}', '{"request": "GET /people/?…"}'),
        ("GET /groups/1/", "GET /groups/1/"),
        ("it went wrong?", "it went wrong?"),
    ],
)
def test_addresses_lose_their_keys_and_queries(said, kept):
    assert without_secrets(None, "info", {"event": said, "request": said, "code": 200}) == {
        "event": kept,
        "request": kept,
        "code": 200,
    }


def test_a_report_of_an_error_has_no_key():
    event = {
        "request": {
            "url": "https://lsp.example/firm-links/s3cr3t/",
            "query_string": "q=ana",
            "headers": {"Referer": "https://lsp.example/firm-links/s3cr3t/", "Host": "lsp.example"},
        }
    }
    assert without_keys_in_reports(event, {}) == {
        "request": {"url": "https://lsp.example/firm-links/…/", "headers": {"Host": "lsp.example"}}
    }
    assert without_keys_in_reports({"message": "no request"}, {}) == {"message": "no request"}


class Kept(logging.Handler):
    """Keeps what the site's own formatter writes."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        own = next(handler for handler in logging.getLogger().handlers if handler.get_name() == "console")
        self.setFormatter(own.formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def test_the_sites_own_log_goes_through_it(client, db):
    kept = Kept()
    logging.getLogger().addHandler(kept)
    try:
        client.get("/invitations/s3cr3t-t0ken/?q=ana")
    finally:
        logging.getLogger().removeHandler(kept)
    assert sum("/invitations/" in line for line in kept.lines) >= 2  # ours, and Django's own “Not Found”
    assert not [line for line in kept.lines if "s3cr3t" in line or "q=ana" in line]
