"""A skin whose info line names the desk's account: the person stands in the byline of the body."""

from __future__ import annotations

from ..markup import text
from ..story import Story
from .top import info, photo, titles, with_photos


def blocks(story: Story) -> list[str]:
    """Paragraphs, the first behind a no-break space, one blank one between them."""
    first, *others = (text(paragraph) for paragraph in story.draft.paragraphs)
    lines = [f"<p>&nbsp;{first}</p>"]
    for paragraph in others:
        lines += ["<p>&nbsp;</p>", f"<p>{paragraph}</p>"]
    return lines


def column(story: Story) -> str:
    """The plain form of `.art_top`, with the line of the desk's account under the body."""
    frames = [photo(picture, "//www.newsasia.kr") for picture in story.photos]
    return f"""<div class="path_wrap"><h3>{story.section}</h3></div>
<div class="arv_008">
<div class="art_top">
{titles(story)}
{info(story)}
</div>
<div class="cnt_view news_body_area">
<div id="news_body_area" itemprop="articleBody">
{with_photos(blocks(story), frames)}
</div></div>
<div class="arv_003"><div class="jour_box">관리자 의 전체기사 보기</div></div>
</div>"""
