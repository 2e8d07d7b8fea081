"""Selectors find what CSS says, in the order of the page, on whole pages and on parts of them."""

from __future__ import annotations

from functools import cache

import pytest

from asiatongsin.html.element import Element, is_same, key, text_of
from asiatongsin.html.parse import parse
from asiatongsin.html.selectors import Selectors, SmallElement, WholePage
from asiatongsin.mediaon import article, body, front, related_stories, removed, section, weather
from tests.faults.mutations import mutated

FIELDS = {
    selectors
    for page_object in (article, body, front, related_stories, removed, section, weather)
    for selectors in vars(page_object).values()
    if isinstance(selectors, Selectors)
}
IN_USE = sorted({css for selectors in FIELDS for css in selectors.css})

NESTED = """<div class="art_top x"><h2>1</h2><div class='art_top'><h2>2</h2><p class="a b">3</p></div><h2 id=b>4</h2>
<ul class="art_info"><li>5</li><li class=on_thumb>6</li></ul></div><p class=" b\ta ">7</p><p id="b c">8</p>
<h2 class="art_topmost">9</h2><a href="">10</a><a>11</a><a href="/x?y=1" class=b>12</a>
<div id=c><b><i>13</i></b></div>"""


def found(css: str, markup: str = NESTED) -> list[str | None]:
    return [text_of(element) for element in Selectors(css).all(parse(markup.encode()).tree)]


@pytest.mark.parametrize(
    ("css", "texts"),
    [
        (".art_top h2", ["1", "2", "4"]),
        (".art_top > h2", ["1", "2", "4"]),
        (".art_top .art_top > h2", ["2"]),
        ("DIV.art_top > H2", ["1", "2", "4"]),
        (".art_info > li", ["5", "6"]),
        ("li:last-child", ["6"]),
        ("li:first-child", ["5"]),
        ("ul:has(> li.on_thumb)", ["56"]),
        (".a.b", ["3", "7"]),
        ("p.b.a", ["3", "7"]),
        ("#b", ["4"]),
        ("#c > b i", ["13"]),
        ("a[href]", ["10", "12"]),
        ("a[href='']", ["10"]),
        ("a[href^='/']", ["12"]),
        ("a[href*='y=']", ["12"]),
        ("p:not(.a)", ["8"]),
        ("a:not([href=''])", ["11", "12"]),
        ("p + h2", ["9"]),
        (".nowhere p", []),
    ],
)
def test_finds_what_css_says(css: str, texts: list[str]) -> None:
    assert found(css) == texts


@cache
def pages() -> list[Element]:
    return [mutated(seed).tree for seed in range(25)]


@pytest.mark.parametrize("css", IN_USE)
def test_takes_every_selector_that_is_in_use(css: str) -> None:
    for page in pages():
        list(Selectors(css).all(page))


def test_looks_into_a_part_of_a_page_only() -> None:
    part = Selectors(".art_top .art_top").first(parse(NESTED.encode()).tree)
    assert part is not None
    assert [text_of(element) for element in Selectors("h2", "p").all(part)] == ["2", "3"]
    assert Selectors("p.b").text(part) == "3"
    assert Selectors("#b").first(part) is None


def test_may_ask_for_what_is_around_the_part() -> None:
    part = Selectors("li").first(parse(b"<ul><li>1</li></ul>").tree)
    assert part is not None
    assert [is_same(element, part) for element in Selectors("ul > li").all(part)] == [True]


def test_finds_by_the_more_trusted_selector_first() -> None:
    tree = parse(b"<h3>third</h3><h2></h2><h2>second</h2>").tree
    where = Selectors("h1", "h2", "h3")
    assert [text_of(element) for element in where.all(tree)] == [None, "second", "third"]
    assert [text_of(element) for element in where.best(tree)] == [None, "second"]
    first = where.first(tree)
    assert first is not None
    assert is_same(first, where.best(tree)[0])
    assert where.text(tree) == "second"


def test_finds_nothing_where_there_is_nothing() -> None:
    where = Selectors("h1")
    tree = parse(b"").tree
    assert (list(where.all(tree)), where.best(tree), where.first(tree), where.text(tree)) == ([], [], None, None)


@pytest.mark.parametrize("css", [*IN_USE, "h2, p", ".art_top h2, .a", "b > i", "p.a", "P.a", "p:not(.a)", "#c"])
def test_finds_the_same_in_what_it_has_looked_through(css: str) -> None:
    tree = parse(f"<div class=hbox>{NESTED}</div><div>{NESTED * 9}</div>".encode()).tree
    for element in (tree, *tree.css("div, a")):
        usual = list(map(key, Selectors(css).all(element)))
        for same in (SmallElement(element), WholePage(element)):
            first = Selectors(css).first(same)
            assert list(map(key, Selectors(css).all(same))) == usual
            assert (first and key(first)) == next(iter(usual), None)
