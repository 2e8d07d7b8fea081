"""`scrapy crawl`, with an exit status that says how the crawl went; Scrapy's own is 0 whatever happens."""

from __future__ import annotations

import argparse

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError

from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from pipelines.commands.usage import usage_errors
from pipelines.crawl.run import check_usage, choose_log, report_result, run_spider
from pipelines.crawl_record import ExitStatus


class Command(CrawlCommand):
    """Runs the spider; the last line on standard error says in words how it went."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        meanings = ", ".join(f"{status} {status.meaning}" for status in ExitStatus)
        parser.epilog = f"Exit status: {meanings}."

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if self.settings is None:
            return
        choose_log(self.settings, opts)
        for feed in self.settings.getdict("FEEDS").values():
            feed.setdefault("item_filter", "asiatongsin.feeds.ArticlePages")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != [AsiatongsinSpider.name]:
            super().run(args, opts)
            return
        with usage_errors():
            check_usage(self.settings, opts.spargs)
        if self.crawler_process is None:
            raise UsageError("no crawler process")
        self.exitcode, sentence = run_spider(self.crawler_process, self._create_crawler(args[0]), opts.spargs)
        report_result(self.settings, self.exitcode, sentence)
