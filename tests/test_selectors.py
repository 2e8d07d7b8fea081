"""Selectors find what lxml's XPath finds, in the same order, on whole pages and on parts of them."""

from __future__ import annotations

from functools import cache

import pytest
from asiatongsin.html.page_index import Inside
from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from asiatongsin.html.parse import parse
from asiatongsin.html.selectors import Selectors
from asiatongsin.mediaon import article, body, front, related_stories, removed, section, weather
from tests.faults.mutations import mutated

FIELDS = {
    selectors
    for page_object in (article, body, front, related_stories, removed, section, weather)
    for selectors in vars(page_object).values()
    if isinstance(selectors, Selectors)
}
IN_USE = sorted({css for selectors in FIELDS for css in selectors.css})

NESTED = b"""<div class="art_top x"><h2>1</h2><div class='art_top'><h2>2</h2><p class="a b">3</p></div><h2 id=b>4</h2>
<ul class="art_info"><li>5<ul><li class=b>6</li></ul></li><li>7</li></ul></div><p class=" b\ta ">8</p><p id="b c">9</p>
<h2 class="art_topmost">10</h2><a href="">11</a><a>12</a><a href="/x?y=1" class=b>13</a>
<div id=b><b><i>14</i></b></div>"""
NAMED = b"""<a name=b>1</a><p id=b>2</p><p id=" b">3</p></body></html><script id=c class=a>4</script>"""
UNUSUAL = [
    *(".art_top h2", ".art_top > h2", "div.art_top div h2", ".art_top .art_top > h2", ".art_info > li", "ul ul > li"),
    *(
        ".a.b",
        "p.b.a",
        ".b",
        "#b",
        "h2#b",
        "#b > b i",
        "#c",
        "script#c.a",
        "[href]",
        "a[href]",
        "a[href='']",
        "a[href^='/']",
        "a[href*='y=']",
    ),
    *("p:not(.a)", ":not(.art_top) > h2", "li:last-child", "ul > :last-child", "*", "p + h2", "h2 ~ p", "h2, p"),
    *("ul:has(> li.b)", "li:first-child", "a[href$='1']", "a:not([href])", "DIV.art_top > H2", ".nowhere p"),
]


def found(css: str, tree: _Element) -> list[_Element]:
    return list(Selectors(css).all(tree))


@cache
def pages() -> list[_Element]:
    return [parse(NESTED).tree, parse(NAMED).tree, *(mutated(seed).tree for seed in range(25))]


def by_xpath(css: str, tree: _Element) -> list[_Element]:
    matches: list[_Element] = CSSSelector(css, translator="html")(tree)
    return matches


@pytest.mark.parametrize("css", [*IN_USE, *UNUSUAL])
def test_finds_what_xpath_finds(css: str) -> None:
    for page in pages():
        assert found(css, page) == by_xpath(css, page)
    for part in (element for page in pages()[:6] for element in page.iter("div", "li", "a")):
        assert found(css, part) == by_xpath(css, part)


def test_finds_the_same_where_several_fields_are_looked_for_in_one_part() -> None:
    part = parse(NESTED).tree[0][0]
    inside = Inside(part)
    assert list(Selectors("h2", "p").all(inside)) == list(Selectors("h2", "p").all(part))
    assert Selectors("p.b").text(inside) == "3"


def test_a_page_is_not_taken_for_the_one_before() -> None:
    for number in range(50):
        tree = parse(f"<p class=a id=b>{number}</p>".encode()).tree
        assert Selectors(".a").text(tree) == Selectors("#b").text(tree) == str(number)
        del tree


def test_finds_by_the_more_trusted_selector_first() -> None:
    tree = parse(b"<h3>third</h3><h2></h2><h2>second</h2>").tree
    where = Selectors("h1", "h2", "h3")
    assert [element.text for element in where.all(tree)] == [None, "second", "third"]
    assert [element.text for element in where.best(tree)] == [None, "second"]
    assert where.first(tree) is next(where.best(tree))
    assert where.text(tree) == "second"


def test_finds_nothing_where_there_is_nothing() -> None:
    where = Selectors("h1")
    tree = parse(b"").tree
    assert (list(where.all(tree)), list(where.best(tree)), where.first(tree), where.text(tree)) == ([], [], None, None)
