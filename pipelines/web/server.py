"""Answers requests: finds the page, lets it read in a thread, and hands out what it made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from aiohttp import ClientConnectionError, web
from psycopg import Connection
from scrapy.settings import BaseSettings

from asiatongsin.addresses import page_without_addresses
from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from pipelines.archive.store import StoreTrouble
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.web import render
from pipelines.web.database import AllBusy, Reader, TooLong, settings_of_page
from pipelines.web.guard import add_headers, allowed_hosts, is_allowed, without_frames
from pipelines.web.language import KOREAN, LANGUAGES, Language
from pipelines.web.page import ATOM, CSV, JSON, Asked, Document, NotFound, Page, Write
from pipelines.web.pages import MENU, PAGES
from pipelines.web.query import Query
from pipelines.web.stream import Download

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANSWERS, DOWNLOADS = 4, 2
"""How many answers, and how many files, are made at once."""

STATUS: dict[type[Exception], int] = {
    ArgumentError: 400,
    NotFound: 404,
    AllBusy: 503,
    TooLong: 503,
    StoreTrouble: 503,
    DatabaseUnreachable: 503,
    DatabaseUnusable: 503,
}
"""HTTP status of what can go wrong, each of which has a sentence that says what to do."""

BREAKS_OFF: tuple[type[Exception], ...] = (ConnectionError, ClientConnectionError, *STATUS)
"""What may end a file in the middle: also who asked for it, by going away."""

TYPES = {CSV: "text/csv", ATOM: "application/atom+xml", JSON: "application/json"}


@dataclass(frozen=True)
class _Form:
    """A page in one language and one format."""

    page: Page
    language: Language
    format: str = ""
    """Empty: HTML."""


class Site:
    """All pages over one database."""

    def __init__(self, settings: BaseSettings, pages: Sequence[Page] = PAGES) -> None:
        self.settings = settings_of_page(settings)
        self._pages = pages
        self.allowed = allowed_hosts(settings)
        self._answers = Reader(self.settings, "WEB_STATEMENT_TIMEOUT", ANSWERS)
        self._downloads = Reader(self.settings, "WEB_DOWNLOAD_TIMEOUT", DOWNLOADS, patience=0)
        self._threads = ThreadPoolExecutor(ANSWERS + DOWNLOADS, thread_name_prefix="page")

    def app(self) -> web.Application:
        """The application of aiohttp."""
        app = web.Application(middlewares=[self._guarded, self._explained])
        for page in self._pages:
            for form in page.formats:
                path = page.path if page.path != "/" else "/index"
                app.router.add_get(f"{path}.{form}", partial(self._show, _Form(page, KOREAN, form)))
        for language in LANGUAGES:
            for page in self._pages:
                app.router.add_get(f"{language.prefix}{page.path}", partial(self._show, _Form(page, language)))
        app.router.add_static("/static", Path(str(files(__package__) / "static")))
        app.on_response_prepare.append(self._protect)
        app.on_cleanup.append(self._close)
        return app

    async def _show(self, form: _Form, request: web.Request) -> web.StreamResponse:
        write = {CSV: form.page.csv, ATOM: form.page.atom}.get(form.format)
        if write:
            return await self._download(form, write, request)
        status, made = await self._in_thread(self._answers, lambda over: _made(form, self._asked(form, request, over)))
        if isinstance(made, Document):
            policy = {"Content-Security-Policy": made.policy}
            return web.Response(body=made.body, content_type="text/html", charset=made.charset, headers=policy)
        content_type = TYPES.get(form.format, "text/html")
        return web.Response(status=status, text=made, content_type=content_type, charset="utf-8")

    async def _download(self, form: _Form, write: Write, request: web.Request) -> web.StreamResponse:
        """A file. What goes wrong before its first byte is explained; later the connection is cut, so that nobody takes
        a part for the whole."""
        response = _response(form)
        loop = asyncio.get_running_loop()

        def work(connection: Connection) -> None:
            if response.prepared:  # a connection broke in the middle, and the file would begin a second time
                raise ConnectionResetError
            file = Download(request, response, loop)
            write(self._asked(form, request, connection), file)
            file.flush()

        try:
            await self._in_thread(self._downloads, work)
            await response.write_eof()
        except BREAKS_OFF:
            if not response.prepared:
                raise
            if request.transport:  # else who asked is gone
                request.transport.abort()
        return response

    def _asked(self, form: _Form, request: web.Request, connection: Connection) -> Asked:
        return Asked(
            connection=connection,
            settings=self.settings,
            language=form.language,
            path=request.path.removeprefix(form.language.prefix).removesuffix(f".{form.format}") or "/",
            parts=request.match_info,
            query=Query.of(request.query.items()),
            now=datetime.now(KST),
            origin=f"{scheme_of(request)}://{request.host}",
        )

    async def _in_thread(self, reader: Reader, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, reader.run, work)

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_allowed(request.headers.get("Host", ""), self.allowed):
            return web.Response(
                status=403, text="This name is not in WEB_ALLOWED_HOSTS, so the page does not answer to it.\n"
            )
        return await handler(request)

    async def _protect(self, _: web.Request, response: web.StreamResponse) -> None:
        """Called before the head of any answer goes, also of those that aiohttp makes by itself."""
        add_headers(response.headers)

    @web.middleware
    async def _explained(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What went wrong, as a page that says what to do."""
        try:
            if "%00" in request.raw_path:
                raise ArgumentError(
                    "the address holds a character of the code 0 (%00), which is in no text: leave it out"
                )
            return await handler(request)
        except tuple(STATUS) as error:
            status = next(STATUS[kind] for kind in type(error).mro() if kind in STATUS)
            return self._trouble(request, status, str(error))
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return self._trouble(request, error.status, "There is no such page.")

    def _trouble(self, request: web.Request, status: int, sentence: str) -> web.Response:
        if request.path.endswith((".json", ".csv", ".atom")):
            return web.json_response({"error": sentence}, status=status)
        language = next(
            (one for one in LANGUAGES if one.prefix and f"{request.path}/".startswith(f"{one.prefix}/")), KOREAN
        )
        text = render.html("trouble.html", language, status=status, sentence=sentence, menu=MENU)
        return web.Response(text=text, status=status, content_type="text/html")

    async def _close(self, _: web.Application) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)
        self._answers.close()
        self._downloads.close()


def scheme_of(request: web.Request) -> str:
    """`https` also where a proxy has taken it from the browser, and asks here without it."""
    return "https" if request.headers.get("X-Forwarded-Proto") == "https" else request.scheme


def _response(form: _Form) -> web.StreamResponse:
    """The head of a file: a table is saved, a feed is read where it is."""
    response = web.StreamResponse()
    response.content_type, response.charset = TYPES[form.format], "utf-8"
    if form.format == CSV:
        name = form.page.path.partition("/{")[0].strip("/") or "articles"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _made(form: _Form, asked: Asked) -> tuple[int, str | Document]:
    """Status and what is handed out. A page with a form shows it again where it was not understood."""
    page = form.page
    if form.format == JSON:
        return 200, render.as_json((page.more or page.read)(asked))
    try:
        found, status, trouble = page.read(asked), 200, ""
    except ArgumentError as error:
        if page.misread is None:
            raise
        found, status, trouble = page.misread(asked), STATUS[ArgumentError], str(error)
    if isinstance(found, Document):
        return status, replace(found, body=without_frames(page_without_addresses(found.body)))
    shown = {"asked": asked, "found": found, "page": page, "menu": MENU, "trouble": trouble}
    return status, render.html(str(page.template), asked.language, **shown)
