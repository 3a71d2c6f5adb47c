"""The demonstration's mail catcher: takes every message and shows it on a page. No message leaves the machine.

Run as a program: `python -m lsp_program.local.mail --smtp PORT --web PORT --folder FOLDER`.
"""

import argparse
import email
import email.policy
import html
import re
import threading
import time
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from aiosmtpd.controller import Controller

MOST_KEPT = 500
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 50rem; padding: 1rem; color: #212529 }
table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: .4rem; border-bottom: 1px solid #ccc }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit } a { color: #0b5394 } dt { font-weight: bold }
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""
NAME = re.compile(r"/(\d+)(\.html)?")


class Folder:
    """The messages, a file each, named by when they came."""

    def __init__(self, path: Path):
        self.path, self.lock = path, threading.Lock()
        path.mkdir(parents=True, exist_ok=True)

    def add(self, content: bytes) -> None:
        with self.lock:
            (self.path / f"{time.time_ns()}.eml").write_bytes(content)
            for old in self.newest()[MOST_KEPT:]:
                old.unlink(missing_ok=True)

    def newest(self) -> list[Path]:
        return sorted(self.path.glob("*.eml"), reverse=True)

    def read(self, path: Path) -> EmailMessage:
        return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[return-value]


class Receiver:
    """What the SMTP side does with a message: keep it."""

    def __init__(self, folder: Folder):
        self.folder = folder

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.folder.add(envelope.original_content)
        return "250 Kept"


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""


def with_links(text: str) -> str:
    escaped = html.escape(text)
    return re.sub(r"https?://[^\s<>&]+(?:&amp;[^\s<>&]+)*", lambda m: f'<a href="{m[0]}">{m[0]}</a>', escaped)


def list_page(folder: Folder) -> str:
    rows = []
    for path in folder.newest()[:100]:
        message = folder.read(path)
        cells = [
            time.strftime("%H:%M:%S", time.localtime(int(path.stem) / 1e9)),
            html.escape(str(message["To"])),
            f'<a href="/{path.stem}">{html.escape(str(message["Subject"]))}</a>',
        ]
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    if not rows:
        return PAGE.format(
            title="Messages", body="<p>No message has been sent yet. Load this page again.</p>"
        )
    head = '<tr><th scope="col">Sent</th><th scope="col">To</th><th scope="col">Subject</th></tr>'
    return PAGE.format(
        title="Messages", body=f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def message_page(folder: Folder, path: Path) -> str:
    message = folder.read(path)
    facts = "".join(
        f"<dt>{name}</dt><dd>{html.escape(str(message[name]))}</dd>"
        for name in ("From", "To", "Date")
        if message[name]
    )
    also = f'<p><a href="/{path.stem}.html">As HTML</a></p>' if body_of(message, "html") else ""
    text = f"<dl>{facts}</dl><pre>{with_links(body_of(message, 'plain'))}</pre>{also}"
    body = f'<p><a href="/">All messages</a></p>{text}'
    return PAGE.format(title=html.escape(str(message["Subject"])), body=body)


def handler_for(folder: Folder) -> type[BaseHTTPRequestHandler]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0])
            name = NAME.fullmatch(path)
            file = folder.path / f"{name[1]}.eml" if name else None
            if path == "/":
                self.answer(list_page(folder))
            elif path == "/style.css":
                self.answer(STYLE, kind="text/css")
            elif name and file and file.exists():
                page = body_of(folder.read(file), "html") if name[2] else message_page(folder, file)
                self.answer(page, styles="'unsafe-inline'" if name[2] else "'self'")
            else:
                self.answer(
                    PAGE.format(title="Not here", body='<p><a href="/">All messages</a></p>'), status=404
                )

        def answer(
            self, text: str, *, kind: str = "text/html", status: int = 200, styles: str = "'self'"
        ) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            # Whatever a message holds, it is shown and never run.
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; img-src data:; style-src {styles}; "
                "sandbox allow-popups allow-top-navigation-by-user-activation allow-same-origin",
            )
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args) -> None:
            """The terminal is for the site's own lines."""

    return Pages


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--web", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    folder = Folder(options.folder)
    smtp = Controller(Receiver(folder), hostname="127.0.0.1", port=options.smtp)
    smtp.start()
    ThreadingHTTPServer(("127.0.0.1", options.web), handler_for(folder)).serve_forever()


if __name__ == "__main__":
    main()
