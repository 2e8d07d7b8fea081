"""The columns of a file: our own, or those of a download from 빅카인즈."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from psycopg import Connection
from psycopg.sql import SQL, Composable

from asiatongsin.errors import ArgumentError
from pipelines.queries.records.kinds import ARTICLE_KIND
from pipelines.queries.records.records import Column, Wanted, columns

OURS, BIGKINDS = "ours", "bigkinds"
NAMES = (OURS, BIGKINDS)

_TEXT = "text"
_UNKNOWN = SQL("NULL::text")
_IDENTITY = SQL("a.site || '.' || a.no")
_DAY = SQL("to_char(a.published_at AT TIME ZONE 'Asia/Seoul', 'YYYYMMDD')")

_NOT_KNOWN = "Always empty: it is not known here."
_OF_BIGKINDS: tuple[tuple[str, str | Composable, str], ...] = (
    ("뉴스 식별자", _IDENTITY, "Site and number of the article, with a dot between."),
    ("일자", _DAY, "Day of publication in Korean time, as 20251005."),
    ("언론사", "site", "Host of the site."),
    ("기고자", "reporter", ""),
    ("제목", "headline", ""),
    ("통합 분류1", "section", ""),
    *((name, _UNKNOWN, _NOT_KNOWN) for name in ("통합 분류2", "통합 분류3")),
    *((f"사건/사고 분류{number}", _UNKNOWN, _NOT_KNOWN) for number in (1, 2, 3)),
    *((name, _UNKNOWN, _NOT_KNOWN) for name in ("인물", "위치", "기관", "키워드", "특성추출(가중치순 상위 50개)")),
    ("본문", "body", "The whole text: paragraphs, joined by a blank line."),
    ("URL", "url", ""),
    ("분석제외 여부", _UNKNOWN, "Always empty: no article is left out."),
)
"""Name, our column or its value, and what it means where that is not what our column means."""


def columns_of(connection: Connection, wanted: Wanted, names: str = OURS) -> list[Column]:
    """The columns under these names; ArgumentError where a kind has none under them."""
    ours = columns(connection, wanted)
    if names == OURS:
        return ours
    if wanted.kind is not ARTICLE_KIND:
        raise ArgumentError(f"--names {names} is for articles: {wanted.kind.name} have our own names alone")
    known = {column.name: column for column in ours}
    return [_column(name, known, given, meaning) for name, given, meaning in _OF_BIGKINDS]


def values(columns: Sequence[Column], written: Callable[[Column], Composable]) -> dict[str, Composable]:
    """The columns by their names, each value as it is `written`."""
    return {column.name: written(column) for column in columns}


def korean_time(value: Composable) -> Composable:
    """A time as 2025-10-05T09:52:07+09:00. The zone had summer time once, and such an offset would be another one."""
    return SQL("""to_char({} AT TIME ZONE INTERVAL '+09:00', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"')""").format(value)


def _column(name: str, known: Mapping[str, Column], given: str | Composable, meaning: str) -> Column:
    if isinstance(given, str):
        return Column(
            name=name, type=known[given].type, meaning=meaning or known[given].meaning, value=known[given].value
        )
    return Column(name=name, type=_TEXT, meaning=meaning, value=given)
