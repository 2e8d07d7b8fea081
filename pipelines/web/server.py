"""Answers requests: finds the page, lets it read in a thread, and hands out what it made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from aiohttp import web
from psycopg import Connection
from scrapy.settings import BaseSettings

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from pipelines.archive.store import StoreTrouble
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.web import render
from pipelines.web.database import AllBusy, Reader, TooLong, settings_of_page
from pipelines.web.guard import add_headers, allowed_hosts, is_allowed
from pipelines.web.language import KOREAN, LANGUAGES, Language
from pipelines.web.page import ATOM, CSV, JSON, Asked, NotFound, Page, Write
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

    def __init__(self, settings: BaseSettings) -> None:
        self.settings = settings_of_page(settings)
        self.allowed = allowed_hosts(settings)
        self._answers = Reader(self.settings, "WEB_STATEMENT_TIMEOUT", ANSWERS)
        self._downloads = Reader(self.settings, "WEB_DOWNLOAD_TIMEOUT", DOWNLOADS, patience=0)
        self._threads = ThreadPoolExecutor(ANSWERS + DOWNLOADS, thread_name_prefix="page")

    def app(self) -> web.Application:
        """The application of aiohttp."""
        app = web.Application(middlewares=[self._guarded, self._explained])
        for page in PAGES:
            for form in page.formats:
                path = page.path if page.path != "/" else "/index"
                app.router.add_get(f"{path}.{form}", partial(self._show, _Form(page, KOREAN, form)))
        for language in LANGUAGES:
            for page in PAGES:
                app.router.add_get(f"{language.prefix}{page.path}", partial(self._show, _Form(page, language)))
        app.router.add_static("/static", Path(str(files(__package__) / "static")))
        app.on_cleanup.append(self._close)
        return app

    async def _show(self, form: _Form, request: web.Request) -> web.StreamResponse:
        write = {CSV: form.page.csv, ATOM: form.page.atom}.get(form.format)
        if write:
            return await self._download(form, write, request)
        text = await self._in_thread(self._answers, lambda over: _made(form, self._asked(form, request, over)))
        return web.Response(text=text, content_type=TYPES.get(form.format, "text/html"), charset="utf-8")

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
        except tuple(STATUS):
            if not response.prepared:
                raise
            raise ConnectionResetError from None
        await response.write_eof()
        return response

    def _asked(self, form: _Form, request: web.Request, connection: Connection) -> Asked:
        return Asked(
            connection=connection,
            settings=self.settings,
            language=form.language,
            path=request.path.removeprefix(form.language.prefix).removesuffix(f".{form.format}") or "/",
            parts=request.match_info,
            query=Query({name: given for name in request.query if (given := _given(request, name))}),
            now=datetime.now(KST),
            origin=f"{request.scheme}://{request.host}",
        )

    async def _in_thread(self, reader: Reader, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, reader.run, work)

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_allowed(request.headers.get("Host", ""), self.allowed):
            return web.Response(
                status=403, text="This name is not in WEB_ALLOWED_HOSTS, so the page does not answer to it.\n"
            )
        response = await handler(request)
        if not response.prepared:
            add_headers(response.headers)
        return response

    @web.middleware
    async def _explained(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What went wrong, as a page that says what to do."""
        try:
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


def _response(form: _Form) -> web.StreamResponse:
    """The head of a file: a table is saved, a feed is read where it is."""
    response = web.StreamResponse()
    response.content_type, response.charset = TYPES[form.format], "utf-8"
    if form.format == CSV:
        name = form.page.path.partition("/{")[0].strip("/") or "articles"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    add_headers(response.headers)
    return response


def _given(request: web.Request, name: str) -> str:
    """A parameter; of boxes with one name several may be ticked."""
    return ",".join(filter(None, request.query.getall(name)))


def _made(form: _Form, asked: Asked) -> str:
    if form.format == JSON:
        return render.as_json((form.page.more or form.page.read)(asked))
    found = form.page.read(asked)
    return render.html(form.page.template, asked.language, asked=asked, found=found, page=form.page, menu=MENU)
