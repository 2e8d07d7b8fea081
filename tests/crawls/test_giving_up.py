"""A site that fails page after page is left alone, and the next crawl goes on where this one ended."""

from __future__ import annotations

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve
from tests.stored import numbers

ARTICLES = r"^/news/article\.html"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(kind="status", status=500, where=ARTICLES), "HTTP status 500"),
        (Fault(kind="status", status=403, where=ARTICLES), "HTTP status 403"),
        (Fault(kind="reset", where=ARTICLES), "Connection"),
        (Fault(kind="status", status=503, headers={"Retry-After": "9999"}, where=ARTICLES), "to be left alone"),
    ],
    ids=["500", "403", "reset", "Retry-After"],
)
def test_ends_after_ten_failures_in_a_row_and_the_next_crawl_has_all(
    crawl: Scrapy, connection: Connection, fault: Fault, why: str
) -> None:
    site = ReplicaSite(articles=60, page_bytes=8_000)
    with serve(site) as replica:
        replica.faults.append(fault)
        run = crawl(replica.url, "-a", "sections=all")
        assert run.status == 4
        assert "10 pages in a row did not come" in run.last_line
        assert why in run.last_line
        # None is asked for again from the third failure on; one more may be on its way at the tenth.
        assert len(replica.article_requests()) <= 13
        assert connection.execute("SELECT outcome, walked FROM crawls").fetchall() == [("unreachable", [])]
        replica.faults.clear()
        assert crawl(replica.url, "-a", "sections=all").status == 0
    assert numbers(connection) == list(site.numbers())


def test_goes_on_where_some_pages_come(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=60, page_bytes=8_000)
    with serve(site) as replica:
        replica.faults.append(Fault(kind="status", status=500, where=ARTICLES, share=0.25))
        run = crawl(replica.url, "-a", "sections=all")
        assert run.status == 0
        assert "articles not downloaded" in run.last_line
        assert len(numbers(connection)) > 30
        replica.faults.clear()
        assert crawl(replica.url, "-a", "sections=all").status == 0
        assert crawl(replica.url, "-a", "sections=all").status == 0
    assert numbers(connection) == list(site.numbers())


def test_pages_that_are_refused_or_gone_say_nothing_of_the_site(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=60, page_bytes=8_000)
    for no in site.numbers()[10:40]:
        site.remove(no, "404")
    with serve(site) as replica:
        leads_away = Fault(kind="redirect", location="http://127.0.0.1:22/", where="no=10005")
        replica.faults.append(leads_away)
        run = crawl(replica.url, "-a", "sections=all")
    assert run.status in {0, 5}
    assert len(replica.article_requests()) == 60


def test_articles_that_never_come_keep_no_later_crawl_from_its_walk(crawl: Scrapy, connection: Connection) -> None:
    """Those that are due are asked for one after the other, which is no sign that the site fails."""
    site = ReplicaSite(articles=60, page_bytes=8_000)
    with serve(site) as replica:
        never = [no for no in site.numbers() if no % 3 == 0]
        replica.faults.append(Fault(kind="status", status=500, where=f"no=({'|'.join(map(str, never))})$"))
        assert crawl(replica.url, "-a", "sections=all").status == 0
        site.publish(3)
        run = crawl(replica.url, "-a", "sections=all")
        assert run.status == 0
        assert "20 articles not downloaded" in run.last_line
    assert numbers(connection) == [no for no in site.numbers() if no not in never]
