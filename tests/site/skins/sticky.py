"""A skin with a copy of the headline that stays in sight when scrolled, and a body of `div`s."""

from __future__ import annotations

from ..markup import text
from ..sections import section_of
from ..story import Story
from .top import info, photo, titles, with_photos

_SHARE = """<ul class="btn_share">
<li><a href="javascript:;" class="facebook"><span class="blind">페이스북</span></a></li>
<li><a href="javascript:;" class="twitter"><span class="blind">트위터</span></a></li>
<li><a href="javascript:;" class="kakao"><span class="blind">카카오톡</span></a></li>
<li><a href="javascript:;" class="url_copy">URL복사</a></li>
</ul>"""


def blocks(story: Story) -> list[str]:
    """A `div` per paragraph, a blank one after each."""
    return [f"<div>{text(paragraph)}</div>\n<div>&nbsp;</div>" for paragraph in story.draft.paragraphs]


def column(story: Story) -> str:
    """The sticky copy stands first, so that a selector finds the headline twice."""
    frames = [photo(picture) for picture in story.photos]
    section = section_of(story.no)
    return f"""<ul class="art_top_nav">
<li><a href="/">홈</a></li>
<li><a href="/news/section_list_all.html?sec_no={section.no}">{section.name}</a></li>
</ul>
<div class="arv_005_01">
<div class="fix_art_top fix"><div><div><h2>{text(story.draft.headline)}</h2></div></div></div>
<div class="fix_art_top"><div><div>
{titles(story)}
{info(story)}
{_SHARE}
</div></div></div>
<div class="cnt_view news_body_area">
<div id="news_body_area" class="smartOutput" itemprop="articleBody">
{with_photos(blocks(story), frames)}
</div></div>
</div>"""
