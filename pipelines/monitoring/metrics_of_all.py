"""Writes the figures of all sites and machines out of the database, where one file for all is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError
from pipelines.crawl_record import Outcome
from pipelines.database.session import looking, run_while_progressing
from pipelines.disk import write_whole
from pipelines.monitoring.metrics import READABLE_BY_ALL, Figures, file_name, gauge, lines, metrics_file, trouble
from pipelines.queries import metrics
from pipelines.queries.metrics import FleetFigures, LastCrawl, MachineFigures
from pipelines.verdict.tally import Pages, Tally

ALL = "all"
"""Stands for a site in the name of the file: `asiatongsin-all.prom`."""


def write_metrics_of_all(settings: BaseSettings) -> Path | None:
    """Writes the figures to METRICS_FILE, or to a file in that folder; None where nothing is set.

    Files that crawls have written beside it for single sites go: each figure stands once. SettingError, OSError,
    DatabaseUnreachable, DatabaseUnusable.
    """
    path = metrics_file(settings, ALL)
    if path is None:
        return None
    if why := trouble(settings):
        raise SettingError(why)
    ask = partial(_exposition, settings)
    crawls, text = run_while_progressing(ask, settings.getfloat("DATABASE_SILENCE_MAX"))
    for one in crawls:
        if (twin := path.with_name(file_name(one.site))) != path:
            twin.unlink(missing_ok=True)
    write_whole(path, text.encode(), mode=READABLE_BY_ALL)
    return path


def _exposition(settings: BaseSettings) -> tuple[list[LastCrawl], str]:
    """The figures in Prometheus' text format, and the crawls among them."""
    with looking(settings) as (_, connection):
        crawls = metrics.last_crawls(connection)
        of_sites = lines([_figures(one) for one in crawls])
        of_fleet = _of_fleet(metrics.fleet(connection))
        dead_after = timedelta(seconds=settings.getfloat("FLEET_DEAD_AFTER"))
        of_machines = _of_machines(metrics.machines(connection, dead_after))
    return crawls, "".join(f"{line}\n" for some in (of_sites, of_fleet, of_machines) for line in some)


def _figures(one: LastCrawl) -> Figures:
    tally = Tally(
        front=Pages(arrived=one.front_pages),
        lists=Pages(arrived=one.list_pages),
        articles=Pages(arrived=one.article_pages, unreadable=one.rejected),
        new=one.new,
        changed=one.changed,
        unchanged=one.unchanged,
        removed=one.removed,
    )
    return Figures(
        site=one.site,
        outcome=next(outcome for outcome in Outcome if outcome.word == one.outcome),
        started_at=one.started_at,
        ended_at=one.finished_at,
        good_at=one.good_at,
        waiting=None,
        tally=tally,
    )


def _of_fleet(fleet: FleetFigures) -> Iterator[str]:
    yield from gauge("sites", "Sites that were added and not retired.", [({}, fleet.sites)])
    yield from gauge("sites_late", "Sites that are due, and that nobody has begun to crawl.", [({}, fleet.late)])
    yield from gauge("latest_site_seconds", "For how long the latest site has been due.", [({}, fleet.latest_seconds)])
    yield from gauge("sites_given_up", "Sites given up until their next time.", [({}, fleet.given_up)])
    yield from gauge("killed_attempts", "Attempts killed since one ended by itself.", [({}, fleet.killed)])
    yield from gauge("reparse_shards_left", "Parts of re-parses that are not done.", [({}, fleet.shards_left)])


def _of_machines(machines: Sequence[MachineFigures]) -> Iterator[str]:
    named = [({"machine": one.machine}, one) for one in machines]
    workers = [({"machine": one.machine}, one) for one in machines if one.seen_at]
    seen = [(label, one.seen_at.timestamp()) for label, one in workers if one.seen_at]
    yield from gauge("machine_seen_timestamp_seconds", "When the machine was heard of last.", seen)
    silent = [(label, bool(one.is_silent)) for label, one in workers]
    yield from gauge("machine_silent", "1 for a machine that went away without a word.", silent)
    slots = [(label, one.slots) for label, one in workers]
    yield from gauge("machine_slots", "Crawls that the machine runs at once; 0 where it is not there.", slots)
    pages = [(label, one.spool_pages or 0) for label, one in workers]
    yield from gauge("spool_pages", "Pages that wait for the database.", pages)
    refused = [(label, one.refused or 0) for label, one in workers]
    yield from gauge("refused_files", "Files with pages that the database refused.", refused)
    files = [(label, one.files_waiting) for label, one in named]
    yield from gauge("archive_files_waiting", "WARC files that wait for the archive store.", files)
    waiting = [(label, one.bytes_waiting) for label, one in named]
    yield from gauge("archive_bytes_waiting", "Bytes of these files.", waiting)
