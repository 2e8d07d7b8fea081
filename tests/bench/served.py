"""`python -m tests.bench.served`: the replica's pages, each rendered once, over as little HTTP as a crawl needs.

The server of `tests.site` renders every answer anew, and would be what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import cast
from urllib.request import urlopen

from tests.conftest import ROOT
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer

HOST = "127.0.0.1"
LOG = "/~log"
"""Address that tells what was asked for since it was told last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a server was asked for."""

    paths: list[str]
    """Paths and queries, in the order of the requests."""

    first: float
    """When the first request came, by `time.monotonic`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A replica that is served by a process of its own."""

    url: str
    """Scheme, host and port."""

    @property
    def key(self) -> str:
        """The name of the site in the tables."""
        return self.url.removeprefix("http://")

    def asked(self) -> Asked:
        """What it was asked for since it was asked this."""
        with urlopen(f"{self.url}{LOG}") as response:
            return Asked(**json.load(response))


@contextmanager
def served(articles: int, page_bytes: int = 60_000) -> Iterator[Site]:
    """Serves a replica until the end of the block."""
    with served_under(1, articles, page_bytes) as [site]:
        yield site


@contextmanager
def served_under(count: int, articles: int, page_bytes: int = 60_000) -> Iterator[list[Site]]:
    """Serves a replica under so many addresses until the end of the block, each a site of its own to a crawl."""
    command = [sys.executable, "-m", "tests.bench.served", str(articles), str(page_bytes), str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield [Site(url=url) for url in (process.stdout.readline().split() if process.stdout else [])]
        finally:
            process.terminate()


class Pages:
    """The answers of a replica whose clock stands still."""

    def __init__(self, site: ReplicaSite) -> None:
        self._site = site
        self._rendered: dict[str, bytes] = {}
        self._paths: list[str] = []
        self._first = 0.0

    def answer(self, target: str) -> bytes:
        """One answer as it goes over the wire."""
        if target == LOG:
            told = json.dumps({"paths": self._paths, "first": self._first}).encode()
            self._paths = []
            return _response(200, "application/json", told)
        if not self._paths:
            self._first = monotonic()
        self._paths.append(target)
        if target not in self._rendered:
            self._rendered[target] = self._render(target)
        return self._rendered[target]

    def _render(self, target: str) -> bytes:
        path, _, query = target.partition("?")
        page = answer(self._site, Ask(path=path, query=query, headers={}))
        return _response(page.status, page.content_type, page.body)


class Answering(asyncio.Protocol):
    """A connection; requests have no body."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        *heads, self._received = (self._received + data).split(b"\r\n\r\n")
        for head in heads:
            target = head.split(b" ", 2)[1].decode("ascii")
            self._transport.write(self._pages.answer(target))


def _response(status: int, content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} \r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


async def _serve(pages: Pages, count: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    listening = [await loop.create_server(lambda: Answering(pages), HOST, 0) for _ in range(count)]
    print(*[f"http://{HOST}:{one.sockets[0].getsockname()[1]}" for one in listening], flush=True)
    await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=int)
    parser.add_argument("page_bytes", type=int)
    parser.add_argument("count", type=int)
    given = parser.parse_args()
    asyncio.run(_serve(Pages(ReplicaSite(given.articles, page_bytes=given.page_bytes)), given.count))


if __name__ == "__main__":
    main()
