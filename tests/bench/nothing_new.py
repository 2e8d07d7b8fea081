"""A crawl of a site with nothing new, while a thousand, a hundred thousand and a million articles are stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from pipelines.database.migrate import migrate
from tests.bench.found import FLAT, Effort, Found, Goal, Row, ratios
from tests.bench.postgres import Server, server
from tests.bench.process import CommandFailed, Measured, measured, scrapy
from tests.bench.served import Site, served
from tests.conftest import new_database
from tests.site import ReplicaSite
from tests.site.sections import ALL, SECTIONS

SIZES = (1000, 100_000, 1_000_000)
EXACTLY = Goal(lowest=1.0, highest=1.0)

HOW = (
    "Nothing new: the whole command. Articles, their first revisions and their visits are made in SQL, with texts as"
    " long as those of the site and no visit due. CPU is that of the crawler and of all processes of the database."
)

_ARTICLES = """
INSERT INTO article_texts (
    site, no, url, section, headline, reporter, published_at, body, language, content_hash, first_seen_at, fetched_at,
    archive_file, archive_offset, archive_length, payload_digest
)
SELECT {site}, no, 'http://' || {site} || '/news/article.html?no=' || no, '사회', repeat('제목 ', 12), '최지나', at,
    repeat('본문의 문장입니다. ', 40), 'ko', md5(no::text) || md5(no::text), at, at,
    'archive/' || {site} || '/2025-10/20251005T010000Z-9f3a1c-00001.warc.gz', 9000::bigint * (no - {first}), 9000,
    'sha1:' || upper(md5(no::text))
FROM generate_series({first}, {last}) AS no, LATERAL (
    SELECT '2025-08-01 00:00+00'::timestamptz - ({last} - no) * interval '7 minutes' AS at
) AS t"""

_CHECKS = """
INSERT INTO article_checks (site, no, checked_at, next_check_at, dated_at)
SELECT site, no, fetched_at, CASE WHEN no % 100 = 0 THEN now() + interval '1 day' END, published_at FROM articles"""

_ON_LISTS = "UPDATE article_texts SET headline = %s, published_at = %s WHERE no = %s"

_WALKED = """
INSERT INTO walked_lists (site, section, pages, end_seen_at, looked_back_at)
SELECT {site}, section, 50, now(), now() FROM unnest({sections}::bigint[]) AS section"""

_CRAWL = """
INSERT INTO crawls (id, site, started_at, finished_at, outcome, walked, version)
VALUES ('before', {site}, now(), now(), 'ok', {sections}, '0')"""

SHOWN = 500
"""So many of the newest articles may be on the list pages that a crawl without news asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A site whose articles are all stored, and how its crawls went."""

    articles: int
    site: Site
    database_url: str
    data: str
    requests: list[int] = field(default_factory=list)
    runs: list[Measured] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def crawl(self, postgres: Server) -> None:
        """One crawl, measured."""
        postgres.rest()
        before = postgres.cpu()
        given = {"DATABASE_URL": self.database_url, "ASIATONGSIN_DATA": self.data, "ASIATONGSIN_LOG_LEVEL": "WARNING"}
        process = measured(scrapy("crawl", "asiatongsin", "-a", f"site={self.site.url}"), given)
        if "/news/article.html" in "".join(paths := self.site.asked().paths):
            raise CommandFailed(f"an article was fetched: {paths}")
        self.cpu.append(process.cpu + postgres.cpu() - before)
        self.requests.append(len(paths))
        self.runs.append(process)


def run(effort: Effort) -> Found:
    """The sizes by turns; a first crawl of each, which no figure counts, leaves its row."""
    with server() as postgres, ExitStack() as stack:
        filled = [stack.enter_context(_filled(postgres, effort.of(size, least=100))) for size in SIZES]
        for _ in [None, *effort.at_most(5)]:
            for one in filled:
                one.crawl(postgres)
    return Found(rows=[row for one in filled[1:] for row in _rows(one, filled[0])], notes=[HOW])


@contextmanager
def _filled(postgres: Server, articles: int) -> Iterator[Filled]:
    with (
        served(articles) as site,
        new_database(postgres.url) as url,
        TemporaryDirectory(prefix="asiatongsin-bench-") as data,
    ):
        _fill(url, site.key, ReplicaSite(articles))
        yield Filled(articles=articles, site=site, database_url=url, data=data)


def _fill(url: str, site: str, replica: ReplicaSite) -> None:
    numbers = replica.numbers()
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        connection.execute("SET session_replication_role = replica")  # what belongs together is made together
        connection.execute("SET synchronous_commit = off")
        given = {
            "site": site,
            "first": numbers[0],
            "last": numbers[-1],
            "sections": [ALL.no, *(one.no for one in SECTIONS)],
        }
        values = {name: sql.Literal(value) for name, value in given.items()}
        connection.execute(sql.SQL(_ARTICLES).format(**values))
        connection.execute(sql.SQL(_WALKED).format(**values))
        connection.execute(sql.SQL(_CRAWL).format(**values))
        shown = [replica.article(no) for no in numbers[-SHOWN:]]
        connection.cursor().executemany(_ON_LISTS, [(one.headline, one.published_at, one.no) for one in shown])
        connection.execute(_CHECKS)
        connection.execute("VACUUM ANALYZE")


def _rows(one: Filled, smallest: Filled) -> Iterator[Row]:
    against = f"{one.articles:,} stored, by {smallest.articles:,}"
    # The first crawl of each finds tables that nobody has read since they were made.
    runs, others = one.runs[1:], smallest.runs[1:]
    yield Row(
        name=f"requests, {against}",
        figure=f"{one.requests[-1]} requests",
        ratios=ratios(one.requests[1:], smallest.requests[1:]),
        goal=EXACTLY,
    )
    yield Row(
        name=f"CPU, {against}",
        figure=f"{median(one.cpu[1:]):.2f} against {median(smallest.cpu[1:]):.2f} s",
        ratios=ratios(one.cpu[1:], smallest.cpu[1:]),
        goal=FLAT,
    )
    yield Row(
        name=f"memory, {against}",
        figure=f"{median(run.megabytes for run in runs):.0f} against {median(run.megabytes for run in others):.0f} MB",
        ratios=ratios((run.megabytes for run in runs), (run.megabytes for run in others)),
        goal=FLAT,
    )
    yield Row(
        name=f"time, {against}",
        figure=f"{median(run.seconds for run in runs):.2f} against {median(run.seconds for run in others):.2f} s",
        ratios=ratios((run.seconds for run in runs), (run.seconds for run in others)),
    )
