"""The mobile and the print page of an article: its text in a simple layout, without weather strip and widgets."""

from __future__ import annotations

from .markup import text
from .skins.table import SKINS
from .skins.top import info, photo, subheadline, with_photos
from .story import Story

_PAGE = """<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="UTF-8">
<meta property="og:title" content="아시아통신" />
<title>{title} - 아시아통신</title>
</head>
<body>
{body}
</body></html>
"""


def mobile_page(story: Story) -> str:
    """`/mobile/article.html` (SITE.md section 3, end)."""
    body = f"""<div id="container"><div class="con_primary"><div><div class="m_arv_001_01">
<div class="path_wrap"><h3>{story.section}</h3></div>
<div class="news_top mov_fix"><h3>{text(story.draft.headline)}</h3>
{subheadline(story, "h4")}
{info(story)}
</div>
<div class="news_detail"><div>
{_body(story)}
</div></div>
</div></div></div></div>
<p><a href="/?mobile_reset">PC버전</a></p>"""
    return _PAGE.format(title=text(story.draft.headline), body=body)


def print_page(story: Story) -> str:
    """`/news/article_print.html`."""
    body = f"""<div class="art_print">
<h2 class="art_tit">{text(story.draft.headline)}</h2>
<div class="sub_tit">{subheadline(story)}</div>
{info(story)}
<div class="cnt_view">
{_body(story)}
</div></div>"""
    return _PAGE.format(title=text(story.draft.headline), body=body)


def _body(story: Story) -> str:
    frames = [photo(picture) for picture in story.photos]
    return with_photos(SKINS[story.skin].blocks(story), frames)
