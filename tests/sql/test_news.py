"""The news for Python: data classes, data frames and tables of what is stored."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from psycopg import Connection, conninfo

import asiatongsin
from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from pipelines.database.errors import DatabaseEmpty, DatabaseRights, DatabaseUnreachable
from pipelines.news import models
from pipelines.news.news import OF_CHANGE, News
from pipelines.news.rows import ROWS_AT_ONCE, Rows
from pipelines.queries.changes import Change
from pipelines.queries.records.kinds import KINDS
from tests.samples import AT, SITE, UNREACHABLE, export, image, later, link, page, story
from tests.stored import rows

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

OF_KIND = {
    "articles": models.Article,
    "revisions": models.Revision,
    "related": models.RelatedStory,
    "weather": models.Reading,
    "images": models.Image,
    "attachments": models.Attachment,
}
END_THE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""
AT_NIGHT = datetime(2025, 10, 4, 23, 59, 59, 123456, tzinfo=KST)


@pytest.fixture
def news(connection: Connection, database_url: str) -> Iterator[News]:
    """Three articles, of which one was edited, and a strip of the weather."""
    texts = {1: ("기후위기", "정치", AT_NIGHT), 2: ("축제", "사회", None), 3: ("기후 위기", "사회", AT)}
    for no, (headline, section, at) in texts.items():
        export(connection, page(no, headline=headline, section=section, published_at=at, stories=[story(1)], seoul=no))
    export(
        connection, page(1, later(60), headline="기후위기, 새로", section="정치", published_at=AT_NIGHT), crawl="later"
    )
    with asiatongsin.open(database_url) as news:
        yield news


def kinds(news: News) -> dict[str, Rows[Any]]:
    return {kind: getattr(news, kind)() for kind in OF_KIND}


def test_articles_are_chosen_as_a_search_chooses_them(news: News) -> None:
    assert [article.no for article in news.articles()] == [1, 2, 3]
    assert [article.no for article in news.articles("기후위기")] == [1, 3]
    assert [article.no for article in news.articles("기후위기", section="정치")] == [1]
    assert [article.no for article in news.articles(section=["정치", "사회"], no=[2, 3, 4])] == [2, 3]
    assert [article.no for article in news.articles(site=SITE, reporter="최지나", no=2)] == [2]
    assert [article.no for article in news.articles(until="2025-10-04")] == [1]
    assert [article.no for article in news.articles(until=date(2025, 10, 4))] == [1]
    assert [article.no for article in news.articles(since=AT_NIGHT + timedelta(microseconds=1))] == [3]
    assert [article.no for article in news.articles(since=AT_NIGHT, until=AT_NIGHT)] == [1]
    assert list(news.articles(no=[])) == []
    with pytest.raises(ArgumentError, match="since=soon: write a day"):
        news.articles(since="soon")


def test_a_name_that_nothing_stored_has_is_told_even_beside_one_that_has_articles(news: News) -> None:
    slips: dict[str, Callable[[], Rows[Any]]] = {
        "no article has the section 정처; the nearest is 정치": lambda: news.images(section=["사회", "정처"]),
        "no article has the site newsasia.kt": lambda: news.articles(site="newsasia.kt"),
        "no article has the reporter 최지너; the nearest is 최지나": lambda: news.changes(reporter="최지너"),
        "no weather strip has shown a city 서을; the nearest is 서울": lambda: news.weather(["서울", "서을"]),
        "no weather strip is of the site newsasia.kt": lambda: news.weather(site="newsasia.kt"),
    }
    for sentence, asked in slips.items():
        with pytest.raises(ArgumentError, match=sentence):
            asked().count()
        with pytest.raises(ArgumentError, match=sentence):
            next(iter(asked()))


def test_numbers_and_times_that_are_none_are_refused(news: News) -> None:
    with pytest.raises(ArgumentError, match=r"no='abc': write the number"):
        news.articles(no="abc")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"since=5: write a date"):
        news.articles(since=5)  # type: ignore[arg-type]
    assert [article.no for article in news.articles(no=pd.Series([2, 3]).to_numpy())] == [2, 3]


def test_every_kind_gives_its_rows(news: News) -> None:
    assert {kind: found.count() for kind, found in kinds(news).items()} == {
        "articles": 3,
        "revisions": 4,
        "related": 2,
        "weather": 9,
        "images": 6,
        "attachments": 3,
    }
    assert [(text.no, text.revision, text.headline) for text in news.revisions(1)] == [
        (1, 1, "기후위기"),
        (1, 2, "기후위기, 새로"),
    ]
    assert {(one.no, one.related_no) for one in news.related([2, 3])} == {(2, 1001), (3, 1001)}
    assert {one.url for one in news.images(2)} == {image(1).url, image(2).url}
    assert {one.url for one in news.attachments(2)} == {link(1).url}
    assert [reading.temperature_c for reading in news.weather("서울")] == [1.0, 2.0, 3.0]
    assert [reading.temperature_c for reading in news.weather("Seoul", since=AT)] == [1.0, 2.0, 3.0]


def test_changes_are_those_of_the_command(news: News) -> None:
    [edit] = news.changes(since=later(60), until=later(60))
    assert (edit.kind, edit.no, edit.at, edit.parts) == ("edited", 1, later(60), ("headline",))
    assert (edit.headline_before, edit.headline, edit.at.utcoffset()) == (
        "기후위기",
        "기후위기, 새로",
        timedelta(hours=9),
    )
    assert [(change.kind, change.no) for change in news.changes("2025-10-01")] == [
        ("edited", 1),
        ("new", 3),
        ("new", 2),
        ("new", 1),
    ]
    found = news.changes("2025-10-01", only="edited", match="기후", section=["정치"])
    assert found.count() == len(found.df()) == found.polars().height == found.arrow().num_rows == 1
    assert found.arrow()["parts"].to_pylist() == [["headline"]]
    assert found.polars()["parts"].to_list() == [["headline"]]
    assert list(found.df()["parts"]) == [("headline",)]
    assert news.changes("2025-10-01", only=["gone", "edited"], minimum=100).count() == 0
    assert news.changes().count() == 0
    assert news.changes(None).count() == news.changes("2025-10-01").count()
    with pytest.raises(ArgumentError, match="only=changed: write some of new, edited, gone, back, replaced"):
        news.changes(only="changed")


def test_the_columns_of_changes_are_those_of_a_change() -> None:
    assert list(OF_CHANGE) == [field.name for field in fields(Change)]


@pytest.mark.parametrize("kind", OF_KIND)
def test_a_data_class_has_the_columns_of_its_kind_and_their_types(kind: str) -> None:
    types = {"text": str, "bigint": int, "integer": int, "boolean": bool, "double precision": float}
    columns = {field.name: types.get(field.type, datetime) for field in KINDS[kind].fields}
    hints = get_type_hints(OF_KIND[kind])
    assert {name: hint for name, hint in hints.items() if hint not in {columns[name], columns[name] | None}} == {}
    assert columns.keys() == hints.keys()
    only_on_request = [field.name for field in fields(OF_KIND[kind]) if field.default is not MISSING]
    assert only_on_request == ["reporter_email"] * (kind == "articles")


def test_times_are_korean_wherever_they_are_handed_out(news: News) -> None:
    [article] = news.articles(no=1)
    assert article.published_at == AT_NIGHT
    assert (article.published_at.hour, article.published_at.utcoffset()) == (23, timedelta(hours=9))
    rows_ = news.articles(no=1)
    assert rows_.df()["published_at"][0].to_pydatetime() == AT_NIGHT
    assert rows_.polars()["published_at"][0] == AT_NIGHT
    assert rows_.arrow()["published_at"][0].as_py() == AT_NIGHT
    assert str(rows_.df()["published_at"].dt.date[0]) == "2025-10-04"


def plain(value: Any) -> Any:
    """A value of a table as Python has it: what is missing is None."""
    return None if value is None or pd.isna(value) else value


def test_tables_of_all_libraries_hold_what_the_data_classes_hold(news: News) -> None:
    for kind, found in kinds(news).items():
        expected = [[getattr(one, name) for name in found.types] for one in found]
        frame, table = found.df(), found.arrow()
        names = list(found.types)
        assert list(frame.columns) == found.polars().columns == table.column_names == names
        cells = [[plain(value) for value in row] for row in frame.itertuples(index=False)]
        assert cells == expected, kind
        assert [list(row) for row in found.polars().rows()] == expected
        assert [list(row.values()) for row in table.to_pylist()] == expected


def test_types_do_not_depend_on_the_rows(news: News) -> None:
    for kind, found in kinds(news).items():
        none: Rows[Any] = getattr(news, kind)(since="2020-01-01", until="2020-01-02")
        assert (none.count(), len(none.df()), none.polars().height, none.arrow().num_rows) == (0, 0, 0, 0)
        assert none.polars().schema == found.polars().schema
        assert none.arrow().schema == found.arrow().schema
        dates = [name for name, of_type in found.types.items() if of_type != "text"]
        assert none.df()[dates].dtypes.to_dict() == found.df()[dates].dtypes.to_dict()


def test_rows_may_be_asked_for_while_others_are_read(news: News) -> None:
    pairs = [(article.no, story.related_no) for article in news.articles() for story in news.related(article.no)]
    assert pairs == [(2, 1001), (3, 1001)]


def test_reading_a_part_leaves_nothing_open(news: News, connection: Connection) -> None:
    for _ in range(3):
        next(iter(news.articles()))
    open_transactions = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND starts_with(state, 'idle in')"
    )
    assert rows(connection, open_transactions) == [(0,)]


def test_a_connection_that_broke_meanwhile_is_opened_anew(news: News, connection: Connection) -> None:
    assert news.articles().count() == 3
    connection.execute(END_THE_OTHERS)
    assert news.articles().count() == 3


def test_each_use_asks_anew(news: News, connection: Connection) -> None:
    articles = news.articles("기후위기")
    assert articles.count() == 2
    export(connection, page(4, headline="기후위기"), crawl="next")
    assert articles.count() == len(list(articles)) == 3
    assert repr(articles) == "<3 rows of Article: iterate over them, or take .df(), .arrow() or .polars()>"


def test_more_rows_than_are_taken_at_once(news: News, connection: Connection) -> None:
    number = 2 * ROWS_AT_ONCE + 1
    connection.execute(
        "INSERT INTO weather_snapshots (site, first_fetched_at, last_fetched_at, pages, readings_hash)"
        " SELECT s.site, s.first_fetched_at, s.last_fetched_at, 1, s.readings_hash"
        " FROM (SELECT * FROM weather_snapshots LIMIT 1) AS s, generate_series(1, %s)",
        [number],
    )
    found = news.weather("서울")
    assert found.count() == found.arrow().num_rows == len(found.df()) == number + 3


def test_addresses_of_reporters_are_there_only_where_they_are_asked_for(news: News) -> None:
    [article] = news.articles(no=1)
    assert article.reporter_email is None
    assert "reporter_email" not in news.articles().df()
    [article] = news.articles(no=1, with_email=True)
    assert article.reporter_email == "desk2@example.kr"


@pytest.mark.parametrize("method", ["df", "polars", "arrow"])
def test_says_how_to_install_what_is_missing(news: News, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    library = {"df": "pandas", "polars": "polars", "arrow": "pyarrow"}[method]
    extra = {"arrow": "parquet"}.get(method, library)
    usual = builtins.__import__

    def without(name: str, *given: Any, **named: Any) -> ModuleType:
        if name == library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return usual(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModuleNotFoundError, match=rf'{library} is not installed: pip install "asiatongsin\[{extra}\]"'):
        getattr(news.articles(), method)()


def test_says_what_is_in_the_way_as_it_is_opened(
    empty_database_url: str, connection: Connection, database_url: str, role: str, tmp_path: Any
) -> None:
    with pytest.raises(DatabaseUnreachable):
        asiatongsin.open(UNREACHABLE)
    with pytest.raises(DatabaseEmpty):
        asiatongsin.open(empty_database_url)
    with pytest.raises(DatabaseEmpty, match=str(tmp_path)):
        asiatongsin.open(data=tmp_path)
    with pytest.raises(DatabaseRights, match="GRANT SELECT"):
        asiatongsin.open(conninfo.make_conninfo(database_url, user=role))


def test_a_role_that_may_only_select_is_enough(
    connection: Connection, news: News, database_url: str, role: str
) -> None:
    connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    with asiatongsin.open(conninfo.make_conninfo(database_url, user=role)) as looking:
        assert looking.articles("기후위기").count() == 2
        assert looking.weather().count() == 9
