"""`asiatongsin status` as a person, cron or a health check runs it."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin import article_parts, items
from pipelines.commands.status import ITEMS
from pipelines.crawl_record import CrawlRecord, FieldCoverage
from pipelines.spool.folder import Spool
from pipelines.verdict.when_stored import judge_and_store
from tests.conftest import Scrapy
from tests.samples import (
    SITE,
    UNREACHABLE,
    check,
    export,
    leave,
    page,
    record,
    rejected,
    removed,
    story,
)

NOW = datetime.now(UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def crawled(connection: Connection, hours: float, **changes: Any) -> CrawlRecord:
    """A crawl that ended well so many hours ago, or as the changes say."""
    began = ago(hours=hours, minutes=2)
    given = {"started_at": began, "finished_at": ago(hours=hours), "outcome": "ok", "list_pages": 7}
    statistics = {"finish_reason": "finished"}
    one = record(f"crawl of {hours:g} h ago", **{**given, "statistics": statistics, **changes})
    judge_and_store(connection, one)
    return one


def lines(output: str) -> list[list[str]]:
    return [line.split() for line in output.splitlines()]


def test_of_an_empty_database(scrapy: Scrapy, empty_database_url: str, data: Path) -> None:
    run = scrapy("status", DATABASE_URL=empty_database_url)
    assert run.status == 1, run.log
    assert run.output.splitlines()[:2] == [f"Data folder  {data}", "Spool        0 pages wait"]
    assert re.search(r"^Database     test_\w+ on .* \(\d[\d.]*MB, PostgreSQL \d\d", run.output, re.MULTILINE)
    told = "Needs a person:\n  - no crawl has been stored yet: run one, or see whether DATABASE_URL and ASIATONGSIN"
    assert told in run.output  # a health check that looks at the wrong place says so
    assert run.output.endswith("\n\nLast crawls (KST): none\n\nRejected pages: none\n")


@pytest.mark.sql
def test_of_a_site_that_is_well(scrapy: Scrapy, connection: Connection, database_url: str, data: Path) -> None:
    for hours in (9, 8, 7, 6, 5):
        crawled(connection, hours, arguments={"site": "x", "pages": "3"})
    pages = [page(no, ago(hours=5), stories=[story(1)], seoul=21.5) for no in (1, 2, 3)]
    checked = dataclasses.replace(pages[0], check=check(ago(hours=5), ago(hours=3)))
    export(connection, checked, *pages[1:], rejected(4, reason="no headline", raw_path="rejected/a.gz"), removed(5))
    judge_and_store(connection, record("runs", started_at=NOW))
    run = scrapy("status", DATABASE_URL=database_url)
    assert (run.status, "Nothing needs a person.\n" in run.output) == (0, True), run.output
    shown = lines(run.output)
    assert [SITE, "3", "0", "0", "2025-10-04", "18:20"] in [line[:6] for line in shown]
    assert [SITE, "5", "h", "ago", "0", "min", "1", "3", "h"] in shown  # last good, strip, due visits, due for
    assert [SITE, "4", "crawls", "120", "(120)", "7", "(7)", "0", "(0)", "0", "(0)", "0", "(0)", "0", "(0)"] in shown
    assert [SITE, "ok", "120", "7", "0", "0", "0", "0", "0", "pages=3"] in [line[2:] for line in shown]
    assert [SITE, "running", "0", "0", "0", "0", "0", "0", "0"] in [line[2:] for line in shown]
    assert [SITE, "4", "no", "headline", "rejected/a.gz"] in shown


def test_pages_that_no_crawl_stores_need_a_person(scrapy: Scrapy, database_url: str, data: Path) -> None:
    leave(data, page(6), page(7), crawl=record(started_at=ago(hours=1), finished_at=NOW, outcome="spooled"))
    running = Spool.create(data / "spool", record("running"))
    running.append(page(8))
    run = scrapy("status", DATABASE_URL=database_url)
    assert "Spool        3 pages wait, 2 of them of crawls that have ended\n" in run.output
    assert "  - 2 pages wait in the spool and no crawl stores them: run `asiatongsin drain`" in run.output
    assert run.status == 1
    assert scrapy("drain", DATABASE_URL=database_url).status == 0
    assert "Nothing needs a person" in scrapy("status", DATABASE_URL=database_url).output
    running.release()


@pytest.mark.sql
def test_what_the_database_refused_needs_a_person(scrapy: Scrapy, database_url: str, data: Path) -> None:
    (data / "refused").mkdir(parents=True)
    (data / "refused" / "article-1.json").write_text("{}")
    run = scrapy("status", "--quiet", DATABASE_URL=database_url)
    assert run.status == 1
    assert run.output.startswith(f"Needs a person:\n  - 1 files with what the database refused are in {data}/refused")


@pytest.mark.parametrize("outcome", ["error", "unreachable", "drift"])
def test_a_crawl_that_ended_badly_needs_a_person_until_one_ends_well(
    scrapy: Scrapy, connection: Connection, database_url: str, outcome: str
) -> None:
    crawled(connection, 3)
    bad = crawled(connection, 2, outcome=outcome)
    crawled(connection, 1, outcome="error", arguments={"no": "7"})  # says nothing of the lists
    run = scrapy("status", DATABASE_URL=database_url)
    assert f"  - {SITE}: the last crawl ended with {outcome} (crawl {bad.id}): its log says why\n" in run.output
    assert run.status == 1
    crawled(connection, 0.5, outcome="spooled")
    assert scrapy("status", DATABASE_URL=database_url).status == 0


def fell(connection: Connection, hours: float, found: int, outcome: str = "drift") -> CrawlRecord:
    coverage = FieldCoverage(part="article", field="headline", pages=9, found=found, fell=outcome == "drift")
    return crawled(connection, hours, outcome=outcome, coverage=(coverage,))


@pytest.mark.sql
def test_a_field_that_fell_needs_a_person_until_it_is_found_again(
    scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    for hours in (9, 8, 7):
        fell(connection, hours, 9, "ok")
    bad = fell(connection, 3, 1)
    crawled(connection, 2)  # nothing new: it met no article
    run = scrapy("status", DATABASE_URL=database_url)
    sentence = "article headline found on 1 of 9 pages, usually 100%"
    assert f"  - {SITE}: {sentence} (looked for in .art_top h2, " in run.output
    assert [SITE, *f"article headline {sentence[17:]} {bad.id}".split()] in lines(run.output)
    assert run.status == 1
    assert scrapy("status", DATABASE_URL=database_url, ASIATONGSIN_COVERAGE_IGNORE="article headline").status == 0
    fell(connection, 1, 9, "ok")
    assert scrapy("status", DATABASE_URL=database_url).status == 0


def test_crawls_that_come_no_more_need_a_person(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    crawled(connection, 60)
    stopped = {"finish_reason": "shutdown"}
    crawled(connection, 1, statistics=stopped)
    run = scrapy("status", "--quiet", DATABASE_URL=database_url)
    reason = "no crawl has ended well for 2.5 days: see whether the scheduler still runs"
    assert (run.status, run.output) == (1, f"Needs a person:\n  - {SITE}: {reason}\n")
    for setting in ("3d", ""):
        assert scrapy("status", DATABASE_URL=database_url, ASIATONGSIN_STALE_AFTER=setting).status == 0


def test_a_frozen_strip_needs_a_person(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    crawled(connection, 1)
    export(connection, page(1, ago(hours=80), seoul=3.0), page(2, ago(hours=1), seoul=3.0))
    run = scrapy("status", "--quiet", DATABASE_URL=database_url)
    assert "the weather strip has been the same for 3.3 days, 3.0 are allowed" in run.output
    assert run.status == 1


def test_visits_that_are_behind_need_a_person(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    crawled(connection, 1)
    export(connection, dataclasses.replace(page(1, ago(days=9)), check=check(ago(days=9), ago(days=4))))
    run = scrapy("status", "--quiet", DATABASE_URL=database_url)
    assert "visits are behind: 1 articles are due, the first for 4.0 days; crawl more often, or raise" in run.output
    assert run.status == 1
    connection.execute("UPDATE article_checks SET next_check_at = %s", [ago(hours=60)])
    connection.execute("UPDATE crawls SET finished_at = %s, started_at = %s", [ago(hours=30), ago(hours=31)])
    assert scrapy("status", DATABASE_URL=database_url).status == 0  # no crawl could have been there in time
    connection.execute("UPDATE crawls SET finished_at = %s, started_at = %s", [ago(hours=1), ago(hours=2)])
    assert scrapy("status", DATABASE_URL=database_url).status == 1
    assert scrapy("status", DATABASE_URL=database_url, ASIATONGSIN_RECHECK_AFTER="").status == 0  # nobody is visited


def test_a_site_that_fell_silent_needs_a_person(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    hours = [95 + 24 * day for day in range(11)]
    for number, hour in enumerate(reversed(hours)):
        crawl = crawled(connection, hour)
        export(connection, page(number + 1, ago(hours=hour)), crawl=crawl.id)
    crawled(connection, 1)
    run = scrapy("status", "--quiet", DATABASE_URL=database_url)
    assert "no new article for 4.0 days, the longest pause before was 24 h: see whether the site" in run.output
    assert run.status == 1
    weekend, before = ([f"crawl of {hour} h ago" for hour in some] for some in (hours[4:6], hours[4:]))
    connection.execute("DELETE FROM crawls WHERE id = ANY(%s)", [weekend])
    assert scrapy("status", DATABASE_URL=database_url).status == 0  # a weekend, though not the last pause
    connection.execute("DELETE FROM crawls WHERE id = ANY(%s)", [before])
    assert scrapy("status", DATABASE_URL=database_url).status == 0  # nobody knows yet how long a weekend is


def test_tables_that_were_changed_end_in_a_sentence(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    connection.execute("ALTER TABLE crawls RENAME COLUMN outcome TO result")
    run = scrapy("status", DATABASE_URL=database_url)
    assert (run.status, "Traceback" in run.log) == (2, False)
    assert "the tables are not as this program made them; undo the change" in run.last_line


def test_a_database_that_does_not_answer_needs_a_person(scrapy: Scrapy, data: Path) -> None:
    leave(data, page())
    run = scrapy("status", DATABASE_URL=UNREACHABLE)
    assert run.status == 1
    assert "1 pages wait" in run.output
    assert "Database     cannot be reached: none on 127.0.0.1" in run.output
    assert "  - the database cannot be reached: none on 127.0.0.1" in run.output
    assert "  - 1 pages wait in the spool until the database can be reached" in run.output
    assert "asiatongsin drain" not in run.output
    assert "geheim" not in run.output + run.log
    known = json.loads(scrapy("status", "--json", DATABASE_URL=UNREACHABLE).output)
    assert known["database"]["name"] == "none on 127.0.0.1"
    assert known["sites"] == []


def test_of_one_site_alone(scrapy: Scrapy, connection: Connection, database_url: str, data: Path) -> None:
    crawled(connection, 2)
    crawled(connection, 1, site="example.kr", outcome="error")
    leave(data, page(1), crawl=record("other", site="example.kr"))
    assert scrapy("status", DATABASE_URL=database_url).status == 1
    run = scrapy("status", "--site", f"https://www.{SITE}", DATABASE_URL=database_url)
    assert (run.status, "example.kr" in run.output) == (0, False), run.output
    run = scrapy("status", "--quiet", "--site", "nowhere.kr", DATABASE_URL=database_url)
    assert run.status == 1
    assert run.output.startswith("Needs a person:\n  - nowhere.kr: nothing of it is stored, and no crawl: run one")


def test_as_json(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    for hours in (5, 4, 3, 2):
        fell(connection, hours, 9, "ok")
    bad = fell(connection, 1, 0)
    export(connection, page(1, ago(hours=1), seoul=3.0), rejected(2, reason="no body", missing=("body",)))
    export(connection, rejected(3, ago(hours=2)))
    export(connection, page(3, ago(hours=1)))
    known = json.loads(scrapy("status", "--json", DATABASE_URL=database_url).output)
    assert list(known) == ["at", "needs_a_person", "files", "database", "sites", "added", "crawls", "rejected", "fleet"]
    assert [reason[:11] for reason in known["needs_a_person"]] == [SITE] * 2
    assert known["database"]["size_bytes"] > 1_000_000
    [site] = known["sites"]
    assert site["last_crawl"] == known["crawls"][1]
    assert datetime.fromisoformat(site["good_at"]) == ago(hours=2)
    assert site["trend"][0] == {"figure": "seconds", "last": 120, "median": 120, "crawls": 4}
    [missing] = site["missing"]
    assert missing | {"usual_share": 1.0, "found": 0, "amount": None, "crawl": bad.id} == missing
    assert (site["articles"], site["due"], site["due_since"]) == (2, 0, None)
    assert [(one["no"], one["missing"]) for one in known["rejected"]] == [(2, ["body"])]  # not 3, which was read since


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["newsasia.kr"], "asiatongsin status takes options only, not newsasia.kr"),
        (["--site", "https://newsasia.kr/news"], "--site: 'https://newsasia.kr/news' holds more than scheme and host"),
        (["-s", "STALE_AFTER=soon"], "STALE_AFTER=soon: write one time above 0"),
        (["-s", "SITES_RETIRED=a.kr"], "there is no such setting any more; `asiatongsin sites retire HOST`"),
        (["-s", "COVERAGE_IGNORE=x"], "COVERAGE_IGNORE=x: write what a crawl names"),
    ],
)
def test_says_what_to_write(scrapy: Scrapy, database_url: str, arguments: list[str], told: str) -> None:
    run = scrapy("status", *arguments, DATABASE_URL=database_url)
    assert (run.status, told in run.log) == (2, True)


def test_explains_every_field_of_every_item(scrapy: Scrapy) -> None:
    modules = {items.__name__, article_parts.__name__}
    kinds = {one for one in vars(items).values() if getattr(one, "__module__", "") in modules}
    kinds = {one for one in kinds if dataclasses.is_dataclass(one)} - {items.Page, items.PageItems}
    assert set(ITEMS) == kinds | {CrawlRecord}
    run = scrapy("status", "--schema")
    assert run.status == 0, run.log
    parts = {part.partition(":")[0]: part for part in run.output.split("\n\n")}
    assert set(parts) == {item.__name__ for item in ITEMS}
    for item in ITEMS:
        explained = [re.split(r"\s{2,}", line) for line in parts[item.__name__].splitlines()[3:]]
        assert [row[0] for row in explained] == [field.name for field in dataclasses.fields(item)]
        assert [row for row in explained if len(row) != 3 or len(row[2]) < 5 or row[2].endswith("…")] == []
