"""`asiatongsin reparse`: reads archived pages again and writes what is stored otherwise."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
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
from pipelines.archive import settings as archive_settings
from pipelines.archive.files import given_files
from pipelines.archive.in_use import reading_all
from pipelines.archive.store import StoreTrouble
from pipelines.archive.whereabouts import Whereabouts
from pipelines.commands.usage import check_settings, usage_errors
from pipelines.crawl_record import ExitStatus, Outcome
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.disk import data_folder, describe_error, make_private_folder
from pipelines.exporters.batch import Exported
from pipelines.reparse.bookmark import Bookmark
from pipelines.reparse.captured import Wanted
from pipelines.reparse.files import ArchivedFiles, archived_files
from pipelines.reparse.run import Job, Reparse
from pipelines.reparse.writing import Writing
from pipelines.spool.drain import Drain
from pipelines.terminal.differences import report_text
from pipelines.terminal.word_diff import COLOURED, PLAIN
from pipelines.verdict.decide import refused_by_database

KILLED = "a process that read pages was killed, as the system does where memory runs out: free some or lower --jobs"
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
        archive_settings.check(settings)
        given = given_files(args)
        database = Database.from_settings(settings)
        with (
            reading_all(make_private_folder(data)),
            closing(Session.only_looking(database) if opts.dry_run else Session(database)) as session,
        ):
            found = _files(session, settings, given, wanted)
            chosen = {name: value for name in CHOICES if (value := getattr(opts, name))}
            drain = None if opts.dry_run else Drain(database, data, session)
            writing = Writing(drain, {"reparse": " ".join(args)} | chosen) if drain else None
            bookmark = None if opts.dry_run else Bookmark(session, [args, chosen])
            if bookmark:
                _begin(bookmark, found.paths, is_anew=opts.restart)
            size = sum(map(found.where.size, found.paths))
            with tqdm(total=size, unit="B", unit_scale=True, disable=None) as bar:
                reparse = Reparse(_job(found, wanted, jobs, bar), session, writing, bookmark)
                reparse.report.elsewhere = found.elsewhere
                self.exitcode, sentence = self._run(reparse, settings)
        if reparse.is_done:
            is_coloured = sys.stdout.isatty()
            show(report_text(reparse.report, COLOURED if is_coloured else PLAIN))
        show(printable(f"asiatongsin: {sentence}"), sys.stderr)

    def _run(self, reparse: Reparse, settings: Settings) -> tuple[ExitStatus, str]:
        """Runs it; returns exit status and last line. Pages that were read and not stored wait in the spool."""
        outcome, why = Outcome.ERROR, "interrupted; "
        try:
            reparse.run(settings)
            unread = "" if reparse.report.is_whole else "not all pages could be read"
            amiss = "; ".join(filter(None, [_refused(reparse), *reparse.report.elsewhere, unread]))
            outcome, why = (Outcome.ERROR, f"{amiss}; ") if amiss else (Outcome.OK, "")
        except (DatabaseUnreachable, DatabaseUnusable) as error:
            outcome, why = Outcome.SPOOLED, f"the database went away ({' '.join(str(error).split())}); "
        except StoreTrouble as error:
            why = f"{error}; "
        except BrokenExecutor:
            outcome, why = Outcome.ERROR, f"{KILLED}; "
        except OSError as error:
            why = f"{describe_error(error, reparse.job.where.data)}; "
        except KeyboardInterrupt:
            reparse.session.close()  # a query may still be running: nothing else could be sent behind it
        finally:
            if reparse.writing:
                outcome = reparse.writing.end(outcome, reparse.report.counts())
        if outcome is not Outcome.OK and reparse.writing and not reparse.is_done:
            why += "the same command goes on where this one ended; "
        return outcome.status, f"{outcome.word}: {why}{_counts(reparse)}"


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


def _refused(reparse: Reparse) -> str:
    written = reparse.writing.total if reparse.writing else Exported()
    return refused_by_database(written.refused, written.partial)


def _begin(bookmark: Bookmark, files: Sequence[Path], *, is_anew: bool) -> None:
    if is_anew:
        bookmark.remove()
    elif place := bookmark.read(files):
        show(printable(f"Going on with an interrupted run in {place.file}; --restart begins anew"), sys.stderr)


def _advance(bar: tqdm[Any], read: int) -> None:
    bar.update(read)


def _counts(reparse: Reparse) -> str:
    report, writing = reparse.report, reparse.writing
    refused = writing.total.refused if writing else 0
    written = f"{writing.total.pages - refused} written" if writing else "nothing is written"
    differ = f"{report.differing} differ from what is stored, {written}" if report.differing else "none differs"
    optional = {
        "refused by the database and kept in a file": refused,
        "written without a part that the database refused": writing.total.partial if writing else 0,
        "pages of sites without an article left alone": report.strangers,
        "revisits whose body is in none of the files": report.bodiless,
        "files left out: their crawl is running, or its pages wait in the spool": report.unfinished,
        "places in the files cannot be read, see above": report.damaged,
        "missing fields not looked for, since this run went on where another one ended: run it once more": (
            report.not_looked_for
        ),
    }
    parts = [f"{report.captures} captures read again", differ]
    parts += [f"found again: {name}" for name in report.found_again]
    parts += [f"{number} {name}" for name, number in optional.items() if number]
    return ", ".join(parts)


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
