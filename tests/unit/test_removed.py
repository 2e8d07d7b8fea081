"""Removed is only what says so, or is truly empty; the rest is read, or is unreadable and kept."""

from __future__ import annotations

from time import process_time

import pytest

from asiatongsin.items import PageItems
from pipelines.stages.split import split
from tests.samples import present
from tests.unit.test_split import BODY, MENU, TOP, page


def read(body: str) -> PageItems:
    """A page with a menu, a headline and this body."""
    return split(page(MENU + TOP.format("") + BODY.format(body)))


@pytest.mark.parametrize(
    ("body", "images"),
    [
        ("<p><img data-src=/a.jpg></p>", 1),
        ("<p><img srcset='/a.jpg 1x'></p>", 1),
        ("<p><img src='data:image/gif;base64,R0' data-original=/a.jpg></p>", 1),
        ("<div class=swiper-slide style='background:url(/a.jpg)'></div>", 1),
        ("<figure class=image><img class=lazyload data-lazy-src=/a.jpg></figure>", 1),
        ("<noscript><img src=/a.jpg></noscript>", 1),
        ("<audio controls src=/a.mp3></audio>", 0),
        ("<audio><source src=/a.mp3></audio>", 0),
        ("<figure class=table><table><tr><td>가</td></tr></table></figure>", 0),
        ("<figure class=media><oembed url=https://youtu.be/x></oembed></figure>", 0),
        ("<form><p>설문</p></form>", 0),
        ("<svg><text>그림</text></svg>", 0),
        ("<p><a href=/a.hwp></a></p>", 0),
        ("<div data-oembed-url=https://youtu.be/x></div>", 0),
    ],
)
def test_reads_a_story_without_plain_text(body: str, images: int) -> None:
    items = read(body)
    assert (items.removed, items.rejected) == (None, None)
    assert len(present(items.article).images) == images


@pytest.mark.parametrize(
    "body",
    [
        "<p><img class=lazy></p>",
        "<img src='data:image/png;base64,R0'>",
        "<div class=cardnews data-id=12></div>",
        "<card-news></card-news>",
        "<script src=/js/cardnews.js></script>",
        "<script>document.write(story)</script>",
        "<canvas></canvas>",
        "<svg><path d=M0></svg>",
        "<div class=art_box><a href=/news/article.html?no=5>다른 기사</a></div>",
        "<script>alert('로그인이 필요합니다')</script>",
        "<select><option>하나</select>",
    ],
)
def test_keeps_what_it_cannot_read_and_does_not_call_it_removed(body: str) -> None:
    items = read(body)
    assert (items.removed, items.article) == (None, None)
    assert present(items.rejected).missing == ("body",)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>&nbsp;</p><p><br></p>",
        "<div class=smartOutput id=x style='width:100%'><span lang=ko> </span></div>",
        "<!-- 기사 --><style>p {}</style><script>var ad = 1;</script>",
        "<script src=//pagead2.googlesyndication.com/a.js></script><ins class=adsbygoogle data-ad-client=x></ins>",
        "<div class=com_ban><a href=/news/banner_click.php?no=3><img src=/data/banner/b.gif></a></div>",
        "<table><tr><td></td></tr></table><input type=hidden name=no>",
        "<a name=top></a>",
    ],
)
def test_takes_a_body_for_empty_in_which_nothing_is_and_nothing_comes(body: str) -> None:
    assert read(body).removed == "empty body"


@pytest.mark.parametrize(
    "message",
    [
        "삭제된 기사입니다.",
        "삭제되었거나 없는 기사입니다",
        "없는 기사",
        "존재하지 않는 기사입니다.",
        "요청하신 기사를 찾을 수 없습니다.",
        "해당 기사가 없습니다.",
        "등록된 게시물이 없습니다",
        "지워진 기사입니다",
        "등록되지 않은 기사입니다",
        "잘못된 기사번호입니다",
        "비공개 처리된 기사입니다.",
        "게재가 중단된 기사입니다.",
        "Article not found",
        r"\uc0ad\uc81c\ub41c \uae30\uc0ac",
    ],
)
def test_believes_an_alert_that_says_the_article_is_gone(message: str) -> None:
    for script in (
        f"alert('{message}'); history.back();",
        f'window.alert( "{message}" );location.href="/"',
        f"var m = '{message}'; alert(m); history.go(-1)",
    ):
        assert split(page(f"<script>{script}</script>")).removed in {"alert", "front page"}, script
    inside = split(page(TOP.format("") + BODY.format(f"<script>alert('{message}')</script>")))
    assert inside.removed == "alert"


@pytest.mark.parametrize(
    "message",
    [
        "로그인이 필요합니다.",
        "로그인 후 이용하세요. 비회원은 볼 수 없는 기사입니다.",
        "회원만 볼 수 있습니다",
        "유료 기사입니다",
        "구독자 전용 기사입니다",
        "접근 권한이 없습니다",
        "성인 인증이 필요한 기사입니다",
        "지금은 볼 수 없는 기사입니다",
        "서버 점검 중입니다",
        "접속자가 많습니다. 잠시 후 다시 시도하세요",
        "잘못된 접근입니다.",
        "Please log in",
    ],
)
def test_takes_no_other_alert_for_a_removal(message: str) -> None:
    for script in (
        f"alert('{message}'); history.back();",
        f"alert('{message}'); location.href='/member/member_login.html';",
        f"alert('{message}'); location.href='/';",
        f"if (confirm('{message}')) location.href='/member/member_login.html'; else history.back();",
        f"var m = '{message}'; alert(m); history.back();",
    ):
        items = split(page(f"<script>{script}</script>"))
        assert (items.removed, items.rejected is None) == (None, False), script


def test_takes_no_script_that_waits_for_a_click_for_a_removal() -> None:
    scripts = (
        "function home() { if (x) { y() } location.href='/' }",
        "function gone(no) { alert('삭제된 기사입니다') }",
        "history.back()",
    )
    for script in scripts:
        assert split(page(f"<p>새 모양</p><script>{script}</script>")).removed is None, script


def test_keeps_a_page_that_opens_with_a_question_though_its_body_is_empty() -> None:
    empty = MENU + TOP.format("") + BODY.format("")
    assert split(page(f"{empty}<script>alert('회원 전용 기사입니다')</script>")).rejected
    search = "$('#s').click(function () { if (!q) { alert('로그인이 필요합니다') } })"
    assert split(page(f"{empty}<script>{search}</script>")).removed == "empty body"


def test_takes_no_longer_for_a_script_that_is_written_to_be_slow() -> None:
    begin = process_time()
    for script in ("alert('" * 100_000, "alert(x);" + "' a" * 100_000, "function a(){" * 100_000, "'" + " a" * 200_000):
        split(page(f"<p>글</p><script>alert(m);{script}</script>"))
    assert process_time() - begin < 5
