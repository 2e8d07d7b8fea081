"""What a single crawl cannot tell, the next ones do; and what is odd for once is no change of layout."""

from __future__ import annotations

from psycopg import Connection

from tests import sinks
from tests.conftest import Run, Scrapy
from tests.samples import UNREACHABLE
from tests.site import Fault, ReplicaSite, serve

NO_HEADLINE = Fault(kind="layout", pattern=r"<h2>(.*?)</h2>", replacement=r"<h2 class='new'></h2><h9>\1</h9>")
NO_STORIES = Fault(kind="layout", pattern=r"article.html\?", replacement="story.html?")
BODIES = "news_body_area|articleBody|news_bodyArea|cnt_view|news_detail"


def statuses(*runs: Run) -> list[int]:
    return [run.status for run in runs]


def test_a_section_that_does_not_come_twice_is_told(crawl: Scrapy, scrapy: Scrapy, database_url: str) -> None:
    site, away = ReplicaSite(articles=20), Fault(kind="status", where="sec_no=(34|37)", status=404)
    asked = ("-a", "sections=22,34,37")
    with serve(site) as replica:
        assert crawl(replica.url, *asked).status == 0
        replica.faults.append(away)
        first, second = crawl(replica.url, *asked), crawl(replica.url, *asked)
        assert statuses(first, second) == [0, 5]
        assert "list 34 answer found on 0 of 2 pages of the last 2 crawls, usually 100%" in second.last_line
        status = scrapy("status", "--quiet", DATABASE_URL=database_url)
        assert (status.status, "list 37 answer found on 0 of 1 pages" in status.output) == (1, True)
        replica.faults.clear()
        assert crawl(replica.url, *asked).status == 0
    assert scrapy("status", "--quiet", DATABASE_URL=database_url).status == 0


def test_a_menu_that_names_no_section_any_more_is_told(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=10)) as replica:
        assert crawl(replica.url).status == 0
        replica.faults.append(Fault(kind="layout", where="^/[?]?$", pattern="gnb", replacement="nav"))
        run = crawl(replica.url)
    assert run.status == 5
    assert "front sections found on 0 of 1 pages, usually 100% (looked for in ul#gnb a[href]" in run.last_line
    assert run.last_line.endswith("; no menu was found, so the list of all articles was walked")


def test_a_headline_that_vanishes_from_a_paper_of_one_article_a_crawl_is_told(
    crawl: Scrapy, connection: Connection
) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        for _ in range(3):
            assert crawl(replica.url).status == 0
            site.publish(1)
        replica.faults.append(NO_HEADLINE)
        runs = [crawl(replica.url)]
        while runs[-1].status == 0 and len(runs) < 9:
            site.publish(1)
            runs.append(crawl(replica.url))
    assert statuses(*runs) == [0, 5]
    assert "article headline found on 0 of 2 pages of the last 2 crawls, usually" in runs[-1].last_line


def test_what_fell_while_the_database_was_away_is_told_as_it_is_back(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica, sinks.web() as sink:
        told = {"ASIATONGSIN_ALERTS": f"json://127.0.0.1:{sink.port}"}
        for _ in range(3):
            assert crawl(replica.url, **told).status == 0
            site.publish(3)
        replica.faults.append(NO_STORIES)
        assert crawl(replica.url, **told, DATABASE_URL=UNREACHABLE).status == 3
        back = crawl(replica.url, **told)
        assert (back.status, "missing before: article related_stories" in back.last_line) == (0, True)
        assert [title.rpartition(" ")[2] for title, _ in sink.taken()] == ["spooled"]  # and not that all is well
        site.publish(1)
        assert crawl(replica.url, **told).status == 5
        assert [title.rpartition(" ")[2] for title, _ in sink.taken()] == ["drift"]
        assert "article related_stories" in scrapy("status", "--quiet", DATABASE_URL=database_url).output
        replica.faults.clear()
        site.publish(3)
        assert crawl(replica.url, **told).status == 0
        assert [title.rpartition(" ")[2] for title, _ in sink.taken()] == ["ok"]


def test_one_odd_article_is_no_new_layout_day_by_day(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=30)
    with serve(site) as replica:
        odd = site.numbers()[3]
        replica.faults.append(Fault(kind="layout", where=f"no={odd}", pattern=BODIES, replacement="zz"))
        for _ in range(3):
            run = crawl(replica.url)
            assert (run.status, "1 unreadable" in run.last_line) == (0, True), run.last_line
            connection.execute("UPDATE rejected_pages SET fetched_at = fetched_at - interval '25 hours'")


def test_articles_asked_for_by_number_say_nothing_of_what_is_usual(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        for _ in range(3):
            assert crawl(replica.url).status == 0
            site.publish(3)
        query = "SELECT no FROM articles WHERE subheadline IS NULL LIMIT 12"
        numbers = ",".join(str(no) for (no,) in connection.execute(query).fetchall())
        assert crawl(replica.url, "-a", f"no={numbers}").status == 0
