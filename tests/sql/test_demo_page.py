"""What `make demo-page` puts into a database is worth looking at: edits of today, removals, a gap in the weather."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from psycopg import Connection

from pipelines.reparse.report import Report
from pipelines.spool.drain import Drain
from tests.demo_page import ARTICLES, archive_week, leave_sightings, visits
from tests.site import KST, Replica, ReplicaSite
from tests.stored import count, numbers


def test_a_week_has_edits_of_today_and_a_time_without_pages() -> None:
    for hour in (0, 12, 23):
        now = datetime(2026, 12, 1, hour, 30, tzinfo=KST)
        found = sorted(visits(ReplicaSite(ARTICLES, now=now), now))
        times = [at for at, _, _ in found]
        assert max(later - earlier for earlier, later in pairwise(times)) > timedelta(hours=17)
        assert now - times[0] > timedelta(days=7)
        assert sum(is_edit and at.date() == now.date() for at, _, is_edit in found) > 4
        assert times[-1] < now


def test_it_becomes_rows_as_that_of_a_crawl(
    connection: Connection, data: Path, reread: Callable[..., Report], drain: Drain
) -> None:
    replica = Replica(ReplicaSite(110, now=datetime.now(KST)))
    removed = archive_week(replica, data)
    reread(writes=True)
    leave_sightings(replica, removed, data)
    assert drain.drain_abandoned() == len(removed) > 2
    assert count(connection, "articles") == 100
    assert count(connection, "articles WHERE revision > 1") > 4
    assert count(connection, "articles WHERE archive_file IS NULL") == 0
    assert count(connection, "weather_snapshots") > 50
    assert numbers(connection, "removed_articles") == removed
