"""What makes a search slow or wrong on PostgreSQL, each met once: counted in calls and plans, not by a clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo
from psycopg.sql import SQL

from pipelines.database.connection import Database
from pipelines.database.migrate import migrate
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Search
from tests.conftest import new_database
from tests.pooler import PROGRAM, pooled
from tests.samples import export, page
from tests.stored import rows, value

ARTICLES = 3000

# What a planner sees in a real database: terms of an article that cost far more to make than to look up.
FILL = """
INSERT INTO article_texts
    (site, no, url, section, headline, published_at, body, content_hash, first_seen_at, fetched_at)
SELECT 'newsasia.kr', n, 'https://newsasia.kr/' || n, '사회', '머리 ' || n, now() - n * interval '1 hour',
    CASE WHEN n %% 100 = 0 THEN '전통시장 ' || n ELSE '다른 시장 전통 ' || n END, repeat('0', 64), now(), now()
FROM generate_series(1, %s) AS n"""

CALLS = "SELECT coalesce(sum(calls), 0)::int FROM pg_stat_xact_user_functions WHERE funcname = 'article_terms'"

SHOWN = """
SELECT name, setting FROM pg_settings
WHERE name IN ('jit', 'max_parallel_workers_per_gather', 'work_mem') ORDER BY name"""

needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed: see `make pgbouncer`")


@pytest.fixture(scope="module")
def filled(server: str, template: str) -> Iterator[Connection]:
    """A connection to a database in which the index is worth its use."""
    with new_database(server, template) as url, Database(url, Path()).connect() as connection:
        connection.execute(FILL, [ARTICLES])
        connection.execute("VACUUM ANALYZE article_texts")
        connection.execute("SET track_functions = 'pl'")
        yield connection


def plan(connection: Connection, search: Search) -> str:
    with search.quick():
        lines = connection.execute(SQL("EXPLAIN (COSTS off) SELECT a.no FROM {} AS a").format(search.found()))
        return "\n".join(line for (line,) in lines)


@pytest.mark.parametrize(
    "query", ["전통시장", "전통시장 since:2020-01-01", "시장 -머리", '"다른 시장" section:사회', "kf94"]
)
def test_no_article_s_terms_are_made_to_find_it(filled: Connection, query: str) -> None:
    """The planner would go through the newest articles and make the terms of each, were the fence not there."""
    with filled.transaction():
        search = Search(filled, Filters.parse(query))
        search.page()
        search.count()
        search.per_day()
        assert value(filled, CALLS) == 0


def test_a_few_hundred_articles_are_enough_for_the_index_to_be_used(connection: Connection) -> None:
    """The planner would take it for cheaper to make the terms of all, did it not know what that costs."""
    connection.execute(FILL, [300])
    connection.execute("VACUUM ANALYZE article_texts")
    words = " ".join(f"{chr(place)}전통시장" for place in range(ord("가"), ord("가") + 20))
    assert "articles_by_terms" in plan(connection, Search(connection, Filters.parse(words)))


def test_texts_are_looked_at_only_where_the_terms_are_found(filled: Connection) -> None:
    lines = plan(filled, Search(filled, Filters.parse("전통시장"))).splitlines()
    [scan] = [number for number, line in enumerate(lines) if "Bitmap Heap Scan on article_texts" in line]
    assert [line for line in lines[scan:] if "~~" in line] == []
    assert [line for line in lines[:scan] if "~~" in line]


def test_a_plan_is_made_for_each_query_whatever_the_session_says(filled: Connection) -> None:
    filled.execute("SET plan_cache_mode = force_generic_plan")
    search = Search(filled, Filters.parse("전통시장"))
    assert "articles_by_terms" in plan(filled, search)
    for _ in range(10):
        search.count()
    assert rows(filled, "SELECT statement FROM pg_prepared_statements") == []
    filled.execute("RESET plan_cache_mode")


def test_a_word_left_out_is_left_out_by_the_index(filled: Connection) -> None:
    lines = plan(filled, Search(filled, Filters.parse("시장 -전통"))).splitlines()
    [condition] = [line for line in lines if "Index Cond" in line]
    assert "!''전통''" in condition
    [scan] = [number for number, line in enumerate(lines) if "Bitmap Heap Scan on article_texts" in line]
    assert [line for line in lines[scan:] if "~~" in line] == []


def test_statistics_of_the_index_are_not_gathered(filled: Connection) -> None:
    with filled.transaction():
        filled.execute("ANALYZE article_texts")
        assert value(filled, CALLS) == 0


def test_settings_hold_for_a_search_and_not_longer(filled: Connection) -> None:
    before = rows(filled, SHOWN)
    with Search(filled, Filters()).quick():
        assert rows(filled, SHOWN) == [("jit", "off"), ("max_parallel_workers_per_gather", "0"), ("work_mem", "65536")]
    assert rows(filled, SHOWN) == before
    filled.execute("SET work_mem = '1GB'")
    with Search(filled, Filters()).quick():
        assert dict(rows(filled, SHOWN))["work_mem"] == "1048576"
    filled.execute("RESET work_mem")


@needs_pgbouncer
def test_searches_behind_a_pooler_and_leaves_nothing_to_other_clients(filled: Connection) -> None:
    direct = conninfo.make_conninfo(filled.info.dsn)
    with pooled(direct, size=1) as url, Database(url, Path()).connect() as through:
        search = Search(through, Filters.parse("전통시장"))
        assert (search.count(), len(search.page().hits)) == (ARTICLES // 100, 20)
        left = "SELECT name FROM pg_settings WHERE source = 'session' AND name <> 'application_name'"
        assert rows(through, left) == []


HARD = {
    "a word of 3,000 letters": "x" * 3000 + " 하루살이",
    "a word of 3,000 syllables": "".join(chr(0xAC00 + i * 3) for i in range(3000)) + " 하루살이",
    "as many different pairs as a text can hold": "하루살이 "
    + "".join(map(chr, random.Random(1).choices(range(0xAC00, 0xD7A4), k=70_000))),
    "syllables alone": "하루살이" + " 가" * 40_000,
    "letters by turns": "하루살이 " + "가a" * 40_000,
    "signs": "하루살이" + "\u3000·\u200b😀\r\n" * 20_000,
}


@pytest.mark.parametrize("name", HARD)
def test_every_text_can_be_stored_and_found(connection: Connection, name: str) -> None:
    """An error in the function would keep the article from being stored."""
    assert export(connection, page(1, headline=HARD[name], body=(HARD[name],), section="s" * 900)).refused == 0
    connection.execute("SET enable_seqscan = off")
    assert Search(connection, Filters.parse("하루살이")).count() == 1
    assert Search(connection, Filters(sections=("s" * 900,))).count() == 1
    assert Search(connection, Filters(sections=("s" * 899,))).count() == 0


def test_the_index_is_built_and_written_where_no_schema_is_searched(connection: Connection) -> None:
    """As after `pg_restore`, and as maintenance does it from PostgreSQL 17 on."""
    export(connection, page(1, headline="전통시장"))
    connection.execute("SET search_path = ''")
    connection.execute("REINDEX TABLE public.article_texts")
    connection.execute("UPDATE public.article_texts SET headline = '기후위기'")
    connection.execute("SET search_path = public")
    assert Search(connection, Filters.parse("기후위기")).count() == 1


def test_searches_tables_in_another_schema(empty: Connection, empty_database_url: str) -> None:
    empty.execute('CREATE SCHEMA "내 뉴스"')
    url = conninfo.make_conninfo(empty_database_url, options='-c search_path="내 뉴스"'.replace(" 뉴", "\\ 뉴"))
    with Database(url, Path()).connect() as connection:
        migrate(connection)
        export(connection, page(1, headline="전통시장"))
        search = Search(connection, Filters.parse("전통시장"))
        assert (search.state.is_indexed, search.count()) == (True, 1)


LOCALES = {
    "C": "LOCALE 'C'",
    "Turkish": "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'",
    "Korean": "LOCALE_PROVIDER icu ICU_LOCALE 'ko-KR' LOCALE 'C'",
}


@pytest.mark.parametrize("locale", LOCALES)
def test_finds_the_same_in_every_locale(server: str, locale: str) -> None:
    """Turkish makes no i of an I; Korean puts Chinese characters among syllables."""
    name = f"test_of_{locale.lower()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        try:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {LOCALES[locale]}".encode())
        except psycopg.errors.FeatureNotSupported as error:
            pytest.skip(str(error))
        with Database(conninfo.make_conninfo(server, dbname=name), Path()).connect() as made:
            migrate(made)
            export(made, page(1, headline="KIT 전통시장", subheadline="大統領", body=("I 가나",)))
            made.execute("SET enable_seqscan = off")
            for query in ("kit", "KIT전통", "전통시장", "統領", "i -나다"):
                assert Search(made, Filters.parse(query)).count() == 1, query
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
