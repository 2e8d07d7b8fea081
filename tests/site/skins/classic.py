"""The skin of most public crawlers: `.arv_001_01 > .art_top`, paragraphs parted by `&nbsp;` ones."""

from __future__ import annotations

from ..markup import text
from ..story import Story
from .top import info, photo, titles, with_photos

_BLANK = "<p>&nbsp;</p>"


def blocks(story: Story) -> list[str]:
    """Paragraphs of the press-release editor, with the two blank ones it leaves between them."""
    first, *others = (text(paragraph).replace(". ", ".&nbsp; ") for paragraph in story.draft.paragraphs)
    lines = [f"<p>&nbsp;{first}</p>"]
    for paragraph in others:
        lines += [_BLANK, _BLANK, f"<p>{paragraph}</p>"]
    return lines


def column(story: Story) -> str:
    """Photos stand in a `p` that parsers close early."""
    frames = [f"<p>{photo(picture, '//www.newsasia.kr')}</p>" for picture in story.photos]
    return f"""<div class="path_wrap"><h3>{story.section}</h3></div>
<div class="arv_001_01">
<div class="art_top">
{titles(story)}
{info(story)}
</div>
<div class="cnt_view news_body_area">
<div id="news_body_area" itemprop="articleBody">
{with_photos(blocks(story), frames)}
</div></div>
</div>"""
