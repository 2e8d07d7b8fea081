"""`asiatongsin reparse`: reads archived pages again and writes what is stored otherwise."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from tqdm import tqdm

from asiatongsin.arguments import Arguments, is_number
from asiatongsin.errors import ArgumentError
from asiatongsin.output import show
from asiatongsin.printable import printable
from asiatongsin.rechecks import Rechecks
from pipelines.archive.files import archive_files, given_files, total_bytes
from pipelines.commands.usage import check_settings, usage_errors
from pipelines.database.connection import Database
from pipelines.database.session import Session
from pipelines.disk import data_folder
from pipelines.reparse.bookmark import Bookmark
from pipelines.reparse.captured import Wanted
from pipelines.reparse.ending import run_to_end
from pipelines.reparse.run import Job, Reparse
from pipelines.reparse.writing import Writing
from pipelines.spool.drain import Drain
from pipelines.terminal.differences import report_text
from pipelines.terminal.word_diff import COLOURED, PLAIN

CHOICES = ("site", "no", "since", "until")
"""Options that choose captures."""


class Command(ScrapyCommand):
    """Exit status: 0 all is read, 1 some is not, or a fault, 2 wrong usage, 3 the database went away."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [WARC files or folders; without them, the archive in the data folder]"

    def short_desc(self) -> str:
        return "Read archived pages again and write what is stored otherwise; --dry-run to see it first"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what differs, and write nothing")
        parser.add_argument("--site", help="only pages of this site")
        parser.add_argument("--no", help="only these articles, for example 142893,142894")
        parser.add_argument("--since", help="only pages fetched then or later: 30d, yesterday, 2025-10-01; Korean time")
        parser.add_argument("--until", help="only pages fetched then or earlier")
        parser.add_argument("--jobs", help="processes that read; default: one for each core")
        parser.add_argument("--restart", action="store_true", help="begin anew, also after an interrupted run")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        settings = self.settings or Settings()
        data = data_folder(settings)
        wanted, jobs = _wanted(opts), _jobs(opts.jobs)
        Rechecks.from_settings(settings)  # a stage reads them
        files = given_files(args) if args else archive_files(data, wanted.site)
        database = Database.from_settings(settings)
        with (
            closing(Session.only_looking(database) if opts.dry_run else Session(database)) as session,
            tqdm(total=total_bytes(files), unit="B", unit_scale=True, disable=None) as bar,
        ):
            job = Job(
                files=files,
                wanted=wanted,
                data=data,
                jobs=jobs,
                report=_report,
                advance=lambda read: _advance(bar, read),
            )
            chosen = {name: value for name in CHOICES if (value := getattr(opts, name))}
            writing = (
                None if opts.dry_run else Writing(Drain(database, data, session), {"reparse": " ".join(args)} | chosen)
            )
            bookmark = None if opts.dry_run else Bookmark(session, [args, chosen], data)
            if bookmark:
                _begin(bookmark, files, is_anew=opts.restart)
            reparse = Reparse(job, session, writing, bookmark)
            outcome, sentence = run_to_end(reparse, settings)
        self.exitcode = outcome.status
        if reparse.is_done:
            is_coloured = sys.stdout.isatty()
            show(report_text(reparse.report, COLOURED if is_coloured else PLAIN))
        show(printable(f"asiatongsin: {sentence}"), sys.stderr)


def _begin(bookmark: Bookmark, files: Sequence[Path], *, is_anew: bool) -> None:
    if is_anew:
        bookmark.remove()
    elif place := bookmark.read(files):
        show(printable(f"Going on with an interrupted run in {place.file}; --restart begins anew"), sys.stderr)


def _advance(bar: tqdm[Any], read: int) -> None:
    bar.update(read)


def _wanted(opts: argparse.Namespace) -> Wanted:
    given = {name: value for name in CHOICES if (value := getattr(opts, name)) is not None}
    arguments = Arguments.parse(given)
    return Wanted(
        site=arguments.site.key if "site" in given else None,
        no=frozenset(arguments.no),
        since=arguments.since,
        until=arguments.until,
    )


def _jobs(text: str | None) -> int:
    if text is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not is_number(text) or int(text) > 1000:
        raise ArgumentError(f"--jobs {text}: write a whole number above 0")
    return int(text)


def _report(what: str) -> None:
    with tqdm.external_write_mode(sys.stderr):  # the bar is taken away meanwhile
        show(printable(f"Cannot read {what}"), sys.stderr)
