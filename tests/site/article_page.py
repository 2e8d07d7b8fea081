"""The desktop page of an article, whole or broken."""

from __future__ import annotations

import re

from .chrome import BANNER
from .skins.table import SKINS
from .story import Story
from .teasers import Block
from .widgets import widget

_CONTAINERS = re.compile(
    r"\b(?:cnt_view|news_body_?[Aa]rea|articleBody|smartOutput|(?:fix_)?art_top|news_top|news_detail|art_tit)\b"
)

_UNDER = """<div class="tag_lists"></div>
<div class="reply_wrap"><h4><b>댓글 <span>0</span></b></h4></div>"""


def main_column(story: Story, related: Block) -> str:
    """The article, the banner under it and the related stories."""
    return f"{SKINS[story.skin].column(story)}\n{BANNER}\n{_UNDER}\n{widget(related)}"


def empty_column(section: str) -> str:
    """The layout without an article in it: what is left of a removed one."""
    return f"""<div class="path_wrap"><h3>{section}</h3></div>
<div class="arv_001_01"><div class="art_top"></div>
<div class="cnt_view news_body_area"><div id="news_body_area" itemprop="articleBody"></div></div>
</div>
{BANNER}"""


def broken(markup: str) -> str:
    """The same with the containers of headline and body renamed, as after a change of layout."""
    return _CONTAINERS.sub(lambda name: f"v2_{name[0].replace('_', '-')}", markup)
