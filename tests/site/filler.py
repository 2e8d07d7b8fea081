"""What makes a real page heavy: styles, scripts, menus and widgets, none of which leads to an article."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

_STYLE = """.skin{no} .art_box{{overflow:hidden;position:relative;padding:0 0 {pad}px;border-bottom:1px solid #dedede}}
.skin{no} .art_box h2 a{{font-size:{pad}px;line-height:1.4;letter-spacing:-0.05em;color:#2a2a2a}}
.skin{no} .bf32 .bfbox{{position:absolute;left:0;top:0;width:100%;height:100%;background:#f1f1f1}}
"""

_SCRIPT = """	jQuery11(function(){{
		jQuery11('#banSlide{no}').bxSlider({{auto: true, hideControlOnEnd: true, pager: false, controls: false,
			adaptiveHeight: true, pause: {pad}00, speed: 500, mode: 'horizontal'}});
	}});
"""

_MENU = """<li class="depth{pad}"><a href="/home/page.html?code=menu{no}"><span>{name}</span></a>
	<ul class="depth2"><li><a href="/bbs/list.html?table=bbs_{no}"><span>{name} 게시판</span></a></li></ul></li>
"""

_WIDGET = """<div class="ban_001_01">
	<div class="slide_wrap" id="boxCon{no}">
		<ul id="photoSlide{no}" class="photo_box">
			<li><a href="http://www.newsasia.kr/news/banner_click.php?no={no}" target="_blank">
				<span><img src="/data/cache/public/banner/banner_14885{no}_184x60.png" alt="배너"></span></a></li>
		</ul>
	</div>
	<div class="tag_wrap"><div class="tag_list"><ul>
		<li><a href="javascript:;" class="lv0{pad}">{name}</a></li>
		<li><a href="javascript:;" class="lv02">{name} 소식</a></li>
	</ul></div></div>
	<script>jQuery11('#photoSlide{no}').bxSlider({{auto: true, pager: false, pause: 2000}});</script>
</div><hr class='skin_margin' style='height:2{pad}px;'>
"""

_NAMES = ("구독신청", "제보하기", "독자마당", "알림방", "자유게시판", "보도자료", "광고안내", "행사달력", "영상뉴스")


class Filler:
    """The heavy parts of one site, made once; a page is filled up to its size by a slice."""

    def __init__(self, page_bytes: int) -> None:
        self.head = "".join(
            [
                "<style>\n",
                *_lines(_STYLE, page_bytes // 6),
                '</style>\n<script type="text/javascript">\n',
                *_lines(_SCRIPT, page_bytes // 8),
                "</script>\n",
            ]
        )
        self.menu = "".join(['<div class="all_menu"><ul>\n', *_lines(_MENU, page_bytes // 10), "</ul></div>\n"])
        pieces = [line.encode() for line in _lines(_WIDGET, page_bytes)]
        self._widgets = b"".join(pieces)
        self._ends = [0, *accumulate(map(len, pieces))]

    def widgets(self, size: int) -> bytes:
        """As many whole widgets as bring a page nearest to `size` more bytes; none where it is negative."""
        place = bisect_right(self._ends, size + len(_WIDGET) // 2) - 1
        return self._widgets[: self._ends[max(place, 0)]]


def _lines(template: str, size: int) -> list[str]:
    """Copies of a template, all different, of about `size` bytes together."""
    copies = size // len(template.encode()) + 1
    return [template.format(no=2000 + no, pad=no % 9 + 1, name=_NAMES[no % len(_NAMES)]) for no in range(copies)]
