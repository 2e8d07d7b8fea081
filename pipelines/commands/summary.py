"""`asiatongsin summary`: shows the newest articles, the weather and related stories."""

from __future__ import annotations

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, given_site, stored_sites, usage_error, usage_errors
from pipelines.database.session import looking
from pipelines.queries import newest
from pipelines.queries.sites import known_sites
from pipelines.terminal.text_table import titled_table


class Command(ScrapyCommand):
    """Looks only into the database."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Show the newest articles, the weather and the related stories of each site"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            examples=("asiatongsin summary", "asiatongsin summary --site newsasia.kr"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", help="base address or host; default: all sites, one after the other")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if args:
            raise usage_error(f"asiatongsin summary takes options only, not {args[0]}")
        only = given_site(opts.site).key if opts.site is not None else None
        with looking(self.settings or Settings()) as (_, connection):
            sites = known_sites(connection)
            shown = stored_sites(only, sites)
            for place, site in enumerate(shown):
                tables = newest.summary(connection, site)
                head = [f"=== {printable(site)} ==="] if len(sites) > 1 else []
                texts = [titled_table(table.title, table.head, table.rows) for table in tables]
                show("\n" * (place > 0) + "\n\n".join([*head, *texts]))
        if not shown:
            show("no site was crawled yet")
