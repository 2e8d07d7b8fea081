"""`asiatongsin fleet`: workers on any number of machines crawl the sites that `asiatongsin sites` has added."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec

import msgspec
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from asiatongsin.help import explained
from asiatongsin.output import show
from asiatongsin.printable import printable
from pipelines.commands.usage import check_settings, given_number, usage_error, usage_errors
from pipelines.crawl_record import NEEDS_A_PERSON, ExitStatus
from pipelines.database.session import connected, looking, run_while_progressing
from pipelines.fleet import asks
from pipelines.queries.machines import fleet
from pipelines.status.fleet import reasons_of_fleet
from pipelines.terminal import fleet as screen

ACTIONS = {
    "worker": "crawls each site that is due, until it is told to end; any number of machines may run one",
    "status": "shows machines, running crawls and late sites; status 1 where something needs a person",
    "run": "makes the named sites due now",
    "stop": "tells the named machines, or --all, to end once their crawls have ended",
}


class Command(ScrapyCommand):
    """Runs a worker, shows the fleet, or asks something of it."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "worker | status | run SITE… | stop MACHINE…"

    def short_desc(self) -> str:
        return "Crawl many sites, on one machine or on several"

    def long_desc(self) -> str:
        return explained(
            f"{self.short_desc()}.",
            "The setting DATABASE_URL names a database that all machines reach.",
            "`asiatongsin sites` says which sites there are and when each is crawled.",
            actions=ACTIONS,
            examples=(
                "asiatongsin fleet worker --slots 4",
                "asiatongsin fleet run newsasia.kr",
                "asiatongsin fleet stop --all",
            ),
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--slots", metavar="N", help="worker: at most N crawls at once; default: FLEET_SLOTS (10)")
        parser.add_argument("--json", action="store_true", help="status: one JSON object instead of tables")
        parser.add_argument("--all", action="store_true", help="stop: tell all machines")

    @usage_errors()
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        check_settings(self.settings)
        settings = self.settings or Settings()
        if not settings["DATABASE_URL"]:
            raise usage_error(
                "a fleet needs a database that all its machines reach:"
                " set DATABASE_URL=postgresql://user:password@host/name"
            )
        action, *names = args or [""]
        actions: dict[str, Callable[[Settings, list[str], argparse.Namespace], int]] = {
            "worker": _worker,
            "status": _status,
            "run": _run,
            "stop": _stop,
        }
        if action not in actions:
            raise usage_error(f"asiatongsin fleet takes one of {', '.join(actions)}, not {action or 'nothing'}")
        self.exitcode = actions[action](settings, names, opts)


def _worker(settings: Settings, names: list[str], opts: argparse.Namespace) -> int:
    if names:
        raise usage_error("asiatongsin fleet worker takes options only")
    if find_spec("procrastinate") is None:
        raise usage_error('what hands out the work is not installed: pip install "asiatongsin[fleet]"')
    if opts.slots is not None:
        settings.set("FLEET_SLOTS", given_number("--slots", opts.slots, 1000), priority="cmdline")
    from pipelines.fleet.machines import NameTaken  # noqa: PLC0415  of an extra, as the next
    from pipelines.fleet.worker import run_worker  # noqa: PLC0415

    configure_logging(settings)
    try:
        status, sentence = asyncio.run(run_worker(settings))
    except NameTaken as error:
        raise usage_error(str(error)) from None
    show(printable(f"asiatongsin: {sentence}"), sys.stderr)
    return status


def _status(settings: Settings, names: list[str], opts: argparse.Namespace) -> int:
    if names:
        raise usage_error("asiatongsin fleet status takes options only")
    silent_after, at = settings.getfloat("FLEET_DEAD_AFTER"), datetime.now(UTC)
    with looking(settings) as (_, connection):
        found = run_while_progressing(
            lambda: fleet(connection, silent_after), settings.getfloat("DATABASE_SILENCE_MAX")
        )
    if found is None:
        raise usage_error("there is no fleet yet: asiatongsin sites add https://paper.kr --every 30m adds a site to it")
    reasons = tuple(reasons_of_fleet(found, at))
    if opts.json:
        known = {"at": at, "needs_a_person": reasons, **msgspec.to_builtins(found)}
        show(json.dumps(json.loads(msgspec.json.encode(known)), indent=2))
    else:
        show(screen.text(found, reasons, at))
    return NEEDS_A_PERSON if reasons else ExitStatus.DONE


def _run(settings: Settings, names: list[str], opts: argparse.Namespace) -> int:
    if not names:
        raise usage_error("asiatongsin fleet run takes the names of sites: asiatongsin sites list shows them")
    with connected(settings) as (_, connection, _):
        sites = asks.run_now(connection, names)
    show(f"Due now: {', '.join(sites)}")
    return ExitStatus.DONE


def _stop(settings: Settings, names: list[str], opts: argparse.Namespace) -> int:
    if bool(names) == opts.all:
        raise usage_error(
            "asiatongsin fleet stop takes names of machines, or --all: asiatongsin fleet status shows them"
        )
    with connected(settings) as (_, connection, _):
        machines = asks.stop(connection, names, settings.getfloat("FLEET_DEAD_AFTER"))
    show(f"Asked to end: {', '.join(machines)}" if machines else "No machine is at work")
    return ExitStatus.DONE
