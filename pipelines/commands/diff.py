"""`asiatongsin diff [no]`: what was changed in an article between its revisions."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC
from itertools import groupby, pairwise

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin.arguments import is_number
from asiatongsin.help import explained
from asiatongsin.korean import KST
from asiatongsin.output import show
from pipelines.commands.usage import check_settings, given_site, stored_sites, usage_error, usage_errors
from pipelines.database.session import looking
from pipelines.queries.revisions import Revision, latest_change, revisions
from pipelines.queries.sites import known_sites
from pipelines.terminal.word_diff import COLOURED, PLAIN, patch, word_diff


class Command(ScrapyCommand):
    """Looks only into the database; status 2 where the article is not stored."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] [number of an article]"

    def short_desc(self) -> str:
        return "Show word by word what was changed in an article, or in the one changed last"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "Each change is shown between two revisions, oldest first.",
            examples=("asiatongsin diff 142893", "asiatongsin diff 142893 --patch"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", help="base address or host, where several sites have this number")
        parser.add_argument("--patch", action="store_true", help="print a unified diff, with a paragraph per line")
        parser.add_argument(
            "--color", choices=("auto", "always", "never"), default="auto", help="default: auto, for terminals"
        )

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        if len(args) > 1 or not all(map(is_number, args)):
            raise usage_error("write the number of one article, for example: asiatongsin diff 142893")
        site = given_site(opts.site).key if opts.site is not None else None
        with looking(self.settings or Settings()) as (_, connection):
            found = revisions(connection, int(args[0]), site) if args else latest_change(connection, site)
            if site and not found:
                stored_sites(site, known_sites(connection))
        of_site = f" of {site}" if site else ""
        if args and not found:
            raise usage_error(f"no article {args[0]}{of_site} is stored")
        if not found:
            show(f"no stored article{of_site} was changed so far")
        for _, texts in groupby(found, key=lambda revision: revision.site):
            show(history(list(texts), opts.patch, opts.color == "always" or (opts.color == "auto" and _is_terminal())))


def history(texts: list[Revision], as_patch: bool, is_coloured: bool) -> str:
    """All changes of one article, oldest first."""
    changes = list(pairwise(texts))
    if as_patch:
        return "\n".join(filter(None, (_patch(old, new) for old, new in changes)))
    marks = COLOURED if is_coloured else PLAIN
    shown = [f"{_between(old, new)}\n{word_diff(old.paragraphs, new.paragraphs, marks)}" for old, new in changes]
    return "\n\n".join([texts[-1].url, *(shown or [f"revision {texts[0].revision} is the only one: nothing changed"])])


def _between(old: Revision, new: Revision) -> str:
    times = " → ".join(f"{one.fetched_at.astimezone(KST):%Y-%m-%d %H:%M}" for one in (old, new))
    back = "\ncame back after it had been removed" if new.returned else ""
    other = "\nanother article, to which the site has given this number" if new.is_another else ""
    return f"revision {old.revision} → {new.revision}, fetched {times} (Korean time){back}{other}"


def _patch(old: Revision, new: Revision) -> str:
    names = (
        f"{one.site}/{one.no}\trevision {one.revision} {one.fetched_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        for one in (old, new)
    )
    return patch(old.paragraphs, new.paragraphs, *names)


def _is_terminal() -> bool:
    return sys.stdout.isatty()
