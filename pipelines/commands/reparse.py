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
from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from asiatongsin.rechecks import Rechecks
from pipelines.archive import settings as archive_settings
from pipelines.archive.files import given_files
from pipelines.archive.in_use import reading_all
from pipelines.archive.whereabouts import Whereabouts
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.crawl_record import ExitStatus
from pipelines.database.connection import Database
from pipelines.database.session import Session, connected
from pipelines.disk import data_folder, machine_name, make_private_folder
from pipelines.fleet.reparse_runs import RunArguments, ask
from pipelines.queries import reparse_runs
from pipelines.reparse.bookmark import Bookmark
from pipelines.reparse.captured import Wanted
from pipelines.reparse.ending import run_to_end
from pipelines.reparse.files import ArchivedFiles, archived_files
from pipelines.reparse.run import Job, Reparse
from pipelines.reparse.writing import Writing
from pipelines.spool.drain import Drain
from pipelines.terminal.differences import report_text
from pipelines.terminal.reparse_runs import text
from pipelines.terminal.word_diff import COLOURED, PLAIN

CHOICES = ("site", "no", "since", "until")
"""Options that choose captures."""


class Command(ScrapyCommand):
    """Exit status: 0 all is read, 1 some is not, or a fault, 2 wrong usage, 3 the database went away."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [WARC files or folders; default: the archive]"

    def short_desc(self) -> str:
        return "Read archived pages again, and store what is read differently now"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Use it after a selector was mended: fields come back without a request to the site.",
            "With --dry-run it says what differs, and writes nothing.",
            "Status 1 says that some pages were not read, and status 3 that the database went away.",
            examples=("asiatongsin reparse --since 30d --dry-run", "asiatongsin reparse --since 30d"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what differs, and write nothing")
        parser.add_argument("--site", help="only pages of this site")
        parser.add_argument("--no", help="only articles of these numbers, for example 142893,142894")
        parser.add_argument("--since", help="fetched then or later, in Korean time: 30d, yesterday, 2025-10-01")
        parser.add_argument("--until", help="fetched then or earlier, in Korean time")
        parser.add_argument("--jobs", metavar="N", help="number of processes that read; default: one for each core")
        parser.add_argument("--restart", action="store_true", help="begin anew, also after an interrupted run")
        parser.add_argument("--fleet", action="store_true", help="let the workers of the fleet do it, each a part")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        settings = self.settings or Settings()
        data = data_folder(settings)
        wanted, jobs = _wanted(opts), _jobs(opts.jobs)
        Rechecks.from_settings(settings)  # a stage reads them
        archive_settings.check(settings)
        chosen = {name: value for name in CHOICES if (value := getattr(opts, name))}
        if opts.fleet:
            if args or opts.dry_run or opts.jobs:
                raise usage_error("--fleet reads the archive of all and writes: leave out files, --dry-run and --jobs")
            self.exitcode = _ask_fleet(settings, RunArguments(given=chosen, wanted=wanted), is_anew=opts.restart)
            return
        given = given_files(args)
        database = Database.from_settings(settings)
        with (
            reading_all(make_private_folder(data)),
            closing(Session.only_looking(database) if opts.dry_run else Session(database)) as session,
        ):
            found = _files(session, settings, given, wanted)
            drain = None if opts.dry_run else Drain(database, data, session)
            writing = Writing(drain, {"reparse": " ".join(args)} | chosen) if drain else None
            bookmark = None if opts.dry_run else Bookmark(session, [args, chosen], data)
            if bookmark:
                _begin(bookmark, found.paths, is_anew=opts.restart)
            size = sum(map(found.where.size, found.paths))
            with tqdm(total=size, unit="B", unit_scale=True, disable=None) as bar:
                reparse = Reparse(_job(found, wanted, jobs, bar), session, writing, bookmark)
                reparse.report.elsewhere = found.elsewhere
                outcome, sentence = run_to_end(reparse, settings)
        self.exitcode = outcome.status
        if reparse.is_done:
            is_coloured = sys.stdout.isatty()
            show(report_text(reparse.report, COLOURED if is_coloured else PLAIN))
        show(printable(f"asiatongsin: {sentence}"), sys.stderr)


def _ask_fleet(settings: Settings, wanted: RunArguments, *, is_anew: bool) -> ExitStatus:
    """Asks for a run, or says how far the one came that was asked for. Status 1 where files are left out."""
    if not settings["DATABASE_URL"]:
        raise usage_error("--fleet needs a database that all machines reach: set DATABASE_URL")
    with connected(settings) as (_, connection, _):
        asked = ask(connection, data_folder(settings), machine_name(settings), wanted, is_anew=is_anew)
        found = reparse_runs.runs(connection, asked.run)
        troubled = reparse_runs.troubled(connection, [one.run for one in found])
    show(text([one for one in found if one.run == asked.run], troubled))
    how = "was asked for" if asked.is_new else "was asked for before and goes on; --restart gives it up and begins anew"
    if asked.lost:
        show(f"{asked.lost} files that rows name are left out: nobody knows on which machine they are", sys.stderr)
    show(f"asiatongsin: run {asked.run} {how}; workers do it, `asiatongsin fleet status` shows how far", sys.stderr)
    return ExitStatus.FAULT if asked.lost else ExitStatus.DONE


def _files(session: Session, settings: Settings, given: list[Path], wanted: Wanted) -> ArchivedFiles:
    """The files that are named, else those of our archive."""
    if given:
        return ArchivedFiles(paths=given, where=Whereabouts(data=data_folder(settings)), elsewhere=[])
    return session.run(lambda connection: archived_files(connection, settings, wanted.site))


def _job(found: ArchivedFiles, wanted: Wanted, jobs: int, bar: tqdm[Any]) -> Job:
    return Job(
        files=found.paths,
        wanted=wanted,
        where=found.where,
        jobs=jobs,
        report=_report,
        advance=lambda read: _advance(bar, read),
    )


def _begin(bookmark: Bookmark, files: Sequence[Path], *, is_anew: bool) -> None:
    if is_anew:
        bookmark.remove()
    elif place := bookmark.read(files):
        show(printable(f"Going on with an interrupted run in {place.file}; --restart begins anew"), sys.stderr)


def _advance(bar: tqdm[Any], read: int) -> None:
    bar.update(read)


def _wanted(opts: argparse.Namespace) -> Wanted:
    given = {name: value for name in CHOICES if (value := getattr(opts, name)) is not None}
    parsed = Arguments.parse(given)
    return Wanted(
        site=parsed.site.key if "site" in given else None,
        no=frozenset(parsed.no),
        since=parsed.since,
        until=parsed.until,
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
