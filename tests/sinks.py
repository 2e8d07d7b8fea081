"""Where alerts arrive in tests: a mail server and a web server on loopback, which can be down, slow or in trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any

HOST = "127.0.0.1"
SECRET = "geheim7Qx"
"""Stands in the addresses of alert channels, and nowhere else."""

GREETINGS = {b"EHLO": "250-sink\r\n250 AUTH PLAIN", b"AUTH": "235 welcome", b"QUIT": "221 bye", b"DATA": "354 go on"}
"""What a mail server says; 250 to anything else."""


@dataclass
class Sink:
    """What has arrived at a server, as title and text, and how it behaves."""

    port: int = 0
    """Where it listens."""

    status: int = 200
    """What it answers, as web server."""

    hangs: bool = False
    """Whether it takes what comes and never answers, until `over`."""

    over: Event = field(default_factory=Event)
    """Set at the end of the test."""

    came: list[tuple[str, str]] = field(default_factory=list)
    """Title and text of all that was taken."""

    looked_at: int = 0
    """How often somebody read a page of it, as whoever follows a redirect does."""

    asked: int = 0
    """How often somebody came, whatever the answer."""

    def taken(self) -> list[tuple[str, str]]:
        """What came since somebody last asked."""
        came, self.came = self.came, []
        return came


def to_web(sink: Sink) -> str:
    """Address of an alert channel that is the web server."""
    return f"json://user:{SECRET}w@127.0.0.1:{sink.port}/hook/{SECRET}p"


def to_mail(sink: Sink) -> str:
    """Address of an alert channel that is the mail server."""
    return f"mailto://user:{SECRET}m@127.0.0.1:{sink.port}?from=crawler@example.com&to=desk@example.com"


@contextmanager
def web() -> Iterator[Sink]:
    """Takes JSON, as a webhook does."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sink.asked += 1
            if sink.hangs:
                sink.over.wait()
                return
            if sink.status == 200:
                sink.came.append((told["title"], told["message"]))
            self._answer()

        def do_GET(self) -> None:
            sink.looked_at += 1
            sink.status = 200
            self._answer()

        def _answer(self) -> None:
            self.send_response(sink.status)
            self.send_header("Location", "/login")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server, _served(server, sink):
        yield sink


@contextmanager
def mail() -> Iterator[Sink]:
    """Takes mail from anybody."""
    sink = Sink()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            sink.asked += 1
            if sink.hangs:
                sink.over.wait()
                return
            self._say("220 sink")
            for line in self.rfile:
                self._say(GREETINGS.get(line[:4].upper(), "250 well"))
                if line[:4].upper() == b"DATA":
                    self._take()

        def _take(self) -> None:
            text = b"".join(iter(self.rfile.readline, b".\r\n"))
            message = message_from_bytes(text, policy=policy.default)
            body = message.get_body(("plain",))
            sink.came.append((message["Subject"], body.get_content() if body else ""))
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with ThreadingTCPServer((HOST, 0), Handler) as server, _served(server, sink):
        yield sink


@contextmanager
def _served(server: ThreadingHTTPServer | ThreadingTCPServer, sink: Sink) -> Iterator[None]:
    sink.port = server.server_address[1]
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield
    finally:
        sink.over.set()
        server.shutdown()
