"""The demonstration's mail catcher keeps every message and shows it, whatever is in it."""

import smtplib
import threading
import urllib.error
import urllib.request
from email.message import EmailMessage
from http.server import ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from lsp_program.local import mail
from lsp_program.local.processes import free_port


@pytest.fixture
def catcher(tmp_path):
    """Both sides of it: answers (send a message, get a page)."""
    folder = mail.Folder(tmp_path / "mail")
    smtp = Controller(mail.Receiver(folder), hostname="127.0.0.1", port=free_port())
    smtp.start()
    web = ThreadingHTTPServer(("127.0.0.1", 0), mail.handler_for(folder))
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def send(message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", smtp.port) as client:
            client.send_message(message)

    def get(path: str) -> tuple[str, dict[str, str]]:
        with urllib.request.urlopen(f"http://127.0.0.1:{web.server_port}{path}") as answer:
            return answer.read().decode(), dict(answer.headers)

    yield send, get
    web.shutdown()
    thread.join()
    web.server_close()
    smtp.stop()


def message(subject: str, text: str, html: str = "") -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "programme@lsp.example", "somebody@lsp.example"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def address_of(page: str) -> str:
    return page.partition('<td><a href="')[2].partition('"')[0]


def test_a_message_is_listed_and_shown_with_its_links(catcher):
    send, get = catcher
    assert "No message" in get("/")[0]
    send(message("Recordatorio: ñandú", "Vaya a http://localhost:8000/a/?b=1&c=2 hoy.", "<p>Vaya</p>"))
    listed = get("/")[0]
    assert "Recordatorio: ñandú" in listed
    assert "somebody@lsp.example" in listed
    shown = get(address_of(listed))[0]
    assert '<a href="http://localhost:8000/a/?b=1&amp;c=2">' in shown
    assert "<p>Vaya</p>" in get(address_of(listed) + ".html")[0]


def test_the_newest_is_first_and_the_oldest_are_let_go(catcher, monkeypatch):
    monkeypatch.setattr(mail, "MOST_KEPT", 2)
    send, get = catcher
    for number in (1, 2, 3):
        send(message(f"Number {number}", "text"))
    listed = get("/")[0]
    assert "Number 1" not in listed
    assert listed.index("Number 3") < listed.index("Number 2")


def test_nothing_in_a_message_is_run(catcher):
    send, get = catcher
    send(message("<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "<script>alert(3)</script>"))
    listed, headers = get("/")
    shown, _headers = get(address_of(listed))
    assert "<script" not in listed + shown
    assert "<img" not in shown
    _page, raw = get(address_of(listed) + ".html")
    for each in (headers, raw):
        assert "script" not in each["Content-Security-Policy"]
        assert "default-src 'none'" in each["Content-Security-Policy"]
        assert "sandbox" in each["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/1", "/../demo/secret_key", "/%2e%2e/secret_key", "/1.eml", "/x"])
def test_no_other_file_is_shown(catcher, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        catcher[1](path)
    assert refused.value.code == 404
    refused.value.close()
