"""A mail server for tests, which behaves as it is told: message by message."""

import socket
import threading
from collections.abc import Callable


class MailServer:
    """Listens on a free port. `behaviour` holds what to do with the next messages; without any it takes them.

    A behaviour is a reply to RCPT ("550 no such person"), or one of: "hang" (never answers RCPT), "drop" (breaks off
    at RCPT), "drop after text" (breaks off once it has the text, without saying whether it took it), "closing".
    """

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.behaviour: list[str] = []
        self.received: list[str] = []
        self.in_doubt: list[str] = []
        self.connections = 0
        # Called when the text of a message has come, before it is answered.
        self.on_text: Callable[[], None] = lambda: None
        self.stopped = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        if self.stopped.is_set():
            return
        self.stopped.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _listen(self) -> None:
        while not self.stopped.is_set():
            try:
                caller, _address = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller: socket.socket) -> None:
        with caller, caller.makefile("rwb") as line:

            def say(words: str) -> None:
                line.write(words.encode() + b"\r\n")
                line.flush()

            try:
                self._conversation(line, say)
            except (OSError, ValueError):
                return

    def _conversation(self, line, say: Callable[[str], None]) -> None:
        say("220 hello")
        how = "take"
        while heard := line.readline().decode().strip().upper():
            if heard.startswith("RCPT"):
                how = self.behaviour.pop(0) if self.behaviour else "take"
                if how == "hang":
                    self.stopped.wait(30)
                    return
                if how == "drop":
                    return
                say(how if how[0].isdigit() else "250 ok")
            elif heard == "DATA":
                say("354 go on")
                text = self._text(line)
                self.on_text()
                if how == "drop after text":
                    self.in_doubt.append(text)
                    return
                self.received.append(text)
                say("250 taken")
                if how == "closing":
                    return
            elif heard == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    @staticmethod
    def _text(line) -> str:
        found = []
        while (part := line.readline()) != b".\r\n":
            found.append(part.decode("utf-8", "replace"))
        return "".join(found)
