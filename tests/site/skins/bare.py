"""A skin of old articles: bare text with `br` between paragraphs, and a script among it."""

from __future__ import annotations

import unicodedata

from ..markup import text
from ..story import Story
from .top import info, photo, titles, with_photos

_SCRIPT = "<script>googletag.cmd.push(function() { document.write('<p>광고가 들어갈 자리</p>'); });</script>"


def blocks(story: Story) -> list[str]:
    """Lines ended by `br`. Text that was pasted from a Mac came in decomposed characters (NFD)."""
    lines = [f"{text(paragraph)}<br>\n<br>" for paragraph in story.draft.paragraphs]
    if story.no % 3 == 0:
        lines[-1] = unicodedata.normalize("NFD", lines[-1])
    return lines


def column(story: Story) -> str:
    """The body has the other id of SITE.md, and the section stands in `.p_tit`."""
    frames = [photo(picture, "http://www.newsasia.kr") for picture in story.photos]
    first, *others = blocks(story)
    return f"""<div class="fl"><p class="p_tit">{story.section}</p></div>
<div class="arv_001">
<div class="art_top">
{titles(story)}
{info(story, linked=False)}
</div>
<div id="news_bodyArea" class="smartOutput">
{with_photos([first, _SCRIPT, *others], frames)}
</div>
</div>"""
