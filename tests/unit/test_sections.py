"""Which lists a crawl walks, by what was asked for and what the menu says."""

from __future__ import annotations

import pytest
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from asiatongsin import statistics
from asiatongsin.cms import ALL, MenuEntry
from asiatongsin.errors import ArgumentError
from asiatongsin.reading import page_at
from asiatongsin.sections import choose, choose_unchecked, lists_to_walk

POLITICS = MenuEntry(no=22, names=("정치",), script="/news/section_type2.html")
CULTURE = MenuEntry(no=34, names=("문화 / 연예", "Life"))
LIFE = MenuEntry(no=35, names=("life",))
MENU = (POLITICS, CULTURE, LIFE)
WHOLE = MenuEntry(no=ALL, names=("전체기사",), script="/news/section_list_all.html")


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ((), MENU),
        (("34", "22"), (CULTURE, POLITICS)),
        (("정치",), (POLITICS,)),
        (("문화/연예",), (CULTURE,)),
        (("LIFE",), (CULTURE, LIFE)),
        (("all",), (WHOLE,)),
    ],
)
def test_takes_sections_by_number_by_name_and_all_of_them(
    wanted: tuple[str, ...], chosen: tuple[MenuEntry, ...]
) -> None:
    assert choose(wanted, MENU, WHOLE) == chosen


def test_walks_the_list_of_all_articles_where_the_menu_has_it() -> None:
    assert choose(("전체기사",), (*MENU, WHOLE), MenuEntry(no=ALL)) == (WHOLE,)


@pytest.mark.parametrize("wanted", [("99",), ("22", "99"), ("99", "정치")])
def test_names_the_sections_there_are_where_one_is_not_in_the_menu(wanted: tuple[str, ...]) -> None:
    with pytest.raises(ArgumentError) as refused:
        choose(wanted, (*MENU, WHOLE), WHOLE)
    assert str(refused.value) == (
        "sections=99: not in the menu; write one of 22 (정치), 34 (문화 / 연예/Life), 35 (life), all (전체기사); "
        "or all for every article"
    )


def test_asks_for_no_section_of_another_paper_where_there_is_no_menu() -> None:
    assert choose_unchecked((), WHOLE) == choose_unchecked(("all",), WHOLE) == (WHOLE,)


def test_takes_numbers_but_no_names_where_there_is_no_menu() -> None:
    assert choose_unchecked(("7", "all"), WHOLE) == (MenuEntry(no=7), WHOLE)
    with pytest.raises(ArgumentError, match=r"^sections=정치: no menu was found"):
        choose_unchecked(("7", "정치"), WHOLE)


def test_the_menu_is_noted_with_its_numbers_and_names() -> None:
    menu = """<ul id="gnb"><li><a href="/news/section_list_all.html?sec_no=22">정치</a>
        <li><a href="/news/section_list_all.html?sec_no=34"><b>문화</b></a></ul>"""
    front = page_at("https://newsasia.kr/", menu.encode())
    stats = MemoryStatsCollector(get_crawler())
    lists_to_walk(["34"], front, stats)
    assert stats.get_value(statistics.MENU) == [(22, ["정치"]), (34, ["문화"])]


def test_of_a_menu_without_end_the_beginning_is_noted() -> None:
    link = '<a href="/news/section_list_all.html?sec_no={}">' + 200 * "긴" + "</a>"
    menu = f'<div id="gnb">{"".join(link.format(no) for no in range(1, 1000))}</div>'
    stats = MemoryStatsCollector(get_crawler())
    assert len(lists_to_walk([], page_at("https://newsasia.kr/", menu.encode()), stats)) == 999
    noted = stats.get_value(statistics.MENU)
    assert (len(noted), noted[-1]) == (200, (200, [100 * "긴"]))
