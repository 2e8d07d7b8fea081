"""What a reader of a page reads is in the body; photos have the address of the photo."""

from __future__ import annotations

from time import process_time

import pytest

from asiatongsin.html.parse import parse
from asiatongsin.items import Article
from pipelines.stages.split import split
from tests.samples import present
from tests.unit.test_split import BODY, MENU, TOP, page

LONG = "가나다라마바사 " * 40


def article(markup: str) -> Article:
    """The article of a page with this markup in place of the body."""
    return present(split(page(MENU + TOP.format("") + markup)).article)


def body(markup: str) -> list[str]:
    return list(article(BODY.format(markup)).body)


def photos(markup: str) -> list[tuple[str, str | None]]:
    images = article(BODY.format(f"<p>글</p>{markup}")).images
    return [(image.url.removeprefix("https://newsasia.kr"), image.caption) for image in images]


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        ("<figure class=table><table><tr><td>가</td><td>나</td></tr></table></figure>", ["가\t나"]),
        ("<figure><blockquote>인용</blockquote><figcaption>말한 이</figcaption></figure>", ["인용", "말한 이"]),
        ("<figure><iframe src='//youtu.be/a'></iframe><figcaption>영상</figcaption></figure>", ["영상"]),
        ("<figure><img src=a.jpg><table><tr><td>가<td>나</table><figcaption>설명</figcaption></figure>", ["가\t나"]),
        ("<div class=imgframe><img src=a.jpg><ul><li>하나<li>둘</ul></div>", ["하나", "둘"]),
        (f"<div class=imgframe><img src=a.jpg><p>설명</p><p>{LONG * 4}</p>", ["설명", (LONG * 4).strip()]),
        ("<figure><img src='data:image/gif;base64,R0'><figcaption>설명</figcaption></figure>", ["설명"]),
        ("<form><p>설문</p><label>하나</label><button>보내기</button></form>", ["설문", "하나"]),
        ("<svg><title>아이콘</title><text>그림 <tspan>글</tspan></text><text>둘째</text></svg>", ["그림 글", "둘째"]),
        ("<svg><text><tspan x=0 y=1>첫</tspan><tspan x=0 y=2>줄</tspan></text></svg>", ["첫 줄"]),
        ("<details><summary>물음</summary>답</details>", ["물음", "답"]),
    ],
)
def test_reads_text_wherever_it_stands(markup: str, paragraphs: list[str]) -> None:
    assert body(f"<p>앞</p>{markup}<p>뒤</p>") == ["앞", *paragraphs, "뒤"]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("<tr><td>가<td><td>다", ["가\t\t다"]),
        ("<tr><td><td>나<td>다", ["\t나\t다"]),
        ("<tr><td>가<td>&nbsp;<td><tr><td>1<td>2<td>3", ["가\t\t", "1\t2\t3"]),
        ("<tr><td><p>가</p><td><p>&nbsp;</p><td><p>다<br>라</p>", ["가\t\t다 라"]),
        ("<tr><td><td><td>", []),
        ("<tr><th colspan=2>가<th>다<tr><td>1<td>2<td>3", ["가\t\t다", "1\t2\t3"]),
        ("<tr><th rowspan=2>가<td>나<td>다<tr><td>2<td>3", ["가\t나\t다", "\t2\t3"]),
        ("<tr><td>가<td rowspan=2 colspan=2>나<tr><td>1", ["가\t나\t", "1\t\t"]),
        ("<caption>표 1</caption><thead><tr><td>가<td>나</thead><tfoot><tr><td>합<td>3", ["표 1", "가\t나", "합\t3"]),
        ("<tr><td>글 <b>한</b> 줄", ["글 한 줄"]),
        ("<tr><td width=9><td><p>한 문단</p><p>두 문단</p><td>", ["한 문단", "두 문단"]),
        (f"<tr><td>사진 설명<td><p>{LONG}</p><p>{LONG}</p>", ["사진 설명", LONG.strip(), LONG.strip()]),
        ("<tr><td>가<td><table><tr><td>안<td>쪽</table>", ["가", "안\t쪽"]),
        ("<tr><td colspan=99999999>가<td rowspan=-1>나<td colspan=x>다", ["가\t나\t다"]),
    ],
)
def test_keeps_the_columns_of_a_table(rows: str, lines: list[str]) -> None:
    assert body(f"<p>앞</p><table>{rows}</table><p>뒤</p>") == ["앞", *lines, "뒤"]


def test_bounds_what_a_table_may_claim() -> None:
    row = "<tr>" + "<td rowspan=1000 colspan=50>가" * 40
    assert sum(map(len, body(f"<table>{row * 100}</table>"))) < 400_000


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<img src=blank.gif data-src=/a.jpg>", [("/a.jpg", None)]),
        ("<img src=/small.jpg data-original=/a.jpg>", [("/a.jpg", None)]),
        ("<img src=/images/loading.svg data-lazy-src=/photo.php?no=3>", [("/photo.php?no=3", None)]),
        ("<img src='data:image/gif;base64,R0' data-photo=/a.png>", [("/a.png", None)]),
        ("<img data-src=/a.jpg title='설명'>", [("/a.jpg", "설명")]),
        ("<img srcset='/a_320.jpg 320w, /a_960.jpg 960w, /a_640.jpg 640w'>", [("/a_960.jpg", None)]),
        ("<img src=/img/blank.gif data-srcset='/a.jpg 1x, /b.jpg 2x'>", [("/b.jpg", None)]),
        ("<picture><source srcset=/a.webp><img src='data:image/gif;base64,R0'></picture>", [("/a.webp", None)]),
        ("<picture><source srcset=/a.webp><img src=/a.jpg></picture>", [("/a.jpg", None)]),
        ("<img data-src=/a.jpg><noscript><img src=/a.jpg></noscript>", [("/a.jpg", None)]),
        ("<img class=lazy><noscript><img src=/a.jpg></noscript>", [("/a.jpg", None)]),
        ("<div style=\"background-image: url('/a.jpg')\"></div>", [("/a.jpg", None)]),
        ("<svg><image href=/a.jpg /></svg>", [("/a.jpg", None)]),
        ("<figure><img data-src=/a.jpg><figcaption>설명</figcaption></figure>", [("/a.jpg", "설명")]),
        ("<div class=imgframe><img srcset=/a.jpg><p>▲ 설명</p></div>", [("/a.jpg", "▲ 설명")]),
        ("<table class=imgframe><tr><td><img src=/a.jpg><tr><td>설명</table>", [("/a.jpg", "설명")]),
        (
            "<figure><figure><img src=/a.jpg><figcaption>하나</figcaption></figure>"
            "<figure><img src=/b.jpg><figcaption>둘</figcaption></figure></figure>",
            [("/a.jpg", "하나"), ("/b.jpg", "둘")],
        ),
        ("<img src=/images/1x1.gif data-url=/a.jpg>", [("/a.jpg", None)]),
        ("<img src=/skin/bg_blank.png?v=2 srcset='/a.jpg 2x'>", [("/a.jpg", None)]),
        (
            "<figure><figure><img src=/a.jpg><table><tr><td>가<td>나</table></figure></figure>",
            [("/a.jpg", None)],
        ),
        ("<img src=/photo.jpg data-index=3 data-role=zoom.in>", [("/photo.jpg", None)]),
        ("<img src=/blank-hill.jpg>", [("/blank-hill.jpg", None)]),
        ("<img src='data:image/png;base64,R0' alt='점'>", []),
    ],
)
def test_stores_the_address_of_the_photo_itself(markup: str, expected: list[tuple[str, str | None]]) -> None:
    assert photos(markup) == expected


@pytest.mark.parametrize(
    ("markup", "paragraphs"),
    [
        ("<div id=news_body_area>하나</div><p>광고</p><div id=news_body_area>둘</div>", ["하나", "둘"]),
        ("<div id=news_body_area> </div><div id=news_body_area>둘</div>", ["둘"]),
        ("<div id=news_body_area>하나</div><div itemprop=articleBody>둘</div>", ["하나", "둘"]),
        ("<div itemprop=articleBody>머리<div id=news_body_area>하나</div></div>", ["하나"]),
        ("<div id=news_body_area>하나<div id=news_body_area>속</div></div>", ["하나", "속"]),
        ("<div id=news_body_area></div><div class=news_detail>둘</div>", ["둘"]),
        ("<div class=cnt_view>하나</div><div class=cnt_view>둘</div>", ["하나", "둘"]),
        ("<div id=news_body_area>하나 둘</div><div id=news_body_area>하나<br>둘</div>", ["하나 둘"]),
        ("<div id=news_body_area>하나</div><div id=news_body_area>하나<br>둘</div>", ["하나", "둘"]),
        (
            "<div id=news_body_area>하나</div><div class=art_top><h2>다른</h2></div><div id=news_body_area>둘</div>",
            ["하나"],
        ),
    ],
)
def test_reads_a_body_in_parts_and_no_copy_of_it(markup: str, paragraphs: list[str]) -> None:
    assert list(article(markup).body) == paragraphs


def test_takes_the_photos_of_all_parts_once() -> None:
    part = "<div id=news_body_area>{}<img src=/{}.jpg><img src=/c.jpg></div>"
    images = article(part.format("하나", "a") + part.format("둘", "b")).images
    assert [image.url[-6:] for image in images] == ["/a.jpg", "/c.jpg", "/b.jpg"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<a href=/data/file/a.hwp>붙임 1</a>", [("attachment", "/data/file/a.hwp", "붙임 1")]),
        ("<a href=/down.php?no=3>보도자료.PDF (2MB)</a>", [("attachment", "/down.php?no=3", "보도자료.PDF (2MB)")]),
        ("<a href=/file/3 download>받기</a>", [("attachment", "/file/3", "받기")]),
        ("<a href=/down.php?name=a.xlsx&no=1>표</a>", [("attachment", "/down.php?name=a.xlsx&no=1", "표")]),
        ("<a href=https://example.kr/>누리집</a>", [("link", "https://example.kr/", "누리집")]),
        ("<a href=https://example.kr/><img src=/a.jpg></a>", [("link", "https://example.kr/", None)]),
        ("<iframe src=https://www.youtube.com/embed/x></iframe>", [("embed", "https://www.youtube.com/embed/x", None)]),
        ("<iframe src=about:blank data-src=//youtu.be/x></iframe>", [("embed", "https://youtu.be/x", None)]),
        ("<video><source src=/a.mp4></video>", [("embed", "/a.mp4", None)]),
        ("<audio src=/a.mp3></audio>", [("embed", "/a.mp3", None)]),
        ("<object data=/a.pdf></object>", [("embed", "/a.pdf", None)]),
        (
            "<figure class=media><oembed url=https://youtu.be/x></oembed></figure>",
            [("embed", "https://youtu.be/x", None)],
        ),
        ("<div data-oembed-url=https://youtu.be/x></div>", [("embed", "https://youtu.be/x", None)]),
        ("<figure><img src=/a.jpg><figcaption><a href=/b>출처</a></figcaption></figure>", [("link", "/b", "출처")]),
        ("<map><area href=/b></map>", [("link", "/b", None)]),
        ("<a href=#top>위</a><a href=javascript:void(0)>x</a><a href=mailto:a@b.kr>a</a><a name=x>y</a>", []),
        ("<a href=/b>하나</a> <a href=/b>하나</a>", [("link", "/b", "하나")]),
        ("<div class=com_ban><a href=/news/banner_click.php?no=3>광고</a></div>", []),
    ],
)
def test_keeps_where_the_text_leads(markup: str, expected: list[tuple[str, str, str | None]]) -> None:
    links = article(BODY.format(f"<p>글</p>{markup}")).links
    assert [(link.kind, link.url.removeprefix("https://newsasia.kr"), link.text) for link in links] == expected


def test_keeps_files_that_are_offered_beside_the_text_and_no_other_link() -> None:
    files = "<ul class=files><li><a href=/a.hwp>a.hwp</a><li><a href=/b>나</a></ul>"
    column = f"<div class=arv_001>{TOP.format('')}{BODY.format('글')}{files}</div>"
    read = present(split(page(f"{MENU}{column}<div id=footer><a href=/rates.pdf>광고 단가</a></div>")).article)
    assert [(link.kind, link.text) for link in read.links] == [("attachment", "a.hwp")]


def test_reads_through_nested_tables() -> None:
    markup = "<table><tr><td>" * 200 + "글"
    assert parse(markup.encode()).excess is None
    assert body(markup) == ["글"]


def test_reads_thousands_of_links_and_frames_in_bounded_time() -> None:
    """Compared with each other they took minutes."""
    links = "".join(f"<a href=/{number}>글</a>" for number in range(20_000))
    frames = "<figure>" * 150 + "<img src=/a.jpg><ul><li>글</ul>"
    begin = process_time()
    assert len(article(BODY.format(links + frames)).links) == 20_000
    assert process_time() - begin < 5
