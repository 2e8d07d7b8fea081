"""`asiatongsin fleet`: workers on any number of machines crawl the sites of `asiatongsin sites`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from importlib.util import find_spec

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, given_number, usage_error, usage_errors

ACTIONS = ("worker",)


class Command(ScrapyCommand):
    """Runs a worker, shows the fleet, or asks something of it."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "worker [--slots 10]"

    def short_desc(self) -> str:
        return "Crawl many sites, on one machine or on several"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--slots", help="how many crawls this worker runs at once; default: FLEET_SLOTS, which is 10"
        )

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        settings = self.settings or Settings()
        if args != ["worker"]:
            raise usage_error(f"asiatongsin fleet takes one of {', '.join(ACTIONS)}")
        if opts.slots is not None:
            settings.set("FLEET_SLOTS", given_number("--slots", opts.slots, 1000), priority="cmdline")
        self.exitcode, sentence = work(settings)
        show(printable(f"asiatongsin: {sentence}"), sys.stderr)


def work(settings: Settings) -> tuple[int, str]:
    """Runs a worker until it is told to end; exit status and last line."""
    if not settings["DATABASE_URL"]:
        raise usage_error(
            "a fleet needs a database that all its machines reach: set DATABASE_URL=postgresql://user:password@host/name"
        )
    if find_spec("procrastinate") is None:
        raise usage_error('what hands out the work is not installed: pip install "asiatongsin[fleet]"')
    from pipelines.fleet.machines import NameTaken  # noqa: PLC0415  of an extra
    from pipelines.fleet.worker import run_worker  # noqa: PLC0415  of an extra

    configure_logging(settings)
    try:
        return asyncio.run(run_worker(settings))
    except NameTaken as error:
        raise usage_error(str(error)) from None
