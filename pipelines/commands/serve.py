"""`asiatongsin serve`: the web page."""

from __future__ import annotations

import argparse
import asyncio
import sys
from importlib.util import find_spec

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.output import show
from pipelines.commands.usage import check_settings, given_number, usage_error, usage_errors

HOST, PORT = "127.0.0.1", "8010"


class Command(ScrapyCommand):
    """Runs until it is told to end; status 0 then."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Serve a web page that shows what is stored; it changes nothing"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "It runs until Ctrl-C ends it.",
            f"Without options the page is at http://{HOST}:{PORT}, for this machine alone.",
            examples=("asiatongsin serve --port 8080",),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--host", default=HOST, help="address to listen on; default: %(default)s, for this machine alone"
        )
        parser.add_argument("--port", default=PORT, help="port to listen on; default: %(default)s")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        settings = self.settings or Settings()
        check_settings(settings)
        port = given_number("--port", opts.port, 65535, least=0)
        if None in map(find_spec, ("aiohttp", "jinja2")):
            raise usage_error('what the page is made with is not installed: pip install "asiatongsin[web]"')
        from pipelines.web.serving import Taken, serve  # noqa: PLC0415  what few need is imported when it is needed

        try:
            asyncio.run(serve(settings, opts.host, port, tell=lambda text: show(text, sys.stderr)))
        except Taken as error:
            raise usage_error(f"{error}; another one is named with --port") from None
