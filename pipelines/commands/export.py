"""`asiatongsin export`: says that storing the spool is `asiatongsin drain` now."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand

from pipelines.commands.usage import usage_error


class Command(ScrapyCommand):
    """Stored the spool before; somebody's crontab may still call it."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Said `asiatongsin drain` before: that stores the spool"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        raise usage_error("what stores the spool is called `asiatongsin drain` now; this one stores nothing")
