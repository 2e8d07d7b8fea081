"""`asiatongsin archive`: brings WARC files to the archive store and back, compares the two, and cleans the files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from tqdm import tqdm

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.archive.cleaning import clean
from pipelines.archive.fetching import bring_back
from pipelines.archive.files import archive_files, files_of_unfinished_crawls, local_files
from pipelines.archive.in_use import alone_in
from pipelines.archive.push import Pushed, push
from pipelines.archive.settings import StoreSettings
from pipelines.archive.store import ObjectMissing, Store, StoreTrouble
from pipelines.archive.verify import verify
from pipelines.commands.usage import check_settings, given_site, usage_error, usage_errors
from pipelines.crawl_record import ExitStatus
from pipelines.database import archive_files as catalog
from pipelines.database.archive_files import Row, place_of
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import Session
from pipelines.disk import data_folder, describe_error, make_private_folder

Told = tuple[str, bool]
"""The last line of a command, and whether all is done."""

ACTIONS = {
    "push": "copies finished WARC files of this machine to ARCHIVE_STORE",
    "fetch": "brings files back to this disk: those named, those of --site, or all",
    "verify": "compares each file with its copy in ARCHIVE_STORE; status 1 where one differs",
    "clean": "takes passwords and cookies out of requests that versions before December 2026 archived",
}

WORKS_ALREADY = "another asiatongsin archive push or clean works on this data folder"
UNFINISHED = "files left out: their crawl is running, or its pages wait in the spool"


class Command(ScrapyCommand):
    """Exit status: 0 all is done, 1 something is not, 2 wrong usage."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "push [--now] [--site …] | fetch [--site …] [files] | verify [--quick] [--site …] | clean"

    def short_desc(self) -> str:
        return "Copy the archive to a store, bring it back, compare the two, or clean it"

    def long_desc(self) -> str:
        return explained(
            "The archive keeps each fetched page in WARC files of the data folder.",
            "The setting ARCHIVE_STORE names a bucket or a folder for copies of them.",
            actions=ACTIONS,
            examples=("asiatongsin archive push --now", "asiatongsin archive verify --site newsasia.kr"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--now", action="store_true", help="push: copy all finished files, also where few wait")
        parser.add_argument("--quick", action="store_true", help="verify: compare sizes alone, which is quick")
        parser.add_argument("--site", help="push, fetch, verify: only files of this site")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        settings = self.settings or Settings()
        StoreSettings.from_settings(settings)
        site = given_site(opts.site).key if opts.site else None
        done: dict[str, Callable[[], Told]] = {
            "clean": lambda: cleaned(settings),
            "push": lambda: pushed(settings, site, now=opts.now),
            "fetch": lambda: fetched(settings, site, args[1:]),
            "verify": lambda: verified(settings, site, is_quick=opts.quick),
        }
        if not args or args[0] not in done or (args[0] != "fetch" and args[1:]):
            raise usage_error(f"write: asiatongsin archive {self.syntax()}")
        try:
            sentence, is_done = done[args[0]]()
        except StoreTrouble as error:
            sentence, is_done = str(error), False
        self.exitcode = ExitStatus.DONE if is_done else ExitStatus.FAULT
        show(printable(f"asiatongsin: {'ok' if is_done else 'error'}: {sentence}"), sys.stderr)


def pushed(settings: Settings, site: str | None, *, now: bool) -> Told:
    """Counts and what went wrong, and whether nothing did."""
    with tqdm(unit="file", disable=None) as bar:
        done = push(settings, now=now, site=site, advance=partial(_advance, bar))
    if not done.is_alone:
        raise usage_error(WORKS_ALREADY)
    troubles = [*done.troubles, *_gone(done)]
    return "; ".join([_counts(done), *troubles]), not troubles


def _counts(done: Pushed) -> str:
    optional = {
        "files wait for others of their site, or for the next push": done.waiting,
        UNFINISHED: done.unfinished,
        "files stay here: their crawl is not in this database": done.strange,
        "local copies removed": done.removed,
    }
    counts = [f"{done.files} files ({done.bytes} bytes) brought to the archive store in {done.objects} objects"]
    return ", ".join(counts + [f"{number} {what}" for what, number in optional.items() if number])


def _gone(done: Pushed) -> list[str]:
    what = "files that wait on this machine are not in this data folder: push from the one that has them"
    return [f"{done.gone} {what}"] if done.gone else []


def fetched(settings: Settings, site: str | None, files: Sequence[str]) -> Told:
    """Counts and what went wrong, and whether nothing did."""
    store, data = _store(settings), data_folder(settings)
    rows = _wanted(_rows(settings, site), data, files)
    missing = [row for row in rows if not (data / row.file).exists()]
    count, lost, troubles = 0, 0, []
    for row in tqdm(missing, unit="file", disable=None):
        place, at = place_of(row), row.stored_at
        if place is None or at is None:
            continue
        try:
            bring_back(store, data, row.file, place, at=at.timestamp())
            count += 1
        except ObjectMissing as error:
            tqdm.write(printable(str(error)), file=sys.stderr)
            lost += 1
        except StoreTrouble as error:
            troubles.append(str(error))
            break
        except OSError as error:
            troubles.append(describe_error(error, data))
            break
    if lost:
        troubles.append(f"{lost} files are not in the archive store as they were, see above")
    here = len(rows) - len(missing)
    counts = f"{count} files fetched" + (f", {here} are on this disk already" if here else "")
    return "; ".join([counts, *troubles]), not troubles


def _wanted(rows: Iterable[Row], data: Path, files: Sequence[str]) -> list[Row]:
    """The rows of the named files, or all."""
    if not files:
        return list(rows)
    by_name = {row.file: row for row in rows}
    names = [_name(file, data) for file in files]
    if unknown := [name for name in names if name not in by_name]:
        raise usage_error(f"{unknown[0]} is not in the archive store: write a file as rows name it, archive/…")
    return [by_name[name] for name in names]


def _name(file: str, data: Path) -> str:
    path = Path(file)
    return path.relative_to(data).as_posix() if path.is_relative_to(data) else path.as_posix()


def verified(settings: Settings, site: str | None, *, is_quick: bool) -> Told:
    """Counts and what is amiss, and whether nothing is."""
    store, rows = _store(settings), _rows(settings, site)
    with tqdm(total=len(rows), unit="file", disable=None) as bar:
        done = verify(store, rows, site, is_quick=is_quick, advance=partial(_advance, bar))
    for line in done.amiss:
        show(printable(line), sys.stderr)
    for name in done.unnamed:
        show(printable(f"{name}: no row names it; a push that was killed left it, or one is running"), sys.stderr)
    how = "has the right size in" if is_quick else "is as it was in"
    counts = f"{done.files} files: each {how} the archive store, in {done.objects} objects"
    unnamed = f", {len(done.unnamed)} objects that no row names, see above" if done.unnamed else ""
    amiss = [f"{len(done.amiss)} files are not in the archive store as they were, see above"] if done.amiss else []
    return "; ".join([counts + unnamed, *amiss]), not amiss


def _store(settings: Settings) -> Store:
    return Store(StoreSettings.from_settings(settings).needed_address())


def _rows(settings: Settings, site: str | None) -> list[Row]:
    """The files that the store holds. DatabaseUnreachable, DatabaseUnusable."""
    with closing(Session.only_looking(Database.from_settings(settings))) as session:
        return session.run(lambda connection: catalog.stored(connection, site))


def _advance(bar: tqdm[Any], files: int) -> None:
    bar.update(files)


def cleaned(settings: Settings) -> Told:
    """Counts and what was left out, and whether nothing was. What the store holds stays as it is: it has digests."""
    data = data_folder(settings)
    in_store = _in_store(settings)
    found = local_files(data, None) if in_store else archive_files(data, None)
    files = [file for file in found if file.relative_to(data).as_posix() not in in_store]
    with alone_in(make_private_folder(data / "archive")) as is_alone:
        if not is_alone:
            raise usage_error(WORKS_ALREADY)
        cleaning = Cleaning()
        unfinished = files_of_unfinished_crawls(files, data)
        for file in tqdm([file for file in files if file not in unfinished], unit="file", disable=None):
            try:
                cleaning.records += clean(file, cleaning.report)
            except OSError as error:
                cleaning.report(file, 0, describe_error(error, data))
    troubles = {
        "places could not be cleaned, see above": cleaning.left,
        UNFINISHED: len(unfinished),
        "files left out: they are in the archive store": len(in_store),
    }
    counts = f"{cleaning.records} requests cleaned in {len(files)} files"
    told = [f"{number} {what}" for what, number in troubles.items() if number]
    return ", ".join([counts, *told]), not told


def _in_store(settings: Settings) -> set[str]:
    """The files that the store holds. Without a store, cleaning needs no database."""
    try:
        return {row.file for row in _rows(settings, None)}
    except (DatabaseUnreachable, DatabaseUnusable):
        if StoreSettings.from_settings(settings).address:
            raise
        return set()


class Cleaning:
    """Counts of a run."""

    def __init__(self) -> None:
        self.records = 0
        self.left = 0

    def report(self, file: object, offset: int, what: str) -> None:
        """Tells of a place that could not be cleaned."""
        self.left += 1
        tqdm.write(printable(f"{file}, byte {offset}: {what}"), file=sys.stderr)
