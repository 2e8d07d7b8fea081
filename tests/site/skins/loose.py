"""A skin whose body has no id, with styled words, and a banner and an ad script inside. Prints no 수정 of its own."""

from __future__ import annotations

from ..markup import text
from ..story import Story
from .top import info, photo, titles, with_photos

_BANNER = (
    '<div class=\'com_ban\'><a href="http://www.newsasia.kr/news/banner_click.php?no=12" target="_blank">'
    '<img src="http://www.newsasia.kr/data/banner/banner_1520995413.gif" width="100%" border="0" alt="배너" />'
    "</a><p>이 자리의 광고를 기다립니다</p></div>"
)
_SCRIPT = "<script>/* ad */ var slot = '<p>광고</p>'; var shown = 1 < 2 && slot;</script>"


def blocks(story: Story) -> list[str]:
    """Paragraphs in which an editor set a word bold and another in a size of its own."""
    return [f"<p>{_styled(text(paragraph))}</p>" for paragraph in story.draft.paragraphs]


def column(story: Story) -> str:
    """A `com_ban` and a script stand after the first paragraph."""
    frames = [photo(picture) for picture in story.photos]
    first, *others = blocks(story)
    return f"""<div class="path_wrap"><h3>{story.section}</h3></div>
<div class="arv_009_01"><div>
<div class="art_top">
{titles(story)}
{info(story)}
</div>
<div class="cnt_view">
{with_photos([first, _BANNER + _SCRIPT, *others], frames)}
</div>
</div></div>"""


def _styled(paragraph: str) -> str:
    words = paragraph.split(" ", 4)
    if len(words) < 5:
        return paragraph
    bold, plain, sized = words[1:4]
    styled = f'<strong>{bold}</strong> {plain} <span style="font-size: 14px;">{sized}</span>'
    return f"{words[0]} {styled} {words[4]}"
