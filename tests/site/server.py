"""The replica over HTTP, on loopback, in a thread of its own or in the foreground."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Any

from aiohttp import web

from .answers import ARTICLE_PATHS, LIST_PATHS, Answer, Ask, answer
from .faults import Fault
from .replica_site import ReplicaSite

HOST = "127.0.0.1"

_Handle = tuple[asyncio.AbstractEventLoop, asyncio.Event]
"""What another thread needs to stop the server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request the replica answered."""

    path: str
    """Path of the address."""

    query: str
    """Query string, undecoded."""

    headers: dict[str, str]
    """Headers, names in Title-Case."""

    status: int
    """Status of the answer."""


class Replica:
    """A site that is being served, and what it was asked for."""

    def __init__(self, site: ReplicaSite, *, keeps_requests: bool = True) -> None:
        self.site = site
        self.port = 0
        self.requests: list[Request] = []
        """In the order they were answered."""
        self.faults: list[Fault] = []
        """How it misbehaves; the first that befalls a request counts."""
        self._keeps_requests = keeps_requests
        self._asked = Condition()

    @property
    def url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def article_requests(self) -> list[Request]:
        """Those for articles, in any of their forms."""
        return [request for request in self.requests if request.path in ARTICLE_PATHS]

    def list_requests(self) -> list[Request]:
        """Those for section lists and the list of all articles."""
        return [request for request in self.requests if request.path in LIST_PATHS]

    def wait_for(self, articles: int, timeout: float = 600) -> None:
        """Returns when so many requests for articles were answered; TimeoutError after `timeout` seconds."""
        with self._asked:
            if not self._asked.wait_for(lambda: len(self.article_requests()) >= articles, timeout):
                raise TimeoutError(f"{len(self.article_requests())} of {articles} articles were asked for")

    def forget(self) -> None:
        """Empties the record of requests."""
        self.requests.clear()

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers one request and writes it down before the client can see the answer."""
        ask = Ask(
            path=request.path,
            query=request.rel_url.raw_query_string,
            headers={name.title(): value for name, value in request.headers.items()},
        )
        decided = answer(self.site, ask) if request.method in {"GET", "HEAD"} else Answer(status=405)
        fault = next((fault for fault in self.faults if fault.befalls(ask)), None)
        if fault:
            decided = fault.change(decided)
        if self._keeps_requests:
            with self._asked:
                self.requests.append(
                    Request(path=ask.path, query=ask.query, headers=dict(ask.headers), status=decided.status)
                )
                self._asked.notify_all()
        if fault and fault.breaks:
            return await fault.breaks(request, decided)
        return web.Response(
            status=decided.status,
            headers={"Content-Type": decided.content_type, **decided.headers},
            body=decided.body,
        )


@asynccontextmanager
async def listening(replica: Replica, port: int) -> AsyncIterator[None]:
    """Serves within the running event loop; sets the port of the replica."""
    runner = web.ServerRunner(web.Server(replica.respond, access_log=None), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        replica.port = runner.addresses[0][1]
        yield
    finally:
        await runner.cleanup()


@contextmanager
def serve(site: ReplicaSite, port: int = 0) -> Iterator[Replica]:
    """Serves in a background thread until the end of the `with`; port 0 takes a free one."""
    with serve_all([site], port) as [replica]:
        yield replica


@contextmanager
def serve_all(sites: Sequence[ReplicaSite], port: int = 0) -> Iterator[list[Replica]]:
    """Serves several sites in one background thread, each at a port of its own."""
    replicas = [Replica(site) for site in sites]
    started: Future[_Handle] = Future()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="replica") as thread:
        running = thread.submit(lambda: asyncio.run(_run(replicas, port, started)))
        first: list[Future[Any]] = [started, running]
        wait(first, return_when=FIRST_COMPLETED)
        if not started.done():
            running.result()  # raises what kept it from starting, such as a port that is taken
        loop, stopped = started.result()
        try:
            yield replicas
        finally:
            loop.call_soon_threadsafe(stopped.set)
            running.result()


async def _run(replicas: Sequence[Replica], port: int, started: Future[_Handle]) -> None:
    stopped = asyncio.Event()
    async with AsyncExitStack() as stack:
        for replica in replicas:
            await stack.enter_async_context(listening(replica, port))
        started.set_result((asyncio.get_running_loop(), stopped))
        await stopped.wait()
