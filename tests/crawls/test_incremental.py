"""One crawl after another: what is fetched again, what is not, and that no hole stays."""

from __future__ import annotations

import re

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve
from tests.stored import count, numbers


def test_fetches_two_pages_per_list_and_no_article_when_nothing_is_new(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=60, per_page=6, removed_every=17, unreadable_every=23)) as replica:
        assert crawl(replica.url).status == 0
        replica.forget()
        run = crawl(replica.url)
        assert run.status == 0
        assert replica.article_requests() == []
        assert len(replica.list_requests()) == 2 * 5  # four sections and the list of all
        assert "0 new" in run.last_line


@pytest.mark.sql
def test_fetches_only_the_new_ones_of_a_site_that_grew(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        crawl(replica.url)
        replica.forget()
        new = site.publish(7)
        assert crawl(replica.url).status == 0
        assert sorted(int(request.query.partition("no=")[2]) for request in replica.article_requests()) == list(new)
    assert numbers(connection) == list(site.numbers())


def test_honours_pages_since_until_and_no(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=80, per_page=5)
    with serve(site) as replica:
        crawl(replica.url, "-a", "sections=22", "-a", "pages=2")
        assert len(replica.list_requests()) == 2
        assert set(numbers(connection)) == {*site.listing(22, 1), *site.listing(22, 2)}

        times = {no: site.article(no).published_at for no in site.numbers()}
        since, until = times[100_040].replace(second=0), times[100_060]
        replica.forget()
        crawl(replica.url, "-a", f"since={since:%Y-%m-%d %H:%M}", "-a", f"until={until:%Y-%m-%d %H:%M:%S}")
        asked = {int(request.query.partition("no=")[2]) for request in replica.article_requests()}
        assert asked == set(range(100_040, 100_061)) - {*site.listing(22, 1), *site.listing(22, 2)}
        assert len(replica.list_requests()) < 5 * 6

        replica.forget()
        crawl(replica.url, "-a", "no=100003,100040")
        assert [request.query for request in replica.article_requests()] == ["no=100003", "no=100040"]
        assert replica.list_requests() == []
    assert {100_003, 100_040} <= set(numbers(connection))


def test_walks_on_past_known_articles_when_asked_to(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=80, per_page=10)
    with serve(site) as replica:
        crawl(replica.url)
        connection.execute("DELETE FROM article_texts WHERE no <= 100005")
        crawl(replica.url)
        assert count(connection, "articles") < 80  # the first pages of each list are known: the walk ends there
        crawl(replica.url, "-a", "full=1")
    assert count(connection, "articles") == 80


def test_a_first_look_leaves_no_hole(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=60, per_page=5)
    with serve(site) as replica:
        crawl(replica.url, "-a", "pages=1")
        assert 0 < count(connection, "articles") < 60
        crawl(replica.url)
        assert numbers(connection) == list(site.numbers())
        site.publish(40)
        crawl(replica.url, "-a", "pages=1")  # reaches only the newest of the new ones
        assert count(connection, "articles") < 100
        crawl(replica.url)
        assert numbers(connection) == list(site.numbers())
        replica.forget()
        crawl(replica.url)
        assert len(replica.list_requests()) == 2 * 5  # nothing is unsure any more


def test_asks_again_for_what_did_not_come(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=40, per_page=10)
    with serve(site) as replica:
        replica.faults.append(Fault(kind="status", status=503, where="no=100007"))
        run = crawl(replica.url)
        assert run.status == 0
        assert "1 articles not downloaded" in run.last_line
        assert 100_007 not in numbers(connection)
        replica.faults.clear()
        crawl(replica.url)  # it is on none of the list pages that this crawl walks
    assert numbers(connection) == list(site.numbers())


def test_fetches_again_what_an_older_version_could_not_read(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=40, per_page=10)
    site.break_page(100_007)
    with serve(site) as replica:
        crawl(replica.url)
        replica.forget()
        crawl(replica.url)
        assert replica.article_requests() == []
        connection.execute("UPDATE rejected_pages SET version = '0.0.1'")
        site.restore(100_007)
        crawl(replica.url)
    assert 100_007 in numbers(connection)


def test_fills_the_holes_of_a_crawl_that_was_cut_short(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=60, per_page=5)
    with serve(site) as replica:
        crawl(replica.url, "-s", "CLOSESPIDER_ITEMCOUNT=20")
        assert 0 < count(connection, "articles") < 60
        crawl(replica.url)  # its first list pages bring nothing new, yet what lies behind is missing
    assert numbers(connection) == list(site.numbers())


def test_keeps_spool_when_database_is_down_and_export_stores_it(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    site = ReplicaSite(articles=30)
    with serve(site) as replica:
        run = crawl(replica.url, DATABASE_URL="postgresql://nobody:geheim@127.0.0.1:1/none")
        assert run.status == 3
        assert "waiting in the spool" in run.last_line
        assert "geheim" not in run.log
    assert scrapy("drain", DATABASE_URL=database_url).status == 0
    assert numbers(connection) == list(site.numbers())
    assert connection.execute("SELECT outcome, new FROM crawls").fetchall() == [("spooled", 30)]


def test_is_bounded_without_a_database(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=60, per_page=4)) as replica:
        run = crawl(replica.url, "-s", "PAGES_WITHOUT_DATABASE=2", DATABASE_URL="postgresql://127.0.0.1:1/none")
        assert run.status == 3
        assert len(replica.list_requests()) == 10  # two of each of the five lists


def test_asks_the_database_twice_per_list_page(crawl: Scrapy, connection: Connection) -> None:
    with serve(ReplicaSite(articles=60, per_page=10)) as replica:
        logs = [crawl(replica.url, "-L", "INFO").log for _ in range(2)]
    queries, queries_again = (int(re.findall(r"'known/queries': (\d+)", log)[0]) for log in logs)
    (pages,), (pages_again,) = connection.execute("SELECT list_pages FROM crawls ORDER BY started_at").fetchall()
    # The lists, what is due, twice; of each page what is stored, and whether as another; what is unsure of five lists.
    assert queries <= 3 + 2 * pages + 5
    assert (pages_again, queries_again) == (10, 3 + 2 * 10 + 5)


def test_a_list_page_that_leads_back_to_the_first_one_is_not_the_end_of_the_list(
    crawl: Scrapy, connection: Connection
) -> None:
    site = ReplicaSite(articles=60, per_page=10)
    first = "/news/article_list_all.html?page=1"
    with serve(site) as replica:
        replica.faults.append(Fault(kind="redirect", location=first, where="page=3$"))
        run = crawl(replica.url, "-a", "sections=all")
        assert run.status == 0
        assert "1 list pages not downloaded" in run.last_line
        assert connection.execute("SELECT walked FROM crawls").fetchall() == [([],)]
        replica.faults.clear()
        assert crawl(replica.url, "-a", "sections=all").status == 0
    assert numbers(connection) == list(site.numbers())


def test_a_clock_that_is_set_back_leaves_no_hole(crawl: Scrapy, connection: Connection) -> None:
    """The last crawl that walked the list to its end ran a day ahead, and the next one was cut short."""
    site = ReplicaSite(articles=10, per_page=5)
    one = ("-a", "sections=all")
    with serve(site) as replica:
        assert crawl(replica.url, *one).status == 0
        day = "interval '1 day'"
        connection.execute(f"UPDATE crawls SET started_at = started_at + {day}, finished_at = finished_at + {day}")
        connection.execute(
            f"UPDATE article_texts SET fetched_at = fetched_at + {day}, first_seen_at = first_seen_at + {day}"
        )
        site.publish(40)
        assert crawl(replica.url, *one, "-s", "CLOSESPIDER_ITEMCOUNT=8").status == 0
        assert set(numbers(connection)) < set(site.numbers())
        assert crawl(replica.url, *one).status == 0
    assert numbers(connection) == list(site.numbers())
