"""`asiatongsin gaps`: which numbers of a range are stored, gone or missing; `--fetch` tries the missing ones."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin.arguments import is_number
from asiatongsin.cms import ALL
from asiatongsin.help import explained
from asiatongsin.korean import KST
from asiatongsin.output import show
from asiatongsin.printable import printable
from asiatongsin.site import Site
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider
from pipelines.commands.usage import check_settings, given_site, usage_error, usage_errors
from pipelines.crawl.run import check_usage, choose_log, report_result, run_spider
from pipelines.database.errors import DatabaseUnreachable
from pipelines.database.session import looking, opened, run_while_progressing
from pipelines.queries import gaps
from pipelines.queries.sites import base_of, known_sites
from pipelines.terminal.text_table import text_table

RUNS_SHOWN = 20
"""How many runs of missing numbers are printed."""

MOST_TRIES = 10_000
"""Most numbers that are tried at once, which takes hours."""

MANY_NUMBERS = 100_000
"""From so many numbers on, it is said that it takes long: about two seconds for a million (2026-11-30)."""


class Command(ScrapyCommand):
    """Looks into the database; with `--fetch` it is a crawl of single numbers, and ends like one."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show which article numbers are stored, removed or missing; --fetch tries the missing ones"

    def long_desc(self) -> str:
        return explained(
            "Show which article numbers are stored, removed or missing.",
            "A site numbers its articles in order, so a number without an article may be one that was not found.",
            "With --fetch, the missing numbers are crawled, and the exit status is that of asiatongsin crawl.",
            examples=("asiatongsin gaps --site newsasia.kr", "asiatongsin gaps --site newsasia.kr --fetch --most 200"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", help="base address or host; default: all sites, a line for each")
        parser.add_argument("--from", dest="first", metavar="N", help="default: the lowest stored one near others")
        parser.add_argument("--to", dest="last", metavar="N", help="default: the highest stored one near others")
        parser.add_argument(
            "--fetch", action="store_true", help="crawl missing numbers, those that pages lead to first"
        )
        parser.add_argument("--most", metavar="N", default="100", help="--fetch: try at most N numbers; default: 100")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        self.requires_crawler_process = opts.fetch
        if opts.fetch and self.settings is not None:
            choose_log(self.settings, opts)

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if args:
            raise usage_error(f"asiatongsin gaps takes options only, not {args[0]}")
        limit = _number("--most", opts.most, MOST_TRIES)
        first = _number("--from", opts.first, gaps.HIGHEST_NUMBER) if opts.first is not None else None
        last = _number("--to", opts.last, gaps.HIGHEST_NUMBER) if opts.last is not None else None
        with opened(self.settings or Settings(), only_looks=not opts.fetch) as (_, connection):
            several = [] if opts.site is not None else known_sites(connection)
            if len(several) > 1 and not (opts.fetch or first or last):
                show(_of_several(gaps.of_sites(connection, several), is_json=opts.json))
                return
            site = given_site(base_of(connection, _only(several)) if opts.site is None else opts.site)
            stored = gaps.stored_span(connection, site.key)
            span = _span(site.key, first, last, stored)
            if stored and (strays := gaps.strays(connection, stored)).articles:
                show(_strays(strays, stored), sys.stderr)
            if span.last - span.first > MANY_NUMBERS:
                show(f"asiatongsin: looking at the {_numbers(span)}, which takes seconds", sys.stderr)
            if not opts.fetch:
                counts, runs = gaps.count(connection, span), gaps.longest_runs(connection, span, RUNS_SHOWN)
                lists = gaps.lists_without_end(connection, site.key)
                show(as_json(span, counts, *runs, lists) if opts.json else report(span, counts, *runs, lists))
                return
            numbers = gaps.missing(connection, span, limit)
        if numbers:
            self._fetch(site, numbers, opts.json)
        else:
            show(_fetched_json(0, gaps.Counts()) if opts.json else f"{site.key}: {_numbers(span)}: none is missing")

    def _fetch(self, site: Site, numbers: Sequence[int], is_json: bool) -> None:
        """Crawls these numbers, then prints what became of them and how the crawl went."""
        given = {"site": site.base, "no": ",".join(map(str, numbers))}
        check_usage(self.settings, given)
        if self.crawler_process is None:
            raise UsageError("no crawler process")
        crawler = self.crawler_process.create_crawler(AsiatongsinSpider.name)
        self.exitcode, sentence = run_spider(self.crawler_process, crawler, given)
        try:
            results = self._results(site, numbers)
            show(_fetched_json(len(numbers), results) if is_json else _fetched(len(numbers), results))
        except DatabaseUnreachable as error:
            trouble = f"asiatongsin: what became of {len(numbers)} numbers cannot be told: {error}"
            show(printable(trouble), sys.stderr)
        report_result(self.settings, self.exitcode, sentence)

    def _results(self, site: Site, numbers: Sequence[int]) -> gaps.Counts:
        """What became of these numbers. DatabaseUnreachable also where the database does not answer."""
        settings = self.settings or Settings()

        def counted() -> gaps.Counts:
            with looking(settings) as (_, connection):
                return gaps.count_of(connection, site.key, numbers)

        return run_while_progressing(counted, settings.getfloat("DATABASE_SILENCE_MAX"))


def _only(stored: Sequence[str]) -> str:
    """The only site that is stored."""
    if len(stored) != 1:
        there = f"the sites are {', '.join(stored)}" if stored else "no site was crawled yet"
        raise usage_error(f"name one site with --site; {there}")
    return stored[0]


def _of_several(found: Sequence[tuple[gaps.Span, gaps.Counts]], *, is_json: bool) -> str:
    """The classes of each site, a line for each."""
    if is_json:
        return "\n".join(json.dumps(_range(span) | asdict(counts)) for span, counts in found)
    head = ("site", "from", "to", *(one.name.replace("_", " ") for one in fields(gaps.Counts)))
    rows = [(span.site, span.first, span.last, *asdict(counts).values()) for span, counts in found]
    return f"{text_table(head, rows, grouped=True)}\n\n--site shows the longest runs of one site, and what is unsure"


def report(
    span: gaps.Span, counts: gaps.Counts, runs: Sequence[gaps.Run], all_runs: int, lists: Sequence[int] = ()
) -> str:
    """The classes as a table, the longest runs of missing numbers with the days around them, and what is unsure."""
    size = span.last - span.first + 1
    rows = [(name.replace("_", " "), number, round(100 * number / size, 1)) for name, number in asdict(counts).items()]
    classes = f"{span.site}: {_numbers(span)}\n\n{text_table(('class', 'numbers', '%'), rows, grouped=True)}"
    unsure = _unsure(span.site, lists)
    if not runs:
        return f"{classes}\n\nNo number is missing{unsure}"
    head = ("from", "to", "numbers", "article below (KST)", "article above (KST)")
    lines = [
        (run.first, run.last, run.length, _minute(run.published_below), _minute(run.published_above)) for run in runs
    ]
    title = f"Longest runs of missing numbers ({len(runs):,} of {all_runs:,})"
    return f"{classes}\n\n{title}\n{text_table(head, lines, grouped=True)}{unsure}"


def _unsure(site: str, lists: Sequence[int]) -> str:
    """Says that there may be articles below the range; empty where the lists were walked to their end."""
    if not lists:
        return ""
    names = ", ".join("all articles" if section == ALL else str(section) for section in lists)
    return (
        f"\n\nNo crawl has come to the end of these lists: {names}. Articles with lower numbers may be missing."
        f"\n`asiatongsin crawl -a site={site} -a full=1` walks each list to its end."
    )


def as_json(
    span: gaps.Span, counts: gaps.Counts, runs: Sequence[gaps.Run], all_runs: int, lists: Sequence[int] = ()
) -> str:
    """The same as JSON for scripts; times are Korean."""
    shown = [
        {
            "from": run.first,
            "to": run.last,
            "numbers": run.length,
            "published_below": _iso(run.published_below),
            "published_above": _iso(run.published_above),
        }
        for run in runs
    ]
    about_runs = {"runs": all_runs, "longest_runs": shown}
    return json.dumps(_range(span) | asdict(counts) | about_runs | {"lists_without_end": [*lists]})


def _range(span: gaps.Span) -> dict[str, object]:
    return {"site": span.site, "from": span.first, "to": span.last, "numbers": span.last - span.first + 1}


def _fetched(tried: int, results: gaps.Counts) -> str:
    return (
        f"Of {tried:,} numbers {results.stored:,} are stored now, {results.gone:,} removed,"
        f" {results.unreadable:,} unreadable, {results.missing:,} still missing"
    )


def _fetched_json(tried: int, results: gaps.Counts) -> str:
    counts = {"stored": results.stored, "removed": results.gone, "unreadable": results.unreadable}
    return json.dumps({"tried": tried} | counts | {"missing": results.missing})


def _number(option: str, text: str, highest: int) -> int:
    if not (is_number(text) and int(text) <= highest):
        raise usage_error(f"{option} {text}: write a whole number from 1 to {highest}")
    return int(text)


def _span(site: str, first: int | None, last: int | None, stored: gaps.Span | None) -> gaps.Span:
    """The range from --from to --to; without these, that of the stored articles."""
    if stored is None and (first is None or last is None):
        raise usage_error(f"nothing of {site} is stored: name a site with --site, or write --from and --to")
    span = gaps.Span(site, first or (stored.first if stored else 0), last or (stored.last if stored else 0))
    if span.first > span.last:
        known = f" (stored are {stored.first} to {stored.last})" if stored else ""
        raise usage_error(
            f"no number is from {span.first} to {span.last}: write --from and --to, the lower one first{known}"
        )
    return span


def _strays(strays: gaps.Strays, stored: gaps.Span) -> str:
    """Says which articles no range without --from and --to includes."""
    which = f"{strays.articles:,} stored from {strays.first:,} to {strays.last:,}"
    return f"asiatongsin: {which}: too far from the {_numbers(stored)} for the numbers between to be missing"


def _numbers(span: gaps.Span) -> str:
    return f"numbers {span.first:,} to {span.last:,}"


def _minute(at: datetime | None) -> str | None:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}" if at else None


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(KST).isoformat() if at else None
