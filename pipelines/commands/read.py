"""`asiatongsin read`: what the program reads on a page, field by field, and where it finds it."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from asiatongsin.cms import listing_of, menu_of, next_part, places_of
from asiatongsin.help import explained
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import Page, PageItems, as_json
from asiatongsin.output import show
from asiatongsin.printable import printable, printable_json
from asiatongsin.reading import EXAMPLE, address_in, items_of, kind_of, page_at
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.crawl.one_page import fetch_page
from pipelines.crawl_record import ExitStatus
from pipelines.stages.validate import validate
from pipelines.stages.weather import identify
from pipelines.terminal import page as screen
from pipelines.terminal.page import selectors

MARKS = ("headline", "body")
"""Fields that an article page must have."""


class Command(ScrapyCommand):
    """Stores nothing. Exit status: 0 an article was read, 2 there is none, 4 the page did not come."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] <address | file.html>"

    def short_desc(self) -> str:
        return "Show which fields are read on an article page, and which selector found each"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Nothing is stored.",
            "Status 2 says that the page is no article, and status 4 that it did not come.",
            examples=(f"asiatongsin read '{EXAMPLE}'", "asiatongsin read page.html"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="address of the page in a file, where the page itself does not name it")
        parser.add_argument("--json", action="store_true", help="print one JSON object, selectors as found_in")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        self.requires_crawler_process = len(args) == 1 and "://" in args[0]
        if self.settings is not None and not (opts.loglevel or opts.logfile):
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if len(args) != 1:
            raise usage_error(f"write the address of an article, such as {EXAMPLE}, or the name of a file")
        page = self._fetch(args[0]) if "://" in args[0] else _of_file(Path(args[0]), opts.url)
        if page is None:
            return
        items, doubts = validate(items_of(page))
        if items.article is None:
            raise usage_error(why_no_article(page, items))
        items = replace(items, weather=items.weather and identify(items.weather))
        places = places_of(page, items)
        show(in_json(items, places) if opts.json else screen.text(items, places))
        for note in _notes(page, doubts):
            show(printable(f"asiatongsin: {note}"), sys.stderr)

    def _fetch(self, url: str) -> Page | None:
        kind_of(url)
        if self.crawler_process is None:
            raise UsageError("no crawler process")
        page, trouble = fetch_page(self.crawler_process, url)
        if page is None:
            self.exitcode = ExitStatus.UNREACHABLE
            show(printable(f"asiatongsin: {url} did not come: {trouble}"), sys.stderr)
        return page


def _of_file(path: Path, url: str | None) -> Page:
    """The page in a file, also in one that crawls keep (`.html.gz`)."""
    try:
        body = path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
    except (OSError, EOFError, zlib.error) as error:
        what = getattr(error, "strerror", None) or error
        raise usage_error(f"{path} cannot be read: {what}; write an address such as {EXAMPLE}, or a file") from None
    if url is None and (url := address_in(body)) is None:
        raise usage_error(f"{path} does not name the address of its page: add it, for example --url '{EXAMPLE}'")
    return page_at(url, body)


def why_no_article(page: Page, items: PageItems) -> str:
    """What a page is that holds no article, and which marks of an article page it lacks."""
    if items.removed:
        return f"{page.url}: the page says that there is no such article ({items.removed})"
    if page.kind != "article":
        lacking = [name for name in MARKS if not Selectors(*selectors(name)).place(page.tree, of_text=False)]
        return "; ".join([f"{page.url} is no article page but {_described(page)}", *_searched(lacking)])
    reason = items.rejected.reason if items.rejected else "no article"
    return "; ".join([f"{page.url}: {reason}", *_searched(items.rejected.missing if items.rejected else ())])


def _described(page: Page) -> str:
    if page.kind == "front":
        return f"the front page, whose menu names {len(page.once(menu_of))} sections"
    return f"a list, which shows {len(page.once(listing_of).teasers)} articles"


def _searched(names: Iterable[str]) -> list[str]:
    return [f"no {name} in {', '.join(found)}" for name in names if (found := selectors(name))]


def in_json(items: PageItems, places: dict[str, str]) -> str:
    """All that was read, in one line."""
    return printable_json(json.dumps({"items": as_json(items), "found_in": places}, ensure_ascii=False))


def _notes(page: Page, doubts: list[str]) -> list[str]:
    further = next_part(page)
    return [
        *(f"{field} cannot be true, and is stored as unknown" for field in doubts),
        *([f"the article goes on at {further}, which a crawl fetches as well"] if further else []),
    ]
