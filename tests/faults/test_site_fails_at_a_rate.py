"""A site of which a share of the pages fails, in many ways at once: a crawl that ends, tells, and is made up for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

from psycopg import Connection

from asiatongsin.settings import RETRY_TIMES
from tests.conftest import Scrapy
from tests.faults import contents
from tests.site import Fault, Replica, ReplicaSite, serve
from tests.stored import numbers

ARTICLES, LISTS = r"^/news/article\.html", "list_all"

LOST: list[dict[str, Any]] = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"kind": "reset"},
    {"kind": "truncated"},
    {"kind": "gzip bomb"},
]
HARMLESS = ("euc-kr", "unsaid euc-kr", "controls")

QUICKLY = ("-s", "DOWNLOAD_TIMEOUT=10")  # more than any page takes on a busy machine, but the one without end


@dataclass
class Faults:
    """A share of the pages for each kind of fault."""

    articles: list[Fault]
    harmless: list[Fault]
    lists: list[Fault]

    @classmethod
    def fresh(cls) -> Self:
        slow = Fault(kind="slow", where="no=100119$")
        return cls(
            [slow, *(Fault(**fault, where=ARTICLES, share=0.06) for fault in LOST)],
            [Fault(kind=kind, where=ARTICLES, share=0.1) for kind in HARMLESS],
            [Fault(**fault, where=LISTS, share=0.06) for fault in LOST],
        )

    @property
    def all(self) -> list[Fault]:
        return [*self.articles, *self.harmless, *self.lists]


def make_up(crawl: Scrapy, connection: Connection, replica: Replica) -> None:
    """The faults are over: the next crawl finds everything, and nothing is there twice."""
    replica.faults.clear()
    assert crawl(replica.url).status == 0
    assert numbers(connection) == list(replica.site.numbers())
    assert contents.counted_twice(connection, replica) == []


def test_a_patient_crawl_brings_what_comes_and_counts_what_does_not(crawl: Scrapy, connection: Connection) -> None:
    faults = Faults.fresh()
    with serve(ReplicaSite(articles=120, per_page=10, page_bytes=8_000)) as replica:
        replica.faults += faults.all
        run = crawl(replica.url, *QUICKLY, "-s", "FAILURES_IN_A_ROW_MAX=1000")
        assert run.status == 0, run.log
        assert "Traceback" not in run.log
        # Twisted asks once more, unseen by Scrapy, where a connection that it had kept open is torn.
        assert max(Counter(contents.asked(replica)).values()) <= 2 * (1 + RETRY_TIMES)
        assert all(fault.seen for fault in faults.articles + faults.harmless)
        failed = {int(address.rpartition("no=")[2]) for fault in faults.articles for address in fault.seen}
        failed_lists = sum(len(fault.seen) for fault in faults.lists)
        assert failed_lists > 1
        assert f"{len(failed)} articles not downloaded, {failed_lists} list pages not downloaded" in run.last_line
        assert f"{len(numbers(connection))} new" in run.last_line
        assert set(numbers(connection, "rejected_pages")) == failed
        assert failed.isdisjoint(numbers(connection))
        make_up(crawl, connection, replica)


def test_a_crawl_that_gives_up_leaves_the_rest_to_the_next(crawl: Scrapy, connection: Connection) -> None:
    """Of the older articles none comes: far more than ten stand one behind the other, wherever a list page falls."""
    with serve(ReplicaSite(articles=120, per_page=40, page_bytes=8_000)) as replica:
        replica.faults += [Fault(kind="status", where=r"no=1000\d\d$"), *Faults.fresh().all]
        run = crawl(replica.url, *QUICKLY, "-s", "FAILURES_IN_A_ROW_MAX=10")
        assert run.status == 4, run.log
        assert "10 pages in a row did not come" in run.last_line
        assert f"{len(numbers(connection))} new" in run.last_line
        assert connection.execute("SELECT outcome, walked FROM crawls").fetchall() == [("unreachable", [])]
        make_up(crawl, connection, replica)
