"""Asks the web page as a browser does, over a real connection, from tests that know no event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeVar
from urllib.parse import quote

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDictProxy
from yarl import URL

from pipelines.web.page import Page
from pipelines.web.pages import PAGES
from pipelines.web.server import Site
from tests.in_process import settings

T = TypeVar("T")

ADDRESS = "".join(map(chr, range(0x21, 0x7F)))
"""Characters that go out as a test writes them; others are written as a browser does."""


@dataclass(frozen=True)
class Answer:
    """What came."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class PageClient:
    """Asks one site of pages."""

    def __init__(self, runner: asyncio.Runner, client: TestClient[Any, Any]) -> None:
        self._runner = runner
        self.client = client

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Whatever comes, with its status."""
        return self.run(self.answer(path, method, headers))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Does what needs several requests at once, in the event loop of the page."""
        return self._runner.run(work)

    def get(self, path: str) -> str:
        """The text of a page that is there."""
        answer = self.ask(path)
        assert answer.status == 200, answer.text
        return answer.text

    async def answer(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        address = self.client.make_url("/").join(URL(quote(path, safe=ADDRESS), encoded=True))
        async with self.client.session.request(method, address, headers=headers, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())


@contextmanager
def serving(url: str, data: Path, *, pages: Sequence[Page] = PAGES, **given: object) -> Iterator[PageClient]:
    """Pages over a database and a data folder, with these settings, until the end of the block."""
    found = settings(url, data)
    found.setdict(given, priority="cmdline")
    with asyncio.Runner() as runner:
        client = runner.run(_started(Site(found, pages)))
        try:
            yield PageClient(runner, client)
        finally:
            runner.run(client.close())


@contextmanager
def served(url: str, data: Path, **given: object) -> Iterator[str]:
    """Address of all pages, which are served in a thread until the end of the block: for a browser."""
    found, address, ended = settings(url, data), Future[str](), Event()
    found.setdict(given, priority="cmdline")

    def serve() -> None:
        with asyncio.Runner() as runner:
            client = runner.run(_started(Site(found)))
            address.set_result(str(client.make_url("/")).rstrip("/"))
            runner.run(asyncio.to_thread(ended.wait))
            runner.run(client.close())

    thread = Thread(target=serve)
    thread.start()
    try:
        yield address.result(timeout=60)
    finally:
        ended.set()
        thread.join()


async def _started(site: Site) -> TestClient[Any, Any]:
    client = TestClient(TestServer(site.app()), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    return client
