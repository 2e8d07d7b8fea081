"""The address of a site: what a user may write, and what belongs to the site."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scrapy.http import Request

from asiatongsin.mediaon.urls import article_url
from asiatongsin.site import Site
from tests.cases import bug


@pytest.mark.parametrize(
    ("written", "base", "key"),
    [
        ("https://newsasia.kr", "https://newsasia.kr", "newsasia.kr"),
        ("newsasia.kr", "https://newsasia.kr", "newsasia.kr"),
        (" newsasia.kr/ ", "https://newsasia.kr", "newsasia.kr"),
        ("HTTP://WWW.NewsAsia.kr/", "http://www.newsasia.kr", "newsasia.kr"),
        ("https://m.newsasia.kr", "https://m.newsasia.kr", "newsasia.kr"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("localhost:8000", "https://localhost:8000", "localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]:8000"),
        ("https://newsasia.kr:443", "https://newsasia.kr", "newsasia.kr"),
        ("http://newsasia.kr:80", "http://newsasia.kr", "newsasia.kr"),
        ("https://newsasia.kr:", "https://newsasia.kr", "newsasia.kr"),
    ],
)
def test_reads_what_a_user_writes(written: str, base: str, key: str) -> None:
    site = Site.parse(written)
    assert (site.base, site.key) == (base, key)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("", "write for example https://newsasia.kr"),
        ("ftp://newsasia.kr", "write for example https://newsasia.kr"),
        ("//newsasia.kr", "write for example https://newsasia.kr"),
        ("https://", "write for example https://newsasia.kr"),
        ("https://newsasia.kr/news/", "write https://newsasia.kr"),
        ("newsasia.kr/news/article.html?no=5", "write https://newsasia.kr"),
        ("newsasia.kr?no=5", "write https://newsasia.kr$"),
        ("http://newsasia.kr:8000/news/", "write http://newsasia.kr:8000$"),
        ("http://[::1]:8000/news/", r"write http://\[::1\]:8000$"),
        ("http://[::1", "is not the address of a site, or its port is no number"),
        ("newsasia.kr#top", "write https://newsasia.kr"),
        ("https://user:secret@newsasia.kr", "write it like https://newsasia.kr"),
        ("newsasia.kr:news", "news"),
        ("newsasia.kr:99999", "65535"),
        ("http://[newsasia.kr]", "newsasia.kr"),
        ("https://:secret@newsasia.kr", "write it like https://newsasia.kr"),
        bug("https://www.", "https", reason="a key of nothing"),
        bug("news asia.kr", "https", reason="what stands for a host is not looked at"),
        bug("%A", "https", reason="what stands for a host is not looked at"),
    ],
)
def test_says_what_is_wrong_with_an_address(written: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        Site.parse(written)


@pytest.mark.parametrize(
    "written", ["https://user:geheim@newsasia.kr", "newsasia.kr:geheim@x", "http://u:geheim/x@y", "u:geheim?@x"]
)
def test_does_not_repeat_a_password(written: str) -> None:
    with pytest.raises(ValueError, match="neither user nor password") as caught:
        Site.parse(written)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "is_loopback"),
    [
        *(
            (address, True)
            for address in ("127.0.0.1:8000", "127.8.8.8", "http://[::1]", "localhost", "site.localhost")
        ),
        *((address, False) for address in ("newsasia.kr", "localhost.newsasia.kr", "10.0.0.1", "http://[fe80::1]")),
    ],
)
def test_knows_this_machine(address: str, *, is_loopback: bool) -> None:
    assert Site.parse(address).is_loopback is is_loopback


@pytest.mark.parametrize(
    "address",
    [
        "https://newsasia.kr/",
        "http://newsasia.kr/news/article.html?no=5",
        "http://www.newsasia.kr:80/news/article.html?no=5",
        "https://WWW.NEWSASIA.KR/",
        "https://m.newsasia.kr:443/",
    ],
)
def test_owns_all_forms_of_its_own_host(address: str) -> None:
    assert Site.parse("newsasia.kr").owns(address)
    assert Site.parse("http://www.newsasia.kr").owns(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/news/article.html?no=5",
        "//newsasia.kr/news/article.html?no=5",
        "ftp://newsasia.kr/",
        "javascript:alert('newsasia.kr')",
        "https://newsasia.kr:8443/",
        "https://img.newsasia.kr/",
        "https://newsasia.kr.example.org/",
        "https://newsasia.kr@example.org/",
        "https://reader@newsasia.kr/",
        "https://:secret@newsasia.kr/",
        "ftp://newsasia.kr:80/",
        "https://example.org/newsasia.kr",
        "http://127.0.0.1/",
        "http://newsasia.kr:port/",
        "http://[newsasia.kr]/",
    ],
)
def test_owns_no_other_host_port_or_scheme(address: str) -> None:
    assert not Site.parse("newsasia.kr").owns(address)


def test_owns_its_port_alone_where_it_has_one() -> None:
    site = Site.parse("http://127.0.0.1:8000")
    assert site.owns("http://127.0.0.1:8000/news/article.html?no=5")
    assert not site.owns("http://127.0.0.1/")
    assert not site.owns("http://127.0.0.1:5432/")


def test_owns_what_it_asks_for_where_the_host_is_korean() -> None:
    site = Site.parse("https://온누리신문.kr")
    assert site.owns(Request(article_url(site.base, 5)).url)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(), st.sampled_from(["", "https://", "http://www.", "http://[", "https://newsasia.kr:", "newsasia.kr"]))
@example("%A", "")
def test_any_text_gives_a_site_that_owns_its_articles_or_an_error(text: str, beginning: str) -> None:
    try:
        site = Site.parse(beginning + text)
    except ValueError:
        return
    assert site.owns(article_url(site.base, 5))
