"""A server that counts who asks it, and hands out one page of whoever wants it to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

CONNECTION = "a connection"
"""Stands before what is asked over it; also where nothing is."""


@dataclass
class Counting:
    """What was asked for, and the page that stands at `/bare`."""

    address: str
    bare: bytes = b""
    asked: list[str] = field(default_factory=list)


@contextmanager
def counting() -> Iterator[Counting]:
    """Serves until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            server.asked.append(CONNECTION)
            super().setup()

        def do_GET(self) -> None:
            is_bare = self.path == "/bare"
            if not is_bare:
                server.asked.append(self.path)
            self.send_response(200 if is_bare else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(server.bare if is_bare else b"")

        def log_message(self, format: str, *values: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server = Counting(f"http://127.0.0.1:{listening.server_address[1]}")
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
