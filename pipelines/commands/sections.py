"""`asiatongsin sections`: the sections of each site, their numbers and names, and what is stored of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.cms import ALL
from asiatongsin.help import explained
from asiatongsin.korean import KST
from asiatongsin.output import show
from asiatongsin.printable import printable, printable_json
from asiatongsin.sections import EVERYTHING
from pipelines.commands.usage import check_settings, given_site, stored_sites, usage_error, usage_errors
from pipelines.database.session import looking
from pipelines.queries.sections import Section, sections
from pipelines.queries.sites import known_sites
from pipelines.terminal.text_table import titled_table


class Command(ScrapyCommand):
    """Looks only into the database; no page of the site is fetched."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show the sections of each site, with number, name, and how many articles are stored"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "`asiatongsin crawl -a sections=…` takes both numbers and names.",
            examples=("asiatongsin sections --site newsasia.kr",),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", help="base address or host; default: all sites, one after the other")
        parser.add_argument("--json", action="store_true", help="print one JSON object per line")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if args:
            raise usage_error(f"asiatongsin sections takes options only, not {args[0]}")
        only = given_site(opts.site).key if opts.site is not None else None
        with looking(self.settings or Settings()) as (_, connection):
            found = {site: sections(connection, site) for site in stored_sites(only, known_sites(connection))}
        if opts.json:
            for one in (one for of_site in found.values() for one in of_site):
                show(as_json(one))
        else:
            show("\n\n".join(table(site, of_site) for site, of_site in found.items()) or "no site was crawled yet")
            for site, of_site in found.items():
                show(f"asiatongsin: {printable(usage(site, of_site))}", sys.stderr)


def table(site: str, found: Sequence[Section]) -> str:
    """The sections of a site as people read them."""
    rows = [(number(one), "/".join(one.names) or "-", one.articles, newest(one)) for one in found]
    return titled_table(site, ("number", "name", "articles", "newest"), rows)


def usage(site: str, found: Sequence[Section]) -> str:
    """What the argument `sections` takes of these."""
    named = [one for one in found if one.is_in_menu and one.no != ALL]
    if not named:
        return f"{site}: no crawl has noted its menu yet; the next one that brings news does"
    example = ",".join([number(named[0]), *(one.names[0] for one in named[1:2] if one.names)])
    return (
        f"{site}: crawl -a site={site} -a sections={example} takes what its menu names; {EVERYTHING}: the list of all"
    )


def number(section: Section) -> str:
    """As the argument `sections` takes it."""
    if section.no is None:
        return "-"
    return EVERYTHING if section.no == ALL else str(section.no)


def newest(section: Section) -> str:
    return f"{section.newest.astimezone(KST):%Y-%m-%d %H:%M}" if section.newest else "-"


def as_json(section: Section) -> str:
    """A section in one line; times are Korean."""
    at = section.newest.astimezone(KST).isoformat() if section.newest else None
    return printable_json(json.dumps(asdict(section) | {"newest": at}, ensure_ascii=False))
