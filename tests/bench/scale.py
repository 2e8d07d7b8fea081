"""What crawls and commands ask, of tables with many articles of fifty sites: `--articles 20000000` for so many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from psycopg import Connection, sql

from pipelines.database.migrate import migrate
from pipelines.exporters import future_times
from pipelines.queries import coverage_history, gaps, known, newest
from pipelines.queries.sites import known_sites
from pipelines.status import facts
from tests.bench.found import Effort, Found, Goal, Row
from tests.bench.postgres import server
from tests.conftest import new_database

ARTICLES = 200_000
SITE, SECTIONS = "paper0.kr", [0, 22, 23, 34, 35, 36, 37, 38, 39, 40, 41, 42]
MOST = 0.1
"""Seconds that a question may take."""

HOW = (
    "Scale: articles of 50 sites, one beside the other as they were stored, made in SQL with short texts, and a crawl"
    " for each hundred. One site has nine teasers an article. Gaps looks through all numbers of a site, and says so."
)

# Each tenth number is missing.
_ARTICLES = """
INSERT INTO article_texts (
    site, no, url, section, headline, reporter, published_at, body, language, content_hash, revision, first_seen_at,
    fetched_at, gone_at, archive_file, archive_offset, archive_length, payload_digest
)
SELECT site, no, 'https://' || site || '/news/article.html?no=' || no, '사회', '제목 ' || no, '최지나', at, '본문',
    'ko', lpad(to_hex(i), 64, '0'), CASE WHEN i % 31 = 0 THEN 2 ELSE 1 END, at, at,
    CASE WHEN i % 211 = 0 THEN at + interval '5 days' END,
    'archive/' || site || '/2025-10/20251005T010000Z-9f3a1c-00001.warc.gz', 9000::bigint * (i % 100000), 9000,
    'sha1:' || lpad(to_hex(i), 32, '0')
FROM generate_series(0, {articles} - 1) AS i, LATERAL (
    SELECT 'paper' || i % 50 || '.kr' AS site, 100000 + i / 50 * 10 / 9 AS no,
        now() - ({articles} - i) * interval '36 seconds' AS at
) AS t"""

_TEASERS = """
INSERT INTO teasers (site, related_no, variant, title, lead)
SELECT site, no, no, headline, body FROM articles WHERE site = {site}"""

_SHOWN = """
INSERT INTO shown_teasers (site, no, first_seen_at, blocks, starts, related_nos, variants)
SELECT site, no, fetched_at, ARRAY['관련기사'], ARRAY[1], leads_to, leads_to FROM articles, LATERAL (
    SELECT array_agg(greatest(no - place * 11, 100000)) AS leads_to FROM generate_series(1, 9) AS place
) AS t WHERE site = {site}"""

_CHECKS = """
INSERT INTO article_checks (site, no, checked_at, next_check_at, dated_at)
SELECT site, no, at, CASE WHEN at > now() - interval '30 days' THEN at + interval '30 days' END, at
FROM articles, LATERAL (SELECT published_at AS at) AS t"""

_REMOVED = """
INSERT INTO removed_articles (
    site, no, form, first_seen_at, last_seen_at, first_confirmed_at, last_confirmed_at, last_crawl
)
SELECT site, no + 1, '404', fetched_at, fetched_at, fetched_at, fetched_at, 'old' FROM articles
WHERE no % 10 = 8 AND no % 7 = 0 ON CONFLICT DO NOTHING"""

_REJECTED = """
INSERT INTO rejected_pages (site, no, url, fetched_at, reason, version)
SELECT site, no, url, fetched_at - interval '1 hour', 'no headline', '0' FROM articles WHERE no % 1000 = 3"""

# Each fifth crawl found news.
_COVERAGE = """
INSERT INTO coverage_counts (id, fields, pages, found, amounts, fell)
SELECT lpad(kind::text, 32, '0')::uuid, fields, ones, ones, array_fill(NULL::bigint, size), array_fill(false, size)
FROM (
    SELECT 1, array_agg('list ' || s || ' ' || f) FROM unnest({sections}::bigint[]) AS s,
        unnest('{{answer,teasers,published_at}}'::text[]) AS f
    UNION ALL SELECT 2, '{{article headline,article body,article images,article reporter}}'
) AS t (kind, fields), LATERAL (SELECT ARRAY[cardinality(fields)] AS size) AS s,
    LATERAL (SELECT array_fill(1, size) AS ones) AS o"""

_CRAWLS = """
INSERT INTO crawls (
    id, site, started_at, finished_at, outcome, walked, list_pages, article_pages, new, version, is_comparable,
    proves_lists, last_fetched_at, coverage, article_coverage
)
SELECT 'crawl ' || i, 'paper' || i % 50 || '.kr', at, at, 'ok', {sections}, 26, news, news, '0', true, true, at,
    lpad('1', 32, '0')::uuid, CASE WHEN news > 0 THEN lpad('2', 32, '0')::uuid END
FROM generate_series(0, {articles} / 100 - 1) AS i, LATERAL (
    SELECT now() - interval '1 hour' - ({articles} / 100 - i) * interval '36 seconds' AS at,
        CASE WHEN i / 50 % 5 = 0 THEN 3 ELSE 0 END AS news
) AS t"""

_WALKED = """
INSERT INTO walked_lists (site, section, pages, end_seen_at, looked_back_at)
SELECT 'paper' || i || '.kr', section, 50, now(), now()
FROM generate_series(0, 49) AS i, unnest({sections}::bigint[]) AS section"""

_STRIPS = """
INSERT INTO weather_strips (readings_hash, position, city)
SELECT lpad(to_hex(i), 64, '0'), place, '도시' || place
FROM generate_series(0, {articles} / 10000) AS i, generate_series(1, 20) AS place"""

_SNAPSHOTS = """
INSERT INTO weather_snapshots (site, first_fetched_at, last_fetched_at, pages, readings_hash)
SELECT site, started_at, started_at, 26, lpad(to_hex(number / 100), 64, '0') FROM crawls WHERE number % 4 = 0"""

_COUNTS = """
INSERT INTO article_counts (site, articles, edited, gone)
SELECT site, count(*), count(*) FILTER (WHERE revision > 1), count(gone_at) FROM articles GROUP BY site"""

_FILL = (_ARTICLES, _TEASERS, _SHOWN, _CHECKS, _REMOVED, _REJECTED, _COVERAGE, _CRAWLS, _WALKED, _STRIPS, _SNAPSHOTS)
_HIGHEST = "SELECT max(no) FROM articles WHERE site = %s"

Question = Callable[[Connection], Any]


def run(effort: Effort) -> Found:
    """Each question once before it is measured, and then in as many rounds as the effort says."""
    articles = effort.articles or effort.of(ARTICLES, least=5000)
    with server() as postgres, new_database(postgres.url) as url, psycopg.connect(url, autocommit=True) as connection:
        fill(connection, articles)
        rows = [
            _row(f"{name}, {articles:,} stored, by {MOST * 1000:.0f} ms", _seconds(connection, ask, effort), name)
            for name, ask in questions(connection).items()
        ]
    return Found(rows=rows, notes=[HOW])


def fill(connection: Connection, articles: int) -> None:
    """Makes the tables of an empty database, and so many articles with all that belongs to them."""
    migrate(connection)
    connection.execute("SET session_replication_role = replica")  # what belongs together is made together
    connection.execute("SET synchronous_commit = off")
    given = {"articles": articles, "site": SITE, "sections": SECTIONS}
    values = {name: sql.Literal(value) for name, value in given.items()}
    for statement in (*_FILL, _COUNTS):
        connection.execute(sql.SQL(statement).format(**values))
    connection.execute("VACUUM ANALYZE")
    connection.execute("RESET session_replication_role")


def questions(connection: Connection) -> dict[str, Question]:
    """What a crawl asks at its start and of each list page, and what commands ask."""
    [(last,)] = connection.execute(_HIGHEST, [SITE]).fetchall()
    page = list(range(last - 19, last + 1))
    keys = [(f"list {section}", "teasers") for section in SECTIONS] + [("article", "headline"), ("article", "body")]
    return {
        "times from the future": lambda c: future_times.set_back(c, SITE),
        "what is sure of a list": lambda c: known.doubtful_part(c, SITE, 22, since=None, crawl=""),
        "known numbers of a list page": lambda c: known.need_no_download(c, SITE, page),
        "what is due": lambda c: known.rechecks(c, SITE, 100),
        "what is tried again": lambda c: known.to_retry(c, SITE),
        "controls": lambda c: known.controls(c, SITE, last - 500),
        "coverage of before": lambda c: coverage_history.found_before(c, SITE, "all", keys),
        "summary": lambda c: (
            known_sites(c),
            newest.newest_articles(c, SITE),
            newest.weather(c, SITE),
            newest.snapshots(c, SITE),
        ),
        "its related stories": lambda c: newest.related_stories(c, SITE),
        "status": lambda c: (facts.sites(c), facts.crawls(c), facts.rejected(c)),
        "gaps": _gaps,
    }


def _gaps(connection: Connection) -> None:
    if span := gaps.stored_span(connection, SITE):
        gaps.strays(connection, span)
        gaps.count(connection, span)
        gaps.longest_runs(connection, span, 20)


def _seconds(connection: Connection, ask: Question, effort: Effort) -> Iterator[float]:
    ask(connection)
    for _ in effort.at_most(5):
        began = perf_counter()
        ask(connection)
        yield perf_counter() - began


def _row(name: str, seconds: Iterator[float], question: str) -> Row:
    taken = tuple(seconds)
    goal = None if question == "gaps" else Goal(highest=1.0)
    return Row(name=name, figure=f"{1000 * median(taken):.1f} ms", ratios=tuple(one / MOST for one in taken), goal=goal)
