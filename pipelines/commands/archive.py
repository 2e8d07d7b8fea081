"""`asiatongsin archive clean`: takes passwords and cookies out of requests that earlier versions archived."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from tqdm import tqdm

from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.archive.cleaning import clean, only_cleaner
from pipelines.archive.files import archive_files, files_of_unfinished_crawls
from pipelines.commands.usage import usage_error, usage_errors
from pipelines.crawl_record import ExitStatus
from pipelines.disk import data_folder, describe_error


class Command(ScrapyCommand):
    """Exit status: 0 all is clean, 1 something is not, 2 wrong usage."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "clean"

    def short_desc(self) -> str:
        return "Take passwords and cookies out of the requests in the archive"

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != ["clean"]:
            raise usage_error("write: asiatongsin archive clean")
        data = data_folder(self.settings or Settings())
        files = archive_files(data, None)
        with only_cleaner(data / "archive") as is_alone:
            if not is_alone:
                raise usage_error("another asiatongsin archive clean is running")
            cleaning = Cleaning()
            unfinished = files_of_unfinished_crawls(files, data)
            for file in tqdm([file for file in files if file not in unfinished], unit="file", disable=None):
                try:
                    cleaning.records += clean(file, cleaning.report)
                except OSError as error:
                    cleaning.report(file, 0, describe_error(error, data))
        troubles = {
            "places could not be cleaned, see above": cleaning.left,
            "files left out: their crawl is running, or its pages wait in the spool": len(unfinished),
        }
        told = [f"{number} {what}" for what, number in troubles.items() if number]
        self.exitcode = ExitStatus.FAULT if told else ExitStatus.DONE
        counts = ", ".join([f"{cleaning.records} requests cleaned in {len(files)} files", *told])
        show(f"asiatongsin: {'error' if told else 'ok'}: {counts}", sys.stderr)


class Cleaning:
    """Counts of a run."""

    def __init__(self) -> None:
        self.records = 0
        self.left = 0

    def report(self, file: object, offset: int, what: str) -> None:
        """Tells of a place that could not be cleaned."""
        self.left += 1
        tqdm.write(printable(f"{file}, byte {offset}: {what}"), file=sys.stderr)
