"""A proxy before a server, which acts as it sees what a client sends, or what is answered."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit

Sees = Callable[[bytes], bool]
"""Is shown each piece; false cuts the connection before it is passed on."""


class Proxy:
    """Listens on a port of its own. `asked` and `answered` may be set anew at any time."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._server = (str(parts.hostname), int(parts.port or 80))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.asked: Sees = passes
        self.answered: Sees = passes

    def run(self) -> None:
        """Takes connections until the proxy is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                Thread(target=self._pass, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _pass(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server)
        except OSError:
            client.close()
            return
        back = Thread(target=_copy, args=(server, client, self._answered), daemon=True)
        back.start()
        _copy(client, server, self._asked)
        back.join()
        client.close()
        server.close()

    def _asked(self, piece: bytes) -> bool:
        return self.asked(piece)  # as it is set now

    def _answered(self, piece: bytes) -> bool:
        return self.answered(piece)


def passes(_: bytes) -> bool:
    """Lets everything through."""
    return True


@contextmanager
def before(endpoint: str) -> Iterator[Proxy]:
    """A proxy before this server."""
    proxy = Proxy(endpoint)
    thread = Thread(target=proxy.run, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()


def _copy(source: socket.socket, target: socket.socket, sees: Sees) -> None:
    with suppress(OSError):
        while (piece := source.recv(65536)) and sees(piece):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
