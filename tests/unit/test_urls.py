"""Which address is an article, which a list, and the one form of each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asiatongsin.mediaon.urls import (
    ALL,
    article_no,
    article_url,
    is_front_page,
    list_no,
    list_script,
    list_url,
    page_no,
)
from asiatongsin.site import DEFAULT_BASE

any_text = settings(max_examples=200, deadline=None, derandomize=True)
HIGHEST = 2**63 - 1


@pytest.mark.parametrize(
    "address",
    [
        "https://newsasia.kr/news/article.html?no=142893",
        "http://www.newsasia.kr/news/article.html?no=142893",
        "https://m.newsasia.kr/news/article.html?no=142893",
        "/news/article.html?no=142893",
        "/article.html?no=142893",
        "/mobile/article.html?no=142893",
        "/news/article_print.html?no=142893",
        "/news/article.html?no=142893&mode=orig&rvw_no=7",
        "/news/article.html?rvw_no=7&no=142893#reply",
        "/news/article.html?no=142893&no=1",
        "/news/article.html?no=%20142893%20",
    ],
)
def test_knows_an_article_by_its_number_alone(address: str) -> None:
    assert article_no(address) == 142893


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "?no=5",
        "/news/article.html",
        "/news/article.html?no=",
        "/news/article.html?no=0",
        "/news/article.html?no=-5",
        "/news/article.html?no=5x",
        "/news/article.html?no=１４２８９３",
        f"/news/article.html?no={HIGHEST + 1}",
        f"/news/article.html?no={'9' * 5000}",
        "/news/article.html?NO=5",
        "/news/banner_click.php?no=5",
        "/news/article_list_all.html?no=5",
        "/news/article_list_writer.html?name=%EC%B5%9C&no=5",
        "/news/review_list_all.html?no=5",
        "/mobile/article_comment.html?no=5",
        "/data/rss/news.xml?no=5",
        "/bbs/article.html?no=5",
        "javascript:location.href='/news/article.html?no=5'",
        "http://[newsasia.kr]/news/article.html?no=5",
        "http://ex\u2100mple.kr/news/article.html?no=5",
    ],
)
def test_takes_nothing_else_for_an_article(address: str) -> None:
    assert article_no(address) is None


@pytest.mark.parametrize(
    ("address", "section"),
    [
        ("https://newsasia.kr/news/section_list_all.html?page=54&sec_no=34", 34),
        ("/news/section_list_all.html?sec_no=22", 22),
        ("/news/section.html?sec_no=1655", 1655),
        ("/mobile/section_list_all.html?sec_no=34", 34),
        ("https://www.newsasia.kr/news/article_list_all.html", ALL),
        ("/news/article_list_all.html?page=7", ALL),
        ("/mobile/article_list_all.html", ALL),
        ("/news/section_list_all.html?sec_no=0", ALL),
        ("/news/section.html?sec_no=0", ALL),
        ("/news/section_type2.html?sec_no=66", 66),
        ("http://www.pressian.com/news/section_local.html?page=2&sec_no=309", 309),
        ("/news/section1.html?sec_no=71", 71),
        ("/section.html?sec_no=71", 71),
        *(
            (address, None)
            for address in (
                "/news/section_list_all.html",
                "/news/section_list_all.html?sec_no=-2",
                "/news/section_list_all.html?sec_no=all",
                "/news/section_month.html?sec_no=34",
                "/news/headline_list_all.html?level=3&page=1",
                "/news/tag_list_all.html?tag=%EB%B4%84",
                "/news/search_result.html?sec_no=34",
                "/news/article.html?no=34&sec_no=34",
                "/home/page.html?code=company",
                "http://[::1/news/section.html?sec_no=34",
            )
        ),
    ],
)
def test_knows_a_list_by_its_section(address: str, section: int | None) -> None:
    assert list_no(address) == section


def test_writes_addresses_as_the_site_does() -> None:
    assert article_url(DEFAULT_BASE, 142893) == "https://newsasia.kr/news/article.html?no=142893"
    assert list_url(DEFAULT_BASE, 34, 2) == "https://newsasia.kr/news/section_list_all.html?page=2&sec_no=34"
    assert list_url(DEFAULT_BASE, ALL, 2) == "https://newsasia.kr/news/article_list_all.html?page=2"


@pytest.mark.parametrize(
    ("printed", "walked"),
    [
        ("/news/section_type2.html?sec_no=66", "/news/section_type2.html?page=3&sec_no=66"),
        ("/news/section_list_all.html?sec_no=0", "/news/section_list_all.html?page=3&sec_no=0"),
        ("/news/article_list_all.html", "/news/article_list_all.html?page=3"),
        ("/mobile/section_list_all.html?sec_no=5", "/news/section_list_all.html?page=3&sec_no=5"),
        ("/mobile/article_list_all.html", "/news/article_list_all.html?page=3"),
    ],
)
def test_walks_a_list_under_the_address_that_leads_to_it(printed: str, walked: str) -> None:
    number = list_no(printed)
    assert number is not None
    address = list_url(DEFAULT_BASE, number, 3, list_script(printed))
    assert address == f"{DEFAULT_BASE}{walked}"
    assert (list_no(address), page_no(address)) == (number, 3)


@pytest.mark.parametrize(
    ("address", "is_front"),
    [
        *(
            (address, True)
            for address in ("https://newsasia.kr", "https://newsasia.kr/?mobile_reset", "/", "/index.html")
        ),
        *(
            (address, False)
            for address in ("/news/", "/news/article.html?no=5", "javascript:history.back()", "http://[")
        ),
    ],
)
def test_knows_the_front_page(address: str, *, is_front: bool) -> None:
    assert is_front_page(address) is is_front


@any_text
@given(st.integers(1, HIGHEST))
def test_reads_back_the_number_it_wrote(number: int) -> None:
    assert article_no(article_url(DEFAULT_BASE, number)) == number
    assert list_no(list_url(DEFAULT_BASE, number, 3)) == number
    assert page_no(list_url(DEFAULT_BASE, number, 3)) == 3
    assert page_no(f"{DEFAULT_BASE}/news/section.html?sec_no=22") == 1


@any_text
@given(st.text(), st.sampled_from(["", "http://[", "//", "/news/article.html?no=", "/news/section.html?sec_no="]))
def test_any_text_gives_a_number_or_none(text: str, beginning: str) -> None:
    for number in (article_no(beginning + text), list_no(beginning + text)):
        assert number is None or 0 <= number <= HIGHEST
    is_front_page(beginning + text)
