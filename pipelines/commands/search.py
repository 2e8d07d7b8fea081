"""`asiatongsin search`: the articles that hold some words, newest first."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.arguments import is_number
from asiatongsin.help import explained
from asiatongsin.korean import KST
from asiatongsin.output import show
from asiatongsin.printable import printable, printable_json
from pipelines.commands.usage import check_settings, given_words, usage_error, usage_errors
from pipelines.database.session import looking
from pipelines.queries.names import check_names
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import COSTLY_FOR, RANKED, Hit, Search
from pipelines.terminal import hits as screen

FILTERS = ("site", "section", "reporter", "since", "until")
NEWEST, RELEVANCE = "newest", "relevance"
MOST = 10_000
"""Hits that are shown at most; asiatongsin export writes all."""


class Command(ScrapyCommand):
    """Looks only into the database; status 0 also where nothing is found."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] <words>"

    def short_desc(self) -> str:
        return "Find stored articles by their words; newest first"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Several words must all be in the article.",
            'Quotes keep words together ("a phrase"), and a minus leaves articles with a word out (-word).',
            "Options and words such as section:정치 narrow it down.",
            examples=("asiatongsin search 전통시장 예산 -축제 --since 30d", "asiatongsin search --count section:정치"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", help="base address or host; several with commas between")
        parser.add_argument("--section", help="name of a section; several with commas between")
        parser.add_argument("--reporter", help="name of a reporter; several with commas between")
        parser.add_argument("--since", help="published then or later, in Korean time: 2025-10-01, yesterday, 30d")
        parser.add_argument("--until", help="published then or earlier, in Korean time")
        parser.add_argument("--limit", metavar="N", default="20", help="show at most N articles; default: 20")
        parser.add_argument("--sort", choices=(NEWEST, RELEVANCE), default=NEWEST, help="default: newest")
        parser.add_argument("--count", action="store_true", help="print how many are found, and nothing else")
        parser.add_argument("--json", action="store_true", help="print one JSON object per line, with the whole text")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        limit = _limit(opts.limit, RANKED if opts.sort == RELEVANCE else MOST)
        filters = Filters.parse(given_words(args), **{name: getattr(opts, name) for name in FILTERS})
        if filters == Filters():
            raise usage_error("write what to search for, such as: asiatongsin search 전통시장 예산 -축제 --since 30d")
        notes: list[str] = []
        with looking(self.settings or Settings()) as (_, connection):
            check_names(connection, filters)
            search = Search(connection, filters)
            hits: list[Hit] = []
            if opts.count:
                found = search.count()
                show(json.dumps({"count": found}) if opts.json else f"{found:,} article{'s' * (found != 1)}")
            else:
                hits = _hits(search, limit + 1, opts.sort)
                _show(hits[:limit], search, is_json=opts.json)
                notes += [f"there are more than these {limit:,}: --limit shows more"] * (len(hits) > limit)
        for note in [*notes, *_notes(search)]:
            show(printable(f"asiatongsin: {note}"), sys.stderr)


def _limit(text: str, most: int) -> int:
    if not (is_number(text) and int(text) <= most):
        raise usage_error(f"--limit {text}: write a whole number from 1 to {most}; asiatongsin export writes all")
    return int(text)


def _hits(search: Search, limit: int, order: str) -> list[Hit]:
    return search.most_relevant(limit) if order == RELEVANCE else search.page(limit).hits


def _show(hits: list[Hit], search: Search, *, is_json: bool) -> None:
    if is_json:
        for hit in hits:
            show(as_json(hit))
    elif hits:
        show(screen.text(hits, search.filters.words, screen.BOLD if sys.stdout.isatty() else screen.PLAIN))
    else:
        show("nothing is found")


def as_json(hit: Hit) -> str:
    """A hit in one line; times are Korean."""
    fields = {name: _iso(value) if isinstance(value, datetime) else value for name, value in asdict(hit).items()}
    return printable_json(json.dumps(fields, ensure_ascii=False))


def _iso(at: datetime) -> str:
    return at.astimezone(KST).isoformat()


def _notes(search: Search) -> list[str]:
    """What the user should know of how it was searched."""
    notes = []
    if search.is_cut:
        notes.append(
            f"only the last {COSTLY_FOR.days} days are looked through, since no index helps with single syllables,"
            " signs and words to leave out; --since looks further back"
        )
    if search.lacks_index:
        notes.append("there is no search index, so this takes long: `asiatongsin index` builds it")
    return notes
