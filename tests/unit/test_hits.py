"""How hits look on a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pipelines.queries.search.search import Hit
from pipelines.queries.search.words import Word
from pipelines.terminal.hits import BOLD, COLUMNS, excerpt, marked, text
from pipelines.terminal.text_table import width

HIT = Hit(
    site="newsasia.kr",
    no=142893,
    url="https://newsasia.kr/news/article.html?no=142893",
    section="경제",
    headline="전통시장 살린다",
    subheadline=None,
    reporter="최지나",
    published_at=datetime(2026, 11, 29, 15, 30, tzinfo=UTC),
    gone_at=None,
    body=f"{'가' * 200} 전통 시장에\n\n예산 {'나' * 200}",
)
MARKET, BUDGET = Word(text="전통시장"), Word(text="예산")


def test_a_hit_has_date_site_section_headline_and_a_line_with_marks() -> None:
    lines = text([HIT], [MARKET, BUDGET]).splitlines()
    assert lines[0] == "2026-11-30 00:30  newsasia.kr  경제  142893"
    assert lines[1] == "  «전통시장» 살린다"
    assert "«전통 시장»에 «예산»" in lines[2]
    assert len(lines) == 3


def test_an_article_without_date_section_or_text_is_shown() -> None:
    bare = replace(HIT, published_at=None, section=None, body=None, gone_at=HIT.published_at)
    assert text([bare], []).splitlines() == ["no date           newsasia.kr  -  142893  removed", "  전통시장 살린다"]


def test_a_line_is_no_wider_than_it_may_be() -> None:
    line = excerpt(HIT, [BUDGET])
    assert (line[0], line[-1]) == ("…", "…")
    assert width(line) <= COLUMNS
    assert excerpt(HIT, [Word(text="없다")]).startswith("가가")
    assert excerpt(HIT, [Word(text="예산", is_excluded=True), Word(text="예산", in_title=True)]).startswith("가가")


def test_marks_do_not_overlap_and_a_text_cannot_control_the_terminal() -> None:
    words = [Word(text="가나"), Word(text="나다"), Word(text="마바", is_excluded=True)]
    assert marked("가나다 나다 마바\x1b[2J", words, BOLD) == "\x1b[1m가나\x1b[0m다 \x1b[1m나다\x1b[0m 마바\\x1b[2J"
