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

    def __init__(self, server: Callable[[], str]) -> None:
        self._server = server
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
            parts = urlsplit(self._server())
            server = socket.create_connection((parts.hostname, parts.port))
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
def before(server: Callable[[], str]) -> Iterator[Proxy]:
    """A proxy before the server that has this address at the time."""
    proxy = Proxy(server)
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
