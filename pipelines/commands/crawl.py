"""`asiatongsin crawl`, with an exit status that says how the crawl went; Scrapy's own is 0 whatever happens."""

from __future__ import annotations

import argparse
import sys

from itemadapter import ItemAdapter
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from asiatongsin.arguments import Arguments
from asiatongsin.help import explained
from asiatongsin.nearest import nearest
from asiatongsin.output import show
from asiatongsin.printable import printable
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from asiatongsin.statistics import STORED_FEEDS
from pipelines.commands.usage import usage_error, usage_errors
from pipelines.crawl.run import check_usage, choose_log, report_result, run_spider
from pipelines.crawl_record import ExitStatus

FEEDS = """\
The files of -o and -O hold the articles that this crawl fetches. -O replaces a file, and -o adds to it.
`asiatongsin export` writes what is stored."""


class Command(CrawlCommand):
    """Runs the spider; the last line on standard error says in words how it went."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Crawl a site: fetch new articles, re-check young ones, and store both"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "A first crawl without limits fetches every article, one a second: 140,000 articles take about 40 hours.",
            "A later crawl stops at the first list page without a new article.",
            examples=(
                "asiatongsin crawl -a pages=1",
                "asiatongsin crawl -a site=https://newsasia.kr -a since=30d",
                "asiatongsin crawl -a no=142893,142894",
            ),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
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


def _arguments() -> str:
    """The arguments of the spider, an example and the meaning of each."""
    described = ItemAdapter.get_json_schema(Arguments)["properties"]
    parts = [argument["description"].replace("`", "").partition(": ") for argument in described.values()]
    return "\n".join(
        ["What to crawl:", *(f"  -a {example:<24} {meaning.rstrip('.')}" for example, _, meaning in parts)]
    )


def _statuses() -> str:
    return "\n".join(["Exit status:", *(f"  {status}  {status.meaning}" for status in ExitStatus)])
