"""A layout that changes is told by the very next crawl, once, and so is that it can be read again."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin.html.selectors import Selectors
from asiatongsin.mediaon.article import HEADLINE
from pipelines.reparse.captured import Wanted
from tests import sinks
from tests.conftest import Run, Scrapy
from tests.reparse_runs import Reread, stored
from tests.site import Fault, ReplicaSite, serve
from tests.stored import count, numbers

CHANGES = {
    "article headline found on 0 of 3 pages, usually 100% (looked for in .art_top h2,": Fault(
        kind="layout", pattern=r"<h2>(.*?)</h2>", replacement=r"<h2 class='new'></h2><h9>\1</h9>"
    ),
    "strip cities found on 0 of": Fault(kind="layout", where=".", pattern="weather_(?:box|slide)", replacement="sky"),
    "strip conditions found on 0 of": Fault(
        kind="layout", where=".", pattern="맑음|흐림|구름조금|구름많음|박무|연무|비|눈", replacement="-"
    ),
    "list 22 teasers found on 0 of 1 pages, usually 100% (looked for in ul.art_list_all,": Fault(
        kind="layout", where="sec_no=22", pattern=r"(?s)(<ul class=.art_list_all[^>]*>).*?</ul>", replacement=r"\1</ul>"
    ),
    "list pages arrived without a teaser (looked for in ul.art_list_all,": Fault(
        kind="layout", where="list_all", pattern="<li", replacement="<dd"
    ),
}
"""What the crawl says, and what happened to the site."""


def kept_page(run: Run, data: Path) -> bytes:
    name = run.last_line.partition("a page that shows it is kept in ")[2].partition(")")[0]
    return gzip.decompress((data / name).read_bytes())


def test_a_change_of_layout_is_told_by_the_next_crawl_and_so_is_its_end(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    site = ReplicaSite(articles=60, per_page=10)
    with serve(site) as replica, sinks.web() as sink:
        told = {"ASIATONGSIN_ALERTS": f"json://127.0.0.1:{sink.port}"}
        for _ in range(3):
            assert crawl(replica.url, **told).status == 0
            site.publish(3)
        for sentence, change in CHANGES.items():
            replica.faults.append(change)
            first = crawl(replica.url, **told)
            assert (first.status, sentence in first.last_line) == (5, True), first.last_line
            assert b"<html" in kept_page(first, data)
            [(title, text)] = sink.taken()
            assert (title.endswith(": drift"), sentence in text) == (True, True)
            again = crawl(replica.url, **told)  # the very same, or it does not come across what is missing
            assert again.status == 5 or "to tell, and missing before: article headline" in again.last_line
            assert sink.taken() == []
            status = scrapy("status", "--quiet", DATABASE_URL=database_url)
            assert (status.status, sentence.partition(" (")[0] in status.output) == (1, "arrived" not in sentence)
            replica.faults.clear()
            site.publish(3)
            assert crawl(replica.url, **told).status == 0
            assert [title.rpartition(": ")[2] for title, _ in sink.taken()] == ["ok"]
            assert scrapy("status", DATABASE_URL=database_url).status == 0
            site.publish(3)
    stored = site.last_no - site.first_no + 1 - 3
    assert count(connection, "articles") == stored  # all the same


def test_what_fell_is_found_again_in_the_archive_with_a_mended_selector(
    crawl: Scrapy,
    scrapy: Scrapy,
    reread: Reread,
    connection: Connection,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = ReplicaSite(articles=60, per_page=10)
    with serve(site) as replica:
        for _ in range(3):
            assert crawl(replica.url).status == 0
            site.publish(3)
        replica.faults.append(next(iter(CHANGES.values())))
        assert crawl(replica.url).status == 5
    headline = f"{replica.url.partition('//')[2]} article headline"
    needs_a_person = ("status", "--quiet")
    assert reread(writes=True).found_again == []  # nothing was mended
    monkeypatch.setattr("asiatongsin.mediaon.article.HEADLINE", Selectors(".art_top h9", *HEADLINE.css))
    before = stored(connection)
    assert reread().found_again == []
    single = Wanted(no=frozenset(numbers(connection)))
    assert reread(writes=True, wanted=single).found_again == []
    assert scrapy(*needs_a_person, DATABASE_URL=database_url).status == 1
    report = reread(writes=True)
    assert (report.differing, report.found_again) == (0, [headline])  # og:title stood in for the headline
    assert stored(connection) == before
    status = scrapy(*needs_a_person, DATABASE_URL=database_url)
    assert (status.status, status.output) == (0, "")
