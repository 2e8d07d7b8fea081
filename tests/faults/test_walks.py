"""Lists that change, and bounds of a crawl: later plain crawls store what is missing, or the crawl says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from psycopg import Connection

from tests.conftest import Run, Scrapy
from tests.faults.histories import BEHIND
from tests.site import Fault, serve
from tests.site.living import BehindTheEnd, LivingSite, WhileWalking
from tests.stored import numbers, rows, value

OF_22 = ("-a", "sections=22")
DUE = "UPDATE walked_lists SET looked_back_at = looked_back_at - interval '1 day'"


def of_22(site: LivingSite) -> list[int]:
    return sorted(no for page in range(1, site.pages(22) + 1) for no in site.listing(22, page))


@pytest.mark.parametrize("bound", ["until", "since"])
def test_what_a_window_left_out_comes_with_the_next_plain_crawl(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str, bound: str
) -> None:
    """The window begins, or ends, within the last page of the list."""
    site = LivingSite(40, per_page=5)
    at = site.story(of_22(site)[1]).published_at
    with serve(site) as replica:
        crawl(replica.url, *OF_22, "-a", "pages=1")
        crawl(replica.url, *OF_22, "-a", f"{bound}={at:%Y-%m-%d %H:%M}")
        assert set(numbers(connection)) < set(of_22(site))
        gaps = scrapy("gaps", "--site", replica.url, DATABASE_URL=database_url)
        assert "No crawl has come to the end of these lists: 22" in gaps.output
        assert crawl(replica.url, *OF_22).status == 0
        gaps = scrapy("gaps", "--site", replica.url, DATABASE_URL=database_url)
        assert "No crawl has come" not in gaps.output
    assert numbers(connection) == of_22(site)


def test_a_crawl_that_asks_since_a_day_each_time_walks_that_far_once_a_day(
    crawl: Scrapy, connection: Connection
) -> None:
    """Though an article without a date is pinned to each page."""
    began = datetime.now(UTC).date()
    site = LivingSite(120, per_page=4)
    at = site.story(of_22(site)[12]).published_at
    oldest = of_22(site)[0]
    entry = f'<li><a href="article.html?no={oldest}"><h2>{site.article(oldest).headline}</h2></a></li>'
    with serve(site) as replica:
        replica.faults.append(
            Fault(kind="layout", where="list_all", pattern='<ul class="art_list_all">', replacement=rf"\g<0>{entry}")
        )
        asked = []
        for _ in range(3):
            replica.forget()
            assert crawl(replica.url, *OF_22, "-a", f"since={at:%Y-%m-%d %H:%M}").status == 0
            asked.append(len(replica.list_requests()))
            site.publish(5)
        assert asked[1:] == [3, 3] or datetime.now(UTC).date() > began
        connection.execute("UPDATE crawls SET started_at = started_at - interval '1 day'")
        late = site.appear_late(24)
        while late not in of_22(site):
            late = site.appear_late(24)
        crawl(replica.url, *OF_22, "-a", f"since={at:%Y-%m-%d %H:%M}")
        assert late in numbers(connection)
        assert set(numbers(connection)) < set(of_22(site))
        assert crawl(replica.url, *OF_22).status == 0
    assert numbers(connection) == of_22(site)


@pytest.mark.parametrize("pages", [1, 6])
def test_articles_that_are_published_while_it_walks_hide_no_older_ones(
    crawl: Scrapy, connection: Connection, pages: int
) -> None:
    """As many as a page holds; or as many as come while the process sleeps."""
    site = LivingSite(60, per_page=4)
    with serve(site) as replica:
        replica.faults.append(WhileWalking(site=site, happens={3: lambda: site.publish(10 * pages)}))
        assert crawl(replica.url, *OF_22).status == 0
    assert numbers(connection) == of_22(site)


@pytest.mark.parametrize("behind", BEHIND[1:4], ids=lambda behind: " ".join(map(str, behind.values())))
def test_whatever_a_site_answers_behind_its_last_page_the_next_crawl_asks_for_no_more_than_the_news(
    crawl: Scrapy, connection: Connection, behind: dict[str, str]
) -> None:
    site = LivingSite(40, per_page=4)
    with serve(site) as replica:
        replica.faults.append(BehindTheEnd(site=site, **behind))  # type: ignore[arg-type]
        run = crawl(replica.url, *OF_22, "-s", "RETRY_PAUSE=0")
        assert run.status == 0
        assert "not downloaded" not in run.last_line
        assert "unreadable" not in run.last_line
        assert connection.execute("SELECT walked, unreadable FROM crawls").fetchall() == [([22], 0)]
        site.publish(10)
        replica.forget()
        assert crawl(replica.url, *OF_22).status == 0
        assert len(replica.list_requests()) == 3
    assert numbers(connection) == of_22(site)


def test_an_article_that_appears_late_is_met_within_a_day(crawl: Scrapy, connection: Connection) -> None:
    site = LivingSite(40, per_page=3)
    with serve(site) as replica:
        crawl(replica.url, *OF_22)
        late = site.appear_late(30)
        while late not in of_22(site):
            late = site.appear_late(30)
        crawl(replica.url, *OF_22)
        assert late not in numbers(connection)
        connection.execute(DUE)
        run = crawl(replica.url, *OF_22)
        assert "1 lists looked through for late articles" in run.last_line
        assert late in numbers(connection)
        replica.forget()
        crawl(replica.url, *OF_22)
        assert len(replica.list_requests()) == 2  # and not again the same day


def test_pinned_articles_hide_no_news(crawl: Scrapy, connection: Connection) -> None:
    site = LivingSite(40, per_page=4)
    with serve(site) as replica:
        crawl(replica.url, *OF_22)
        site.pinned = of_22(site)[:4]
        site.publish(10)
        assert crawl(replica.url, *OF_22).status == 0
    assert numbers(connection) == of_22(site)


def test_numbers_that_are_given_out_again_name_new_articles(crawl: Scrapy, connection: Connection) -> None:
    site = LivingSite(40, per_page=4)
    again = of_22(site)[:6]
    before = {no: site.article(no).headline for no in again}
    with serve(site) as replica:
        assert crawl(replica.url, *OF_22).status == 0
        site.give_again(again)
        run = crawl(replica.url, *OF_22)
        assert run.status == 0
        assert "6 numbers given to other articles" in run.last_line
        replica.forget()
        crawl(replica.url, *OF_22)
        assert replica.article_requests() == []
    stored = rows(connection, "SELECT no, headline FROM articles ORDER BY no")
    assert stored == [(no, site.article(no).headline) for no in of_22(site)]
    assert rows(connection, "SELECT no, headline FROM former_articles ORDER BY no") == sorted(before.items())


def test_a_list_that_prints_other_titles_and_times_is_looked_into_once(crawl: Scrapy, connection: Connection) -> None:
    site = LivingSite(30, per_page=8)
    with serve(site) as replica:
        crawl(replica.url, *OF_22)
        printed = r"[^<>]+(?=</h2>)|\d{4}-\d\d-\d\d \d\d:\d\d(?=</li>)"
        replica.faults.append(Fault(kind="layout", where="list_all", pattern=printed, replacement="2020-01-01 00:01"))
        replica.forget()
        run = crawl(replica.url, *OF_22)
        assert f"0 changed, {len(of_22(site))} unchanged" in run.last_line
        replica.forget()
        crawl(replica.url, *OF_22)
        assert replica.article_requests() == []
    assert value(connection, "SELECT count(*) FROM former_articles") == 0


def test_a_list_that_invents_articles_is_left_and_told(crawl: Scrapy) -> None:
    """Each of its pages shows numbers that no page has shown."""
    site = LivingSite(8, per_page=8)
    with serve(site) as replica:
        replica.faults.append(Invented(where="list_all"))
        run = crawl(replica.url, *OF_22, "-s", "UNREADABLE_SHARE_MAX=1")
        assert run.status == 5
        assert "list 22" in run.last_line
        assert "pages in a row" in run.last_line
        assert len(replica.list_requests()) < 40


class Invented(Fault):
    """Numbers go up with every list page that is asked for."""

    def __init__(self, where: str) -> None:
        super().__init__(kind="layout", where=where, pattern=r"article\.html\?no=1000(\d\d)")

    def befalls(self, ask: object) -> bool:
        found = super().befalls(ask)  # type: ignore[arg-type]
        self.replacement = rf"article.html?no={200 + sum(self.seen.values())}\1"
        return found


def test_a_walk_that_the_database_cut_short_is_not_ok(crawl: Scrapy, connection: Connection) -> None:
    """Nobody may ask what is stored, while pages are stored all the same."""
    site = LivingSite(80, per_page=4)
    with serve(site) as replica:
        first = crawl(replica.url, *OF_22, "-a", "pages=1")
        assert first.status == 0
        connection.execute("ALTER TABLE removed_articles RENAME COLUMN sightings TO others")
        connection.execute("ALTER TABLE removed_articles ADD COLUMN sightings text")
        run = crawl(replica.url, *OF_22)
        assert_is_told(run)
        assert value(connection, "SELECT outcome FROM crawls ORDER BY number DESC LIMIT 1") == "spooled"
        connection.execute("ALTER TABLE removed_articles DROP COLUMN sightings")
        connection.execute("ALTER TABLE removed_articles RENAME COLUMN others TO sightings")
        assert crawl(replica.url, *OF_22).status == 0
    assert numbers(connection) == of_22(site)


def assert_is_told(run: Run) -> None:
    assert run.status == 3, run.log
    assert "1 lists were not walked to their end because the database did not answer" in run.last_line
