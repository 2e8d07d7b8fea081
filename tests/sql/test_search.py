"""Articles are found by words, filters and time, with an index and without: what a search by hand finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection, conninfo
from psycopg.rows import class_row

from asiatongsin.items import PageItems
from asiatongsin.korean import KST
from pipelines.database.connection import Database
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Hit, Page, Place, Search
from pipelines.queries.search.words import MOST_OF_TITLE, Word, terms
from tests.brute_force import holds, some_text, some_word
from tests.conftest import new_database
from tests.samples import SITE, export, page
from tests.stored import value

NEWEST = datetime(2026, 11, 30, 9, tzinfo=KST)
OTHER = "other.kr"
QUERIES = 200

STORED = "SELECT site, no, url, section, headline, subheadline, reporter, published_at, gone_at, body FROM articles"
LEXEMES = "SELECT ARRAY(SELECT lexeme FROM unnest(article_terms('s', 'c', 'r', now(), %s, NULL, %s)))"

IS_INDEXED = pytest.mark.parametrize("is_indexed", [True, False], ids=["by the index", "without an index"])


def some_page(dice: random.Random, no: int) -> PageItems:
    """An article at some time of ten years, or without a date."""
    at = NEWEST - timedelta(days=dice.choice([0, 3, 40, 100, 500, 3650]), minutes=dice.randrange(100))
    return page(
        no,
        site=dice.choice([SITE, SITE, OTHER]),
        section=dice.choice(["정치", "경제's", None]),
        reporter=dice.choice(["최지나", None]),
        headline=some_text(dice, 12),
        subheadline=dice.choice([None, some_text(dice, 12)]),
        body=tuple(some_text(dice, 40) for _ in range(dice.randrange(3))),
        published_at=dice.choice([at, at, at, None]),
    )


@pytest.fixture(scope="module")
def articles(server: str, template: str) -> Iterator[Connection]:
    """A connection to a database of articles by chance, which uses the index also for so few."""
    with new_database(server, template) as url, Database(url, Path()).connect() as connection:
        dice = random.Random(1)
        export(connection, *(some_page(dice, no) for no in range(1, 121)))
        connection.execute("SET enable_seqscan = off")
        yield connection


def search(connection: Connection, filters: Filters, *, is_indexed: bool = True) -> Search:
    found = Search(connection, filters)
    found.state = replace(found.state, is_indexed=is_indexed)
    return found


def some_filters(dice: random.Random) -> Filters:
    """Up to three words and some filters."""
    words = [some_word(dice, is_excluded=dice.random() < 0.3) for _ in range(dice.randrange(4))]
    return Filters(
        words=tuple(words),
        sites=dice.choice([(), (), (SITE,), (SITE, "none.kr")]),
        sections=dice.choice([(), (), (), ("경제's",), ("정치", "경제's")]),
        reporters=dice.choice([(), (), (), ("최지나",)]),
        since=dice.choice([NEWEST - timedelta(days=4000), NEWEST - timedelta(days=50), NEWEST - timedelta(days=600)]),
        until=dice.choice([None, None, NEWEST - timedelta(days=30)]),
    )


def by_hand(hit: Hit, filters: Filters) -> bool:
    """Whether an article fulfils the filters, letter by letter."""
    text = " ".join(filter(None, (hit.headline, hit.subheadline, hit.body)))
    return (
        all(
            holds(hit.headline[:MOST_OF_TITLE] if word.in_title else text, word) is not word.is_excluded
            for word in filters.words
        )
        and (not filters.sites or hit.site in filters.sites)
        and (not filters.sections or hit.section in filters.sections)
        and (not filters.reporters or hit.reporter in filters.reporters)
        and (filters.since is None or (hit.published_at is not None and hit.published_at >= filters.since))
        and (filters.until is None or (hit.published_at is not None and hit.published_at <= filters.until))
    )


def stored(connection: Connection) -> list[Hit]:
    """All articles, in the order in which they are found."""
    with connection.cursor(row_factory=class_row(Hit)) as cursor:
        found = cursor.execute(STORED).fetchall()
    return sorted(
        found, key=lambda hit: (hit.published_at is None, hit.published_at and -hit.published_at.timestamp(), -hit.no)
    )


@IS_INDEXED
def test_finds_what_a_search_letter_by_letter_finds(articles: Connection, is_indexed: bool) -> None:
    dice, everything, found = random.Random(4), stored(articles), 0
    for _ in range(QUERIES):
        filters = some_filters(dice)
        wanted = [hit for hit in everything if by_hand(hit, filters)]
        asked = search(articles, filters, is_indexed=is_indexed)
        assert asked.page(1000) == Page(wanted, None), filters
        assert asked.count() == len(wanted), filters
        found += len(wanted)
    assert found > 500


@IS_INDEXED
@pytest.mark.parametrize("query", ["", "가나", "section:정치", "a7 -나다"])
def test_pages_follow_each_other_without_a_gap_or_a_hit_twice(
    articles: Connection, query: str, is_indexed: bool
) -> None:
    filters = Filters.parse(query)
    asked = search(articles, filters, is_indexed=is_indexed)
    hits: list[Hit] = []
    after: Place | None = None
    while (found := asked.page(7, after)).next:
        hits += found.hits
        after = Place.read(found.next.written())
    hits += found.hits
    wanted = [hit for hit in stored(articles) if by_hand(hit, filters)]
    assert hits == wanted
    assert None in {hit.published_at for hit in hits}


def test_counts_the_articles_of_each_day_of_korean_time(articles: Connection) -> None:
    days = Search(articles, Filters.parse("가")).per_day() + Search(articles, Filters.parse("가나")).per_day()
    wanted = Search(articles, Filters.parse("가나")).count() + Search(articles, Filters.parse("가")).count()
    assert sum(number for _, number in days) == wanted
    at = datetime(2026, 11, 30, 0, 1, tzinfo=KST)
    export(articles, page(500, site=OTHER, headline="하루하루", published_at=at), crawl="later")
    assert Search(articles, Filters.parse("하루하루")).per_day() == [(at.date(), 1)]


def test_single_syllables_alone_are_looked_for_in_two_months_unless_a_time_is_given(connection: Connection) -> None:
    for no, days in ((1, 0), (2, 50), (3, 100)):
        export(connection, page(no, headline="장", published_at=NEWEST - timedelta(days=days)), crawl=f"crawl {no}")
    asked = Search(connection, Filters.parse("장"))
    assert ([hit.no for hit in asked.page().hits], asked.count(), asked.is_cut) == ([1, 2], 2, True)
    asked = Search(connection, Filters.parse("장 since:2020-01-01"))
    assert ([hit.no for hit in asked.page().hits], asked.count(), asked.is_cut) == ([1, 2, 3], 3, False)


def test_relevant_are_words_in_the_headline_then_frequent_ones_then_new_ones(connection: Connection) -> None:
    bodies = {1: "예산", 2: "예산 예산", 3: "예산", 4: "없음"}
    headlines = {1: "예산", 2: "가을", 3: "나을", 4: "다을"}
    for no, body in bodies.items():
        at = NEWEST + timedelta(minutes=no)
        found = page(no, published_at=at, headline=headlines[no], subheadline=None, body=(body,))
        export(connection, found, crawl=f"crawl {no}")
    hits = Search(connection, Filters.parse("예산")).most_relevant()
    assert [hit.no for hit in hits] == [1, 2, 3]


def test_nothing_is_found_in_an_empty_database(connection: Connection) -> None:
    for query in ("가나", "가", "-가나", ""):
        asked = Search(connection, Filters.parse(query))
        assert (asked.page(), asked.count(), asked.per_day(), asked.lacks_index) == (Page([], None), 0, [], False)


def test_an_article_of_the_far_future_or_past_is_found(connection: Connection) -> None:
    for no, year in ((1, 1), (2, 9999), (3, 2026)):
        at = datetime(year, 6, 1, tzinfo=KST)
        export(connection, page(no, headline="먼날에", published_at=at), crawl=f"crawl {no}")
    assert [hit.no for hit in Search(connection, Filters.parse("먼날에")).page().hits] == [2, 3, 1]


def test_the_index_has_the_terms_that_python_names(connection: Connection) -> None:
    dice = random.Random(5)
    texts = [(some_text(dice, 30), some_text(dice, 60)) for _ in range(300)]
    texts += [("x" * 3000 + "가나", "가" * 3000 + "나 " + "y" * 41 + "다"), ("İK", "ﬁé ㅋㅋ 가ー나")]
    for headline, body in texts:
        lexemes = {one for one in value(connection, LEXEMES, headline, body) if not one.startswith(tuple("SCRYM"))}
        longer = {one for one in lexemes if len(one) > 1 or one.isascii()}  # the last syllable of an odd number, alone
        assert {one for one in longer if not one.startswith("T")} == terms(f"{headline} {body}")
        in_title = {one.removeprefix("T") for one in longer if one.startswith("T")}
        assert {one for one in in_title if len(one) > 1 or one.isascii()} == terms(headline[:MOST_OF_TITLE])


def test_a_role_that_may_only_read_searches(connection: Connection, database_url: str, role: str) -> None:
    export(connection, page(1, headline="전통시장"))
    connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    given = conninfo.make_conninfo(database_url, user=role, options="-c default_transaction_read_only=on")
    with Database(given, Path()).connect() as reading:
        reading.execute("SET enable_seqscan = off")
        asked = Search(reading, Filters.parse("전통시장 -가나"))
        assert asked.state.is_indexed
        assert ([hit.no for hit in asked.page().hits], asked.count()) == ([1], 1)
        assert len(asked.most_relevant()) == len(asked.per_day()) == 1


def test_words_are_looked_for_as_they_are_and_are_no_sql(connection: Connection) -> None:
    export(connection, page(1, headline="100% 확실'한 \\길_ {x} %(a)s"))
    for word in ("%", "'", "\\", "_", "{", "%("):
        assert Search(connection, Filters(words=(Word(text=word),))).count() == 1, word
    for word in ("%%", "$", "__", "' OR"):
        assert Search(connection, Filters(words=(Word(text=word, is_phrase=True),))).count() == 0, word


@pytest.mark.parametrize("query", ["a가나", '"a 가나"', "코로나19는", "19 -19는없", "-b19", "b -xb", "x가"])
def test_latin_words_end_where_signs_long_words_and_korean_begin(connection: Connection, query: str) -> None:
    headline = f"A {'x' * 45}가나 (코로나-19)는 B,x {'x' * 45} 가"
    export(connection, page(1, headline=headline, subheadline=None, body=()))
    filters = Filters.parse(query)
    is_found = all(word.is_in(headline) is not word.is_excluded for word in filters.words)
    assert Search(connection, filters).count() == is_found
