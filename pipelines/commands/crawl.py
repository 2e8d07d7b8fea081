"""`asiatongsin crawl`, with an exit status that says how the crawl went; Scrapy's own is 0 whatever happens."""

from __future__ import annotations

import argparse
import sys

from itemadapter import ItemAdapter
from scrapy.commands import ScrapyHelpFormatter
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from asiatongsin.arguments import Arguments
from asiatongsin.nearest import nearest
from asiatongsin.output import show
from asiatongsin.printable import printable
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from asiatongsin.statistics import STORED_FEEDS
from pipelines.commands.usage import usage_error, usage_errors
from pipelines.crawl.run import check_usage, choose_log, report_result, run_spider
from pipelines.crawl_record import ExitStatus

FEEDS = """\
A feed (-o, -O) holds the articles that this crawl fetches, not what is stored: -O replaces what the crawl before has
written, -o adds to it. What is stored, asiatongsin export writes."""


class Command(CrawlCommand):
    """Runs the spider; the last line on standard error says in words how it went."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Crawl a site: fetch what is new and store it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.formatter_class = _LineByLine
        if {"-h", "--help"} & set(sys.argv):  # the arguments are read out of the source, which takes 20 ms
            parser.epilog = f"{_arguments()}\n\n{FEEDS}\n\n{_statuses()}"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if self.settings is None:
            return
        choose_log(self.settings, opts)
        for feed in self.settings.getdict("FEEDS").values():
            is_table = feed.get("format") == "csv"
            feed.setdefault("item_filter", f"asiatongsin.feeds.{'Articles' if is_table else 'ArticlePages'}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for unknown in (one for one in args if one.startswith("-")):
            raise usage_error(f"there is no option {unknown}: `-h` lists them")
        name = args[0] if args else AsiatongsinSpider.name
        if name != AsiatongsinSpider.name or args[1:]:
            self._check_name(name)
            super().run(args, opts)
            return
        with usage_errors():
            given = check_usage(self.settings, opts.spargs)
        if self.crawler_process is None:
            raise UsageError("no crawler process")
        crawler = self._create_crawler(name)
        self.exitcode, sentence = run_spider(self.crawler_process, crawler, given)
        self._tell_of_feeds(crawler)
        report_result(self.settings, self.exitcode, sentence)

    def _tell_of_feeds(self, crawler: Crawler) -> None:
        """Says where a feed was not written, since there is nothing for it."""
        feeds = self.settings.getdict("FEEDS") if self.settings else {}
        if feeds and not any(name.startswith(STORED_FEEDS) for name in crawler.stats.get_stats()):
            names = ", ".join(map(str, feeds))
            show(printable(f"asiatongsin: no article was fetched, so nothing is written to {names}"), sys.stderr)

    def _check_name(self, name: str) -> None:
        spiders = self.crawler_process.spider_loader.list() if self.crawler_process else []
        if name not in spiders:
            meant = nearest(name, [AsiatongsinSpider.name, *spiders])
            raise usage_error(f"there is no spider {name!r}; the nearest is {meant}. A site is named by -a site=…")


class _LineByLine(ScrapyHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of the epilog as they are."""


def _arguments() -> str:
    """The arguments of the spider, an example and the meaning of each."""
    described = ItemAdapter.get_json_schema(Arguments)["properties"]
    parts = [argument["description"].replace("`", "").partition(": ") for argument in described.values()]
    return "\n".join(
        ["What to crawl:", *(f"  -a {example:<24} {meaning.rstrip('.')}" for example, _, meaning in parts)]
    )


def _statuses() -> str:
    return "\n".join(["Exit status:", *(f"  {status}  {status.meaning}" for status in ExitStatus)])
