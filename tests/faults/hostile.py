"""Pages written to take a reader seconds or gigabytes: what the parser is slow at, hidden from who counts it."""

from __future__ import annotations

from collections.abc import Callable

from asiatongsin.items import Page, PageKind
from asiatongsin.mediaon.urls import article_url, list_url
from asiatongsin.site import DEFAULT_BASE
from tests.faults.mutations import page_at

LARGEST = 200_000
"""Bytes to which they are cut."""

HEADLINE = "<div class=art_top><h2>제목</h2></div><div id=news_body_area>글</div>"


def page_of(body: bytes, kind: PageKind) -> Page:
    """The page that is read."""
    url = article_url(DEFAULT_BASE, 5) if kind == "article" else list_url(DEFAULT_BASE, 34, 1)
    return page_at(url, kind, 5 if kind == "article" else None, body[:LARGEST])


def numbered(count: int, form: str) -> str:
    return "".join(form.replace("{}", str(number)) for number in range(count))


def attributes(count: int) -> str:
    return " ".join(f"a{number}" for number in range(count))


BOLD = "<b id={}>"
PARAGRAPHS = "<p>x" * 3000
LEFT_OPEN = "<p>" + numbered(1000, BOLD)
CLOSED = "</b>" * 1000

FORMATTING = {
    "a paragraph in each": numbered(3000, BOLD + "<p>"),
    "closed at the end": numbered(3000, BOLD + "<p>") + CLOSED,
    "upper case": numbered(3000, "<B ID={}><P>"),
    "slash": numbered(3000, "<b/id={}><p>"),
    "line end": numbered(3000, "<b\nid={}><p>"),
    "form feed": numbered(3000, "<b\fid={}><p>"),
    "NUL": numbered(3000, "<\0b\0 id={}><p>"),
    "quote in a name": numbered(2000, '<b a"=">x</b><p>" id={}><p>'),
    "closed in a comment": numbered(3000, BOLD + "x<!--</b>--><p>"),
    "closed behind a short comment": numbered(3000, BOLD + "x<!--></b>--></b><p>"),
    "closed in a script": numbered(3000, BOLD + "<script></b></script><p>x"),
    "closed in an attribute": numbered(3000, BOLD + "x<q a='</b>'><p>"),
    "hidden by a comment": numbered(3000, '<!-- <q a=" -->' + BOLD + '<p>x<!-- "> -->'),
    "hidden by one of its kind": numbered(3000, '<!-- <b a=" -->' + BOLD + '<p>x<!-- "> -->'),
    "closed in a script that hides its end": LEFT_OPEN
    + f'<script><q a="</script><!--"></q></script>{CLOSED}-->{PARAGRAPHS}',
    "closed in a script that opens one": f"{LEFT_OPEN}<script><!--<script></script>{CLOSED}--></script>{PARAGRAPHS}",
    "closed in a style of svg": f"{LEFT_OPEN}<svg><style><!--</style>{CLOSED}--></svg>{PARAGRAPHS}",
    "closed in CDATA": f"{LEFT_OPEN}<svg><![CDATA[>{CLOSED}]]></svg>{PARAGRAPHS}",
    "closed in a select": f"{LEFT_OPEN}<select>{CLOSED}</select>{PARAGRAPHS}",
    "closed in an object": f"{LEFT_OPEN}<object>{CLOSED}</object>{PARAGRAPHS}",
    "closed in a table": f"{LEFT_OPEN}<table>{CLOSED}</table>{PARAGRAPHS}",
    "closed in a template": f"{LEFT_OPEN}<template>{CLOSED}</template>{PARAGRAPHS}",
    "closed before": CLOSED + LEFT_OPEN + PARAGRAPHS,
    "closed too late": f"{LEFT_OPEN}{'<p>x</p>' * 2000}{CLOSED}</p>",
    "closed too late in an entry": f"<li>{numbered(1000, BOLD)}{'<li>x</li>' * 2000}{CLOSED}</li>",
    "blocks before the end": "<p>" + numbered(1500, BOLD + "<div>" * 9 + "</b>" + "</div>" * 9) + PARAGRAPHS,
    "few, and many paragraphs": "<p>" + numbered(7, BOLD) + "<p>x" * 48_000,
    "many attributes": "<p>" + numbered(10, f"<b id={{}} {attributes(500)}>") + PARAGRAPHS,
    "long attributes": "<p>" + numbered(3, f"<b a{{}}='{'x' * 30_000}'>") + PARAGRAPHS,
    "links and tables": numbered(3000, "<a href=/news/article.html?no={}><table><td>"),
    "links and blocks": numbered(9000, "<a id={}><div>"),
}

LINK = "<a href=/news/article.html?no={}>t</a>"

DEPTH = {
    "div": "<div>" * 12_000,
    "lists": "<ul><li>" * 20_000,
    "headings": "<h1><b>" * 20_000,
    "ends of nothing": "<x>" * 9_000 + "</y>" * 30_000,
    "blocks": HEADLINE + numbered(700, "<div class=c>" + LINK) + "<b></b>" * 1000,
    "widgets": HEADLINE + numbered(600, "<div class=hdl_001>" + LINK) + "<h2></h2>" * 900,
    "links": HEADLINE + numbered(600, "<a href=/news/article.html?no={}><object><b></b><b></b><em></em>"),
    "subheadlines": HEADLINE.replace("</div>", "<h3><div><br>" * 700, 1) + HEADLINE,
    "lists of articles": numbered(700, "<ul class=art_list_all><li>" + LINK),
    "cities": "<div class=weather_box>" + "<ul><li class=icon_w><span><br>x</span>" * 500,
    "bodies": "<div id=news_body_area>" * 1500,
    "photos": "<div id=news_body_area>" + "<figure><img src=/x.jpg>" * 1000,
}

ATTRIBUTES = {
    "one tag": f"<div {attributes(30_000)}>",
    "behind a quote in a comment": f'<!-- <q a=" --><div {attributes(30_000)}><!-- "> -->',
    "of the frame": numbered(8000, "<html a{} b{} c{}>"),
    "tags in attributes": "<b a=\"<b a='" * 18_000,
    "tags in tags": "<b " * 60_000,
    "no end": "<b a" * 50_000,
    "classes": "<div class='" + "hdl_003 " * 24_000 + f"'>{LINK}",
}

OTHERS = {
    "text in pieces": "x</q>" * 40_000,
    "text in a table": "<table>" + "x<tr>" * 40_000,
    "templates": "<template>" * 20_000,
    "svg": "<svg>" + "<g>" * 40_000,
    "entries": "<ul class=art_top_nav>" + "<li><a>" * 25_000,
    "references": "&CounterClockwiseContourIntegral;" * 6_000,
    "iframes": "<iframe>" * 25_000,
    "plain text": "<plaintext>" * 18_000,
    "frameset": "<frameset>" + numbered(9000, BOLD) + PARAGRAPHS,
}

ENCODED: dict[str, Callable[[str], bytes]] = {
    "UTF-16": lambda markup: markup.encode("utf-16"),
    "EUC-KR": lambda markup: ("가" + markup).encode("euc-kr"),
    "no encoding": lambda markup: b"\xff" + markup.encode(),
}

HOSTILE = {
    **{f"formatting, {name}": markup.encode() for name, markup in FORMATTING.items()},
    **{f"formatting in {name}": encode(FORMATTING["a paragraph in each"]) for name, encode in ENCODED.items()},
    **{f"depth, {name}": markup.encode() for name, markup in DEPTH.items()},
    **{f"attributes, {name}": markup.encode() for name, markup in ATTRIBUTES.items()},
    **{name: markup.encode() for name, markup in OTHERS.items()},
}
"""By what they are slow at, and how that is hidden."""
