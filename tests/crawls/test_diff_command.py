"""`asiatongsin diff`: what was changed in an article, as a person sees it."""

from __future__ import annotations

from psycopg import Connection

from tests.conftest import Scrapy
from tests.samples import AT, NO, export, later, page
from tests.site import ReplicaSite, serve


def fill(connection: Connection) -> None:
    """Three revisions of one article, one of another, and one with the same number on another site."""
    body = ("시의회가 예산을 의결했다.", "둘째 문단.", "셋째 문단.")
    export(connection, page(headline="첫 제목", body=body), page(7))
    export(connection, page(at=later(60), headline="첫 제목", body=("시의회가 추경을 의결했다.", *body[1:])))
    export(connection, page(at=later(120), headline="고친 제목", body=body[:2]))
    export(connection, page(site="example.kr", headline="다른 신문"))


def test_shows_every_change_of_an_article(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    fill(connection)
    run = scrapy("diff", str(NO), "--site", "newsasia.kr", DATABASE_URL=database_url)
    assert run.status == 0, run.log
    assert run.output.splitlines() == [
        f"https://newsasia.kr/news/article.html?no={NO}",
        "",
        "revision 1 → 2, fetched 2025-10-05 09:52 → 2025-10-05 10:52 (Korean time)",
        "…",
        "시의회가 [-예산을-]{+추경을+} 의결했다.",
        "…",
        "",
        "revision 2 → 3, fetched 2025-10-05 10:52 → 2025-10-05 11:52 (Korean time)",
        "[-첫-]{+고친+} 제목",
        "…",
        "시의회가 [-추경을-]{+예산을+} 의결했다.",
        "…",
        "[-셋째 문단.-]",
    ]


def test_colours_on_a_terminal_and_makes_a_patch(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    fill(connection)
    coloured = scrapy("diff", str(NO), "--color", "always", DATABASE_URL=database_url).output
    assert "\x1b[31m예산을\x1b[0m\x1b[32m추경을\x1b[0m" in coloured
    assert "revision 1 is the only one" in coloured  # that of the other site, where none is named
    patch = scrapy("diff", str(NO), "--patch", "--site", "http://www.newsasia.kr:80/", DATABASE_URL=database_url).output
    assert patch.startswith(
        f"--- newsasia.kr/{NO}\trevision 1 {AT:%Y-%m-%dT%H:%M:%SZ}\n+++ newsasia.kr/{NO}\trevision 2"
    )
    assert "\n-시의회가 예산을 의결했다.\n+시의회가 추경을 의결했다.\n" in patch


def test_says_that_an_article_came_back(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    export(connection, page())
    for minutes, headline in ((10, "제목"), (30, "제목"), (50, "고친 제목")):
        connection.execute("UPDATE article_texts SET gone_at = %s", [later(minutes - 5)])
        export(connection, page(at=later(minutes), headline=headline))
    run = scrapy("diff", str(NO), DATABASE_URL=database_url)
    first, second, third = run.output.split("\n\n")[1:]
    assert first.splitlines()[1] == second.splitlines()[1] == "came back after it had been removed"
    assert second.splitlines()[0].startswith("revision 2 → 3, fetched")
    assert second.splitlines()[2:] == ["…"]
    assert third.splitlines()[1:] == ["came back after it had been removed", "{+고친 +}제목", "…"]
    patch = scrapy("diff", str(NO), "--patch", DATABASE_URL=database_url)
    assert (patch.status, patch.output.count("--- newsasia.kr")) == (0, 2)


def test_says_so_where_there_is_nothing_to_compare(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    fill(connection)
    assert "revision 1 is the only one" in scrapy("diff", "7", DATABASE_URL=database_url).output
    for arguments, why in (
        (["8"], "no article 8 is stored"),
        (["x"], "the number of one article"),
        (["7", "8"], "of one"),
    ):
        run = scrapy("diff", *arguments, DATABASE_URL=database_url)
        assert (run.status, run.output) == (2, "")
        assert why in run.last_line


def test_an_edit_of_the_site_becomes_a_revision_and_a_diff(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    site = ReplicaSite(articles=5)
    with serve(site) as replica:
        crawl(replica.url)
        old = site.article(100_003).headline
        site.edit(100_003)
        assert crawl(replica.url, "-a", "no=100001,100003").status == 0
    [row] = connection.execute("SELECT no, headline FROM article_revisions WHERE revision > 1").fetchall()
    assert row == (100_003, site.article(100_003).headline)
    shown = scrapy("diff", "100003", "--patch", DATABASE_URL=database_url).output
    assert f"\n-{old}\n+{row[1]}\n" in shown
