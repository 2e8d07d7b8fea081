"""`asiatongsin status`: how crawls, spool and database stand in one screen; status 1 where something needs a person."""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import get_type_hints

import msgspec
from itemadapter import ItemAdapter
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.article_parts import ArticleImage, ArticleLink
from asiatongsin.help import explained
from asiatongsin.items import Article, Rejection, RelatedStory, WeatherReading, WeatherSnapshot
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, given_site, usage_error, usage_errors
from pipelines.crawl_record import NEEDS_A_PERSON, CrawlRecord, ExitStatus
from pipelines.monitoring.metrics_of_all import write_metrics_of_all
from pipelines.status.collect import collect
from pipelines.terminal import status as screen
from pipelines.terminal.text_table import text_table

ITEMS = (Article, ArticleImage, ArticleLink, WeatherSnapshot, WeatherReading, RelatedStory, Rejection, CrawlRecord)


class Command(ScrapyCommand):
    """Fetches nothing, so that it serves as a health check."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show how crawls, spool and database are doing; status 1 where something needs a person"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Each reason is a sentence that says what to do.",
            "Nothing is fetched, so this serves as a health check.",
            examples=("asiatongsin status", "asiatongsin status --site newsasia.kr --quiet"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", help="base address or host of one site; default: all that were crawled")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
        parser.add_argument("--quiet", action="store_true", help="print what needs a person, and nothing else")
        parser.add_argument("--metrics", metavar="FILE", help="write figures of all sites for Prometheus into FILE")
        parser.add_argument("--schema", action="store_true", help="explain each field of each kind of item")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if args:
            raise usage_error(f"asiatongsin status takes options only, not {args[0]}")
        if opts.schema:
            show("\n\n".join(explanation(item) for item in ITEMS))
            return
        if opts.metrics is not None:
            self.exitcode = _write_metrics(self.settings or Settings(), opts.metrics)
            return
        status = collect(self.settings or Settings(), given_site(opts.site).key if opts.site is not None else None)
        if opts.json:
            show(json.dumps(json.loads(msgspec.json.encode(status)), indent=2))
        elif not opts.quiet:
            show(screen.text(status))
        elif status.needs_a_person:
            show(screen.needs(status))
        self.exitcode = NEEDS_A_PERSON if status.needs_a_person else ExitStatus.DONE


def _write_metrics(settings: Settings, file: str) -> ExitStatus | int:
    """Writes the file, and says nothing where that worked: cron sends a mail of every line."""
    settings.set("METRICS_FILE", file, priority="cmdline")
    try:
        if write_metrics_of_all(settings) is None:
            raise usage_error("--metrics: name a file that ends in .prom, or the folder for it")
    except OSError as error:
        show(printable(f"asiatongsin: cannot write {file}: {error.strerror}"), sys.stderr)
        return NEEDS_A_PERSON
    return ExitStatus.DONE


def explanation(item: type) -> str:
    """The fields of a kind of item with type and meaning, taken from its declaration."""
    types = get_type_hints(item)
    described = ItemAdapter.get_json_schema(item)["properties"]
    fields = [(name, _type_name(types[name]), described[name].get("description", "")) for name in types]
    title = " ".join((item.__doc__ or "").split())
    return f"{item.__name__}: {title}\n{text_table(('field', 'type', 'meaning'), fields, widest=110)}"


def _type_name(annotation: object) -> str:
    """The type without modules: `datetime | None` for `datetime.datetime | None`."""
    return re.sub(r"\b(?:\w+\.)+", "", annotation.__name__ if isinstance(annotation, type) else str(annotation))
