"""`asiatongsin changes`: what was new, edited, taken down or back in a time."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.korean import KST
from asiatongsin.output import show, show_file
from asiatongsin.plausible import FIRST_POSSIBLE
from asiatongsin.printable import printable, printable_json
from pipelines.commands.usage import check_settings, given_number, given_words, usage_error, usage_errors
from pipelines.database.session import looking
from pipelines.datasets.changes import as_atom, as_csv, counts, feed_of_all, minute
from pipelines.queries.changes import Change, Kind, changes, unseen
from pipelines.queries.names import check_names
from pipelines.queries.search.filters import Filters
from pipelines.terminal import changes as screen

FILTERS = ("site", "section", "reporter", "since", "until")
USUALLY = timedelta(days=7)
"""How far it looks back where nobody says."""

MOST = 10**6


class Command(ScrapyCommand):
    """Looks only into the database; status 0 also where nothing happened."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [words]"

    def short_desc(self) -> str:
        return "Show which articles were new, edited, taken down or back in the last days"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Words, sections and reporters narrow it down, as in asiatongsin search.",
            "Times are those at which a crawl found the change.",
            examples=("asiatongsin changes --since yesterday", "asiatongsin changes --only edited,gone --section 정치"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        kinds = ", ".join(f"{kind} ({kind.meaning})" if kind.meaning != kind else kind for kind in Kind)
        parser.add_argument(
            "--since", help="found then or later, in Korean time: 7d (default), 12h, yesterday, 2025-10-01"
        )
        parser.add_argument("--until", help="found then or earlier, in Korean time; default: now")
        parser.add_argument("--site", help="base address or host; several with commas between")
        parser.add_argument("--section", help="name of a section; several with commas between")
        parser.add_argument("--reporter", help="name of a reporter; several with commas between")
        parser.add_argument("--only", metavar="KINDS", help=f"one or several of these, with commas between: {kinds}")
        parser.add_argument(
            "--minimum", metavar="N", default="1", help="leave out edits of fewer characters; default: 1"
        )
        parser.add_argument("--limit", metavar="N", help="show the newest N; default: all")
        parser.add_argument("--format", choices=("text", "json", "csv", "atom"), default="text", help="default: text")
        parser.add_argument("--json", action="store_true", help="the same as --format json: one object per line")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        now = datetime.now(KST)
        asked = Filters.parse(given_words(args), now=now, **{name: getattr(opts, name) for name in FILTERS})
        until = asked.until or now
        since = asked.since or min(max(min(now, until), FIRST_POSSIBLE) - USUALLY, until)
        if since > until:
            raise usage_error(f"since={opts.since or minute(since)} is still to come: nothing was found then yet")
        filters = replace(asked, since=None, until=None)
        only, minimum = _kinds(opts.only), given_number("--minimum", opts.minimum, MOST, least=0)
        limit = given_number("--limit", opts.limit, MOST) if opts.limit is not None else None
        with looking(self.settings or Settings()) as (_, connection):
            check_names(connection, filters)
            found = changes(connection, since, until, filters, only=only, minimum=minimum)
            silent = unseen(connection, since, until, filters)
        _show(found[:limit], "json" if opts.json else opts.format, now)
        told = f"{minute(since)} to {minute(until)} (Korean time): {counts(found)}"
        cut = [f"the newest {limit:,} are shown"] if limit is not None and limit < len(found) else []
        unknown = [f"no crawl of {site} in this time, so nothing is known of it" for site in silent]
        show(printable(f"asiatongsin: {'; '.join([told, *cut, *unknown])}"), sys.stderr)


def _kinds(text: str | None) -> tuple[Kind, ...]:
    if text is None:
        return tuple(Kind)
    named = [part.strip().lower() for part in text.split(",")]
    if unknown := [name for name in named if name not in list(Kind)]:
        raise usage_error(f"--only {text}: there is no {unknown[0]!r}, only {', '.join(Kind)}")
    return tuple(map(Kind, named))


def _show(found: Sequence[Change], form: str, now: datetime) -> None:
    if form == "json":
        for change in found:
            show(as_json(change))
    elif form == "csv":
        show_file("".join(as_csv(found)))
    elif form == "atom":
        updated = max((change.at for change in found), default=now)
        show_file("".join(as_atom(found, feed_of_all(updated))))
    elif found:
        show(screen.text(found))
    else:
        show("nothing was found")


def as_json(change: Change) -> str:
    """A change in one line; times are Korean."""
    values = {
        name: value.astimezone(KST).isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(change).items()
    }
    return printable_json(json.dumps(values, ensure_ascii=False))
