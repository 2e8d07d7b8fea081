"""What surrounds every desktop page: head, date and weather strip, menu, banners, footer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .filler import Filler
from .markup import attribute, text
from .sections import SECTIONS
from .truth import TrueReading
from .weather import weather_box

PAPER = "아시아통신"
HOME = "http://www.newsasia.kr"

_WEEKDAYS = "월화수목금토일"

BANNER = (
    f'<div class=\'com_ban\'><a href="{HOME}/news/banner_click.php?no=2" target="_blank">'
    f'<img src="{HOME}/data/banner/banner_1520995413.gif" width="100%" border="0" alt="배너" /></a></div>'
)

_HEAD = """<link rel="alternate" type="application/rss+xml" title="RSS 2.0" href="/data/rss/news.xml">
<link type="text/css" rel="stylesheet" href="/data/skin/layout/1/m16/images/css/index_cache.css">
<meta name="subject" content="{paper}" />
<meta name="copyright" content="{paper}" />
<script type="text/javascript" src="/js/common/jquery-1.11.1.js"></script>
<script type="text/javascript">
	var jQuery11 = $.noConflict(true);
</script>
{filler}</head>
<body>
<div class="body_wrap">
<ul class="accessibility">
	<li><a href="#gnb">주메뉴 바로가기</a></li>
	<li><a href="#container">본문 바로가기</a></li>
</ul>
"""

_TOP = """<!-- 상단 네비게이터 -->
<div class="wrapper top_nav">
	<div>
		<ul class="tn_left"><li><a href="/" class="tl01">시작페이지로</a></li></ul>
		<p class="today_txt">{today}</p>
		{weather}
		<ul class="tn_right"><li><a href="/member/member_login.html" class="icon_login">로그인</a></li></ul>
	</div>
</div>
"""

_HEADER = """<div id="header" class="wrapper"><div><div class="head_top"><div>
	<h1><b><a href='/' target='_top' onfocus='blur()'>
		<img src='/data/design/logo/toplogo_20160929135509.png' alt='{paper}' class='png24' /></a></b></h1>
	<div class="ht_left"><div class='com_ban'><a href="{home}/news/banner_click.php?no=1" target="_blank">
		<img src="{home}/data/banner/banner_1513048756.png" width="100%" border="0" alt="배너" /></a></div></div>
</div></div></div></div>
<div class="wrapper head_cen"><div><div class="pr">
	<ul id="gnb" class="vertical">
		<li><a href="/news/article_list_all.html">전체기사</a></li>
{sections}
		<li><a href="https://www.example.org/" target="_blank"><span>자매지</span></a></li>
		<li><a href="/home/page.html"><span>신문사소개</span></a></li>
	</ul>
	<div class="search_box"><form method="GET" action="/news/search_result.html">
		<input id="search" name="search" type="text" class="i_text"></form></div>
	{filler}</div></div></div>
"""

_COLUMNS = """<div class="wrapper"><div id="container">
<div class="column col73 mb00">
<div><div>
{main}
</div></div>
<div><div><div class="pl20">
{banner}
{side}
"""

_FOOTER = """</div></div></div>
</div>
</div></div>
<div class="wrapper" id="footer"><div><div class="foot_wrap"><div class="foot_con">
	<ul>
		<li><a href="/home/page.html?code=company">신문사소개</a></li>
		<li><a href="/home/page.html?code=policy">개인정보취급방침</a></li>
	</ul>
	<p class="ffd">온누리시 하늘빛로 1 | 등록번호 : 온누리, 아00000 | 발행/편집인 : 고보람</p>
	<b><a href="http://www.mediaon.co.kr/" target="_blank">
		<img src="/data/skin/layout/1/m16/images/img/logo_sponsor.png" alt="powered by mediaOn" /></a></b>
	<p class="ffd mt00"><span class="fwb mr00">UPDATE</span>: {update:%Y년 %m월 %d일 %H시 %M분}</p>
</div></div></div></div>
</div></body></html>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What the header and footer print at one moment."""

    today: datetime
    """The site's clock; only its date is printed."""

    readings: tuple[TrueReading, ...]
    """The weather strip."""

    update: datetime
    """Time of the site's newest article."""


class Chrome:
    """The surroundings of one site. What does not change from page to page is made once."""

    def __init__(self, seed: int, page_bytes: int) -> None:
        self._seed = seed
        self._page_bytes = page_bytes
        self._filler = Filler(page_bytes)
        self._head = _HEAD.format(paper=PAPER, filler=self._filler.head).encode()
        self._header = _HEADER.format(paper=PAPER, home=HOME, sections=_menu(), filler=self._filler.menu).encode()
        self._top: tuple[object, bytes] = (None, b"")

    def page(self, moment: Moment, *, title: str, path: str, main: str, side: str) -> bytes:
        """A whole page: `main` in the wide column, `side` in the right one; no title gives the paper's name."""
        parts = [
            _opening(title, path).encode(),
            self._head,
            self._top_of(moment),
            self._header,
            _COLUMNS.format(main=main, banner=BANNER, side=side).encode(),
        ]
        end = _FOOTER.format(update=moment.update).encode()
        missing = self._page_bytes - sum(map(len, parts)) - len(end)
        return b"".join([*parts, self._filler.widgets(missing), end])

    def _top_of(self, moment: Moment) -> bytes:
        key = (moment.today.date(), moment.readings)
        if self._top[0] != key:
            strip = weather_box(moment.readings, self._seed)
            self._top = (key, _TOP.format(today=_day(moment.today), weather=strip).encode())
        return self._top[1]


def _opening(title: str, path: str) -> str:
    """The head as far as pages differ in it; `og:type` is `article` everywhere, as on the real sites."""
    headline = title or PAPER
    whole = f"{title} - {PAPER}" if title else PAPER
    return f"""<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="UTF-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<meta property="og:url"					content="{HOME}{attribute(path)}" />
<meta property="og:type"				content="article" />
<meta property="og:title"				content="{attribute(headline)}" />
<meta name="twitter:title"				content="{attribute(headline)}" />
<title>{text(whole)}</title>
"""


def _day(today: datetime) -> str:
    return f"{today:%Y.%m.%d} ({_WEEKDAYS[today.weekday()]})"


def _menu() -> str:
    """The four sections; the second stands in a sub-menu of the first as well."""
    first, second, *others = (
        f'<a href="/news/section_list_all.html?sec_no={section.no}"><span>{section.name}</span></a>'
        for section in SECTIONS
    )
    submenu = f'<ul id="submenu2" style="display: none;"><li>{second}</li></ul>'
    lines = [first + submenu, second, *others]
    return "\n".join(f"\t\t<li>{line}</li>" for line in lines)
