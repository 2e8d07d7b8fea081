"""`asiatongsin export`: articles and what belongs to them, weather as well, in a file."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from tqdm import tqdm

from asiatongsin.errors import ArgumentError
from asiatongsin.help import explained
from asiatongsin.korean import KST, clean
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.database.session import looking
from pipelines.datasets import parquet, target
from pipelines.datasets.columns import BIGKINDS, NAMES, OURS
from pipelines.datasets.marks import Mark
from pipelines.datasets.run import ATOM, FORMATS, JSONL, PARQUET, RIGHTS, Job, check_free, run
from pipelines.queries.records.kinds import KINDS
from pipelines.queries.records.records import Wanted
from pipelines.queries.search.filters import Filters

FILTERS = ("section", "site", "since", "until", "reporter")
SUFFIXES = {f".{name}": name for name in FORMATS} | {".ndjson": JSONL, ".xml": ATOM}
EXAMPLE = "asiatongsin export articles --section 정치 --since 30d -o month.csv"


class Command(ScrapyCommand):
    """Looks only into the database, except for the mark of --new-since."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return f"[options] {'|'.join(KINDS)}"

    def short_desc(self) -> str:
        return "Write articles, revisions, photos or weather into a file: CSV, JSON lines, Parquet, Atom"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "A file of that name is replaced once the new one is whole.",
            "In texts, each e-mail address becomes [e-mail], unless --with-email is given.",
            "In the name of a file, {date} becomes the day and {time} the time.",
            examples=(EXAMPLE, "asiatongsin export articles --new-since daily -o 'news-{date}.csv'"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="file to write; default: standard output")
        parser.add_argument("--format", choices=FORMATS, help="default: as the name of the file ends, else csv")
        parser.add_argument("--match", metavar="QUERY", help="only articles that asiatongsin search finds by this")
        parser.add_argument("--section", help="name of a section; several with commas between")
        parser.add_argument("--site", help="base address or host; several with commas between")
        parser.add_argument("--reporter", help="name of a reporter; several with commas between")
        parser.add_argument("--since", help="published then or later, in Korean time: 2025-10-01, yesterday, 30d")
        parser.add_argument("--until", help="published then or earlier, in Korean time")
        parser.add_argument("--city", help="weather: name of a city, 서울 or Seoul; several with commas between")
        parser.add_argument(
            "--new-since", metavar="NAME", help="only what is new or changed since the last export with this name"
        )
        parser.add_argument(
            "--names", choices=NAMES, default=OURS, help=f"{BIGKINDS}: name columns as a download from 빅카인즈 does"
        )
        parser.add_argument("--with-email", action="store_true", help="keep e-mail addresses in texts")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        job = _job(_kind(args), opts)
        try:
            with (
                looking(self.settings or Settings()) as (_, connection),
                tqdm(unit=" rows", disable=None, leave=False) as bar,
            ):
                number = run(connection, job, bar.update)
        except OSError as error:
            path = job.path or "standard output"
            raise usage_error(f"cannot write {path}: {error.strerror or error}; {_left(job)}") from None
        except KeyboardInterrupt:
            raise usage_error(f"interrupted: {_left(job)}") from None
        show(f"asiatongsin: {RIGHTS}", sys.stderr)
        show(printable(f"asiatongsin: {_result(job, number)}"), sys.stderr)


def _kind(args: list[str]) -> str:
    kinds = ", ".join(KINDS)
    if not args:
        raise usage_error(
            f"write what to export, one of {kinds}: {EXAMPLE} (what stores the spool is `asiatongsin drain`)"
        )
    if args[0] not in KINDS or len(args) > 1:
        raise usage_error(f"{' '.join(args)}: write one of {kinds}; words to look for stand behind --match, in quotes")
    return args[0]


def _job(kind: str, opts: argparse.Namespace) -> Job:
    """What the options say. ArgumentError where they do not go together."""
    asked = _asked(opts)
    path = _path(opts.output)
    format_ = opts.format or _by_name(path)
    mark = Mark(name=opts.new_since, kind=kind, filters=asked or None) if opts.new_since is not None else None
    _check(opts, path, format_)
    cities = tuple(clean(city) for city in opts.city.split(",")) if opts.city is not None else ()
    wanted = Wanted(
        kind=KINDS[kind], filters=_filters(opts, datetime.now(KST)), cities=cities, with_email=opts.with_email
    )
    job = Job(wanted=wanted, format=format_, names=opts.names, path=path, asked=asked, mark=mark)
    check_free(job)
    return job


def _filters(opts: argparse.Namespace, now: datetime) -> Filters:
    return Filters.parse(opts.match or "", now=now, **{name: getattr(opts, name) for name in FILTERS})


def _asked(opts: argparse.Namespace) -> str:
    """The filters as they were written, in one order."""
    given = {name: getattr(opts, name) for name in (*FILTERS, "city")}
    parts = [clean(opts.match or ""), *(f"{name}:{clean(value)}" for name, value in given.items() if value is not None)]
    return " ".join(filter(None, parts))


def _path(text: str | None) -> Path | None:
    """The file, with day and time in the place of `{date}` and `{time}`: each run of a schedule can have its own."""
    if text is None or text == "-":
        return None
    now = datetime.now(KST)
    path = Path(text.replace("{date}", f"{now:%Y-%m-%d}").replace("{time}", f"{now:%H%M}")).expanduser()
    target.check(path)
    return path


def _by_name(path: Path | None) -> str:
    suffix = path.suffix.lower() if path else ".csv"
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    raise ArgumentError(f"{path}: the name ends in none of {', '.join(SUFFIXES)}, so say which with --format")


def _check(opts: argparse.Namespace, path: Path | None, format_: str) -> None:
    """ArgumentError where options contradict each other, before anything is asked."""
    for name in ("match", "city"):
        if (given := getattr(opts, name)) is not None and not clean(given):
            raise ArgumentError(f"--{name} is empty: leave it out to export all")
    if format_ == PARQUET:
        parquet.check()
        if path is None and sys.stdout.isatty():
            raise ArgumentError("Parquet is nothing to look at: name a file with -o month.parquet")
    if format_ == ATOM and opts.names != OURS:
        raise ArgumentError(f"--names {opts.names}: a feed has no columns")
    if opts.new_since is not None:
        _check_mark(opts)


def _check_mark(opts: argparse.Namespace) -> None:
    if not clean(opts.new_since):
        raise ArgumentError("--new-since needs a name, for example: --new-since daily")
    now = datetime.now(KST)
    if _filters(opts, now).until != _filters(opts, now + timedelta(days=1)).until:
        raise ArgumentError(
            "with --new-since, an --until that moves would leave out what is new today and old tomorrow: write a day"
        )


def _left(job: Job) -> str:
    return f"{job.path} stays as it was" if job.path else "the output is not whole"


def _result(job: Job, number: int) -> str:
    rows = f"{number:,} row{'s' * (number != 1)} of {job.wanted.kind.name}"
    if job.mark and not number:
        no_file = ", so no file is written" if job.path else ""
        return f"{rows}: nothing is new since the last export under the name {job.mark.name}{no_file}"
    if job.path is None:
        return rows
    if not job.path.is_file():
        return f"{rows} written to {job.path}"
    explained = f"; {job.fields_path} explains the columns" if job.fields_path else ""
    return f"{rows} in {job.path}{explained}" if number else f"{rows}: nothing is found, and {job.path} holds none now"
