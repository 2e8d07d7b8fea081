"""`asiatongsin sites`: which sites there are, when each is crawled, and what holds for it alone."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from asiatongsin.errors import SettingError
from asiatongsin.help import explained
from asiatongsin.nearest import nearest
from asiatongsin.output import show
from asiatongsin.printable import printable, printable_json
from asiatongsin.site import DEFAULT_BASE
from pipelines.commands.usage import check_settings, usage_error, usage_errors
from pipelines.crawl.look import Asked, Seen, look
from pipelines.crawl.own_settings import check_own
from pipelines.crawl_record import ExitStatus
from pipelines.database.errors import DatabaseEmpty
from pipelines.database.session import connected, looking
from pipelines.fleet import site_table, sites
from pipelines.fleet.neighbours import neighbours
from pipelines.fleet.site_entry import Given, SiteEntry, named_values
from pipelines.fleet.site_table import Line
from pipelines.queries.fleet import AddedSite, added_sites
from pipelines.terminal import sites as screen

EXAMPLE = f"asiatongsin sites add {DEFAULT_BASE} --every 30m"

ACTIONS = {
    "add": "adds sites by address, after a look whether each can be read",
    "import": "adds the sites of a table such as papers.csv, whose columns are named like the options",
    "list": "shows the sites, late ones first",
    "set": "changes what the options say of the named sites",
    "pause": "leaves the named sites out of the schedule",
    "resume": "puts paused or retired sites back into the schedule",
    "retire": "ends the crawls of the named sites for good; what is stored stays",
}


class Command(ScrapyCommand):
    """Exit status: 0 done, 2 wrong usage or a site of another kind, 4 a site does not answer."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return f"{' | '.join(ACTIONS)} [sites] [options]"

    def short_desc(self) -> str:
        return "Add sites, and say when each is crawled"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "The workers of asiatongsin fleet crawl the sites that are added here.",
            "Status 2 says that a site is of another kind, and status 4 that one does not answer.",
            actions=ACTIONS,
            examples=(EXAMPLE, "asiatongsin sites set newsasia.kr --cron '*/30 6-23 * * *'", "asiatongsin sites list"),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--address", help="set: the new address, with http or https, with www. or without")
        parser.add_argument("--every", metavar="TIME", help="crawl the site once in this time: 30m, 6h, 1d")
        parser.add_argument("--cron", metavar="EXPRESSION", help="crawl the site at these times: '*/30 6-23 * * *'")
        parser.add_argument("--by-hand", action="store_true", help="take the schedule away; a new site has none")
        parser.add_argument("--time-zone", metavar="ZONE", help="time zone of --cron; default: Asia/Seoul")
        parser.add_argument("--group", help="name for sites that share a server: no two of a group are crawled at once")
        parser.add_argument("--priority", metavar="N", help="of sites due at once the highest begins; default: 0")
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", dest="own", help="a setting of its crawls"
        )
        parser.add_argument(
            "-a", action="append", default=[], metavar="NAME=VALUE", dest="spargs", help="an argument of its crawls"
        )
        parser.add_argument(
            "--unset", action="append", default=[], metavar="NAME", help="take such a setting or argument away"
        )
        parser.add_argument("--note", metavar="TEXT", help="what you want to remember about the site")
        parser.add_argument("--no-look", action="store_true", help="add, import: add without a look at the site")
        parser.add_argument("--anyway", action="store_true", help="add, import: also a site that cannot be read")
        parser.add_argument("--all", action="store_true", help="list: show retired sites as well")
        parser.add_argument("--json", action="store_true", help="list: print one JSON object per line")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        self.requires_crawler_process = args[:1] in (["add"], ["import"]) and not opts.no_look
        if self.settings is not None and not (opts.loglevel or opts.logfile):
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        action, names = (args[0], args[1:]) if args else ("", [])
        actions: dict[str, Callable[[list[str], argparse.Namespace], None]] = {
            "add": self._add,
            "import": self._import,
            "list": self._list,
            "set": self._set,
            "pause": self._mark,
            "resume": self._mark,
            "retire": self._mark,
        }
        if action not in actions:
            meant = (
                f"there is no {action!r}; the nearest is {nearest(action, actions)}" if action else "write what to do"
            )
            raise usage_error(f"{meant}: {', '.join(ACTIONS)}. For example: {EXAMPLE}")
        if unknown := [name for name in names if name.startswith("-")]:
            raise usage_error(f"there is no option {unknown[0]}: `-h` lists them")
        if not names and action not in {"list", "import"}:
            raise usage_error(f"write which sites, for example: asiatongsin sites {action} {DEFAULT_BASE}")
        self._action = action
        actions[action](names, opts)

    def _add(self, names: list[str], opts: argparse.Namespace) -> None:
        given = _given(opts)
        check_own(self._settings, given.settings)
        entries = {entry.site: entry for entry in (SiteEntry.at(name).changed(given) for name in names)}
        with connected(self._settings) as (_, connection, _):
            sites.require_absent(connection, [*entries])
        self._look_and_add([*entries.values()], opts)

    def _import(self, names: list[str], opts: argparse.Namespace) -> None:
        if len(names) != 1:
            raise usage_error("write the name of one table, for example: asiatongsin sites import papers.csv")
        with connected(self._settings) as (_, connection, _):
            there = {one.site: one for one in added_sites(connection, with_retired=True)}
        lines = [self._checked(line, there) for line in site_table.read(Path(names[0]))]
        for line in (one for one in lines if one.fault):
            _tell(f"line {line.number}: {line.fault}")
        if faults := sum(bool(one.fault) for one in lines):
            raise usage_error(
                f"{names[0]}: {faults} of {len(lines)} lines cannot be used, see above; nothing was added"
            )
        new = [line.entry for line in lines if line.entry and line.entry.site not in there]
        if len(new) < len(lines):
            _tell(f"{len(lines) - len(new)} of {len(lines)} sites are there already, just so")
        if new:
            self._look_and_add(new, opts)

    def _checked(self, line: Line, there: Mapping[str, AddedSite]) -> Line:
        """The line, with what is wrong with its settings, or a site that is there already."""
        if line.entry is None:
            return line
        try:
            if line.entry.settings:
                check_own(self._settings, line.entry.settings)
        except SettingError as error:
            return replace(line, fault=str(error))
        stored = there.get(line.entry.site)
        if stored and (stored.retired_at or SiteEntry.of(stored) != line.entry):
            return replace(line, fault=sites.is_there(stored))
        return line

    def _look_and_add(self, entries: list[SiteEntry], opts: argparse.Namespace) -> None:
        """Asks what the sites are, and adds all of them or, where one is not what it should be, none."""
        if not opts.no_look:
            unfit = [one for one in self._look(entries) if not one.is_fit]
            if unfit and not opts.anyway:
                self.exitcode = ExitStatus.UNREACHABLE if any(one.trouble for one in unfit) else ExitStatus.USAGE
                named = ", ".join(one.site for one in unfit)
                _tell(f"nothing was added, since no crawl can read {named}; --anyway adds all the same")
                return
        with connected(self._settings) as (_, connection, _):
            sites.add(connection, entries)
            there = [SiteEntry.of(one) for one in added_sites(connection)]
        for entry in entries:
            _tell(f"{entry.site}: added, {_when(entry)}")
        if not opts.no_look:
            _tell_of_neighbours(entries, there)

    def _look(self, entries: list[SiteEntry]) -> list[Seen]:
        if not isinstance(self.crawler_process, AsyncCrawlerProcess):
            raise usage_error("no crawler process: leave TWISTED_REACTOR as it is, or write --no-look")
        asked = [Asked(site=one.site, base=one.base, settings=one.settings) for one in entries]
        return look(self.crawler_process, asked, lambda seen: _tell(f"{seen.site}: {seen.words}"))

    def _list(self, names: list[str], opts: argparse.Namespace) -> None:
        try:
            with looking(self._settings) as (_, connection):
                sites.require(connection, keys := _keys(names))
                found = added_sites(connection, keys or None, with_retired=opts.all or bool(names))
        except DatabaseEmpty:
            found = []
        if opts.json:
            for one in found:
                show(as_json(one))
        elif found:
            show(screen.text(found, datetime.now(UTC)))
        else:
            show(f"no site was added yet: {EXAMPLE}")

    def _set(self, names: list[str], opts: argparse.Namespace) -> None:
        given = _given(opts)
        if given == Given():
            raise usage_error("write what to change, for example: --every 1h, or --set DOWNLOAD_DELAY=3")
        check_own(self._settings, given.settings)
        with connected(self._settings) as (_, connection, _), connection.transaction():
            changed = [sites.change(connection, key, given) for key in _keys(names)]
        for entry in changed:
            _tell(f"{entry.site}: changed, {_when(entry)}")

    def _mark(self, names: list[str], opts: argparse.Namespace) -> None:
        does = {"pause": sites.pause, "resume": sites.resume, "retire": sites.retire}[self._action]
        done = {"pause": "paused", "resume": "resumed", "retire": "retired"}[self._action]
        keys = _keys(names)
        with connected(self._settings) as (_, connection, _):
            new = does(connection, keys)
        for key in keys:
            _tell(f"{key}: {done}" if key in new else f"{key}: nothing changes, it is {_as_before(self._action)}")

    @property
    def _settings(self) -> Settings:
        return self.settings or Settings()


def _given(opts: argparse.Namespace) -> Given:
    """What the options say. ArgumentError."""
    return Given(
        address=opts.address,
        every=opts.every,
        cron=opts.cron,
        is_by_hand=opts.by_hand,
        time_zone=opts.time_zone,
        group=opts.group,
        priority=opts.priority,
        note=opts.note,
        settings=named_values(opts.own, "--set", "DOWNLOAD_DELAY=3"),
        arguments=named_values(opts.spargs, "-a", "sections=22"),
        unset=tuple(opts.unset),
    )


def _keys(names: Sequence[str]) -> list[str]:
    """The sites as the tables name them, each once. ArgumentError."""
    return [*dict.fromkeys(SiteEntry.at(name).site for name in names)]


def _when(entry: SiteEntry) -> str:
    if not entry.schedule:
        return "without a schedule: crawled by hand or by cron"
    is_interval = entry.schedule.startswith("every ")
    return f"crawled {entry.schedule}" if is_interval else f"crawled at {entry.schedule} ({entry.time_zone})"


def _as_before(action: str) -> str:
    return {"pause": "paused or retired", "resume": "neither paused nor retired", "retire": "retired"}[action]


def _tell_of_neighbours(entries: Sequence[SiteEntry], there: Sequence[SiteEntry]) -> None:
    for address, names in neighbours(entries, there):
        _tell(
            f"{', '.join(names)} have the address {address} in common: where they share a server,"
            f" `asiatongsin sites set {' '.join(names)} --group NAME` lets no two be crawled at once"
        )


def as_json(one: AddedSite) -> str:
    """A site in one line; times are in UTC."""
    texts = {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(one).items()
    }
    return printable_json(json.dumps(texts, ensure_ascii=False))


def _tell(sentence: str) -> None:
    show(printable(f"asiatongsin: {sentence}"), sys.stderr)
