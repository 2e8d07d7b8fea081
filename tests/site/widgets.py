"""The markup of teaser widgets (SITE.md section 5). None of them prints a date."""

from __future__ import annotations

from collections.abc import Callable

from .markup import attribute, text
from .teasers import Block, Teaser

ARTICLE = "/news/article.html?no="
_SPACE = "<hr class='skin_margin' style='height:20px;'>"
_MORE = '<span class="ics ics01"><span class="blind">더보기</span></span>'


def widget(block: Block) -> str:
    """One block; nothing where it has no teasers."""
    return _WIDGETS[block.widget](block) + _SPACE if block.teasers else ""


def _arl_054(block: Block) -> str:
    items = "\n".join(
        f'<li class="art_box"><a href="{_link(teaser)}"><h3 class="ofe">{text(teaser.title)}</h3>'
        f'{_subtitle(teaser)}{_image(teaser)}<p class="ffd clamp c2">{teaser.lead}</p></a></li>'
        for teaser in block.teasers
    )
    return f"""<div class="arl_054">
<div class="tit_set ts18"><div>{_title_bar(block.title)}</div></div>
<ul>
{items}
</ul></div>"""


def _arl_007(block: Block) -> str:
    items = "\n".join(_boxed(teaser) for teaser in block.teasers)
    return f"""<div class="arl_007">
<div class="tit_set ts04">{_title_bar(block.title)}</div>
<ul>
{items}
</ul></div>"""


def _hdl_003(block: Block) -> str:
    return f'<div class="hdl_003"><ul>{"".join(_boxed(teaser) for teaser in block.teasers)}</ul></div>'


def _hdl_023(block: Block) -> str:
    items = "\n".join(
        f'<li><a href="{_link(teaser)}">{_boxed_image(teaser, "thumb bf32")}'
        f"<strong>{text(teaser.title)}</strong></a></li>"
        for teaser in block.teasers
    )
    return f"""<div class="hdl_023">
<div class="tit_set ts01">{_title_bar(block.title)}</div>
<ul class="ver_list column col04">
{items}
</ul></div>"""


def _arl_004(block: Block) -> str:
    items = "\n".join(
        f'<li class="art_box"><a href="{_link(teaser)}">{_boxed_image(teaser, "bf32")}'
        f'<h2 class="clamp c2">{text(teaser.title)}</h2></a></li>'
        for teaser in block.teasers
    )
    return f'<div class="arl_004"><ul class="column col02">\n{items}\n</ul></div>'


def _arl_033(block: Block) -> str:
    top, *others = block.teasers
    no_img = "" if top.image else ' class="no_img"'
    items = "\n".join(f'<li><a href="{_link(one)}" class="ofe">{text(one.title)}</a></li>' for one in others)
    return f"""<div class="arl_033">
<div class="tit_set ts04">{_title_bar(block.title)}</div>
<div class="art_box"><div class="top_art"><a href="{_link(top)}"{no_img}><i class="ofe">{text(top.title)}</i>
<div>{_image(top)}<b class="clamp c4 ffd">{top.lead}</b></div></a></div>
<ul class="art_list">
{items}
</ul></div></div>"""


_WIDGETS: dict[str, Callable[[Block], str]] = {
    "arl_004": _arl_004,
    "arl_007": _arl_007,
    "arl_033": _arl_033,
    "arl_054": _arl_054,
    "hdl_003": _hdl_003,
    "hdl_023": _hdl_023,
}


def _title_bar(title: str | None) -> str:
    link = "/news/article_list_all.html"
    return f'<h2><a href="{link}">{title}</a></h2><a href="{link}" class="btn_art_more">{_MORE}</a>'


def _boxed(teaser: Teaser) -> str:
    return (
        f'<li ><div class="art_box"><a href="{_link(teaser)}"><h2 class="ofe">{text(teaser.title)}</h2>'
        f'<div><p class="ffd clamp c3">{teaser.lead}</p>{_image(teaser)}</div></a></div></li>'
    )


def _link(teaser: Teaser) -> str:
    return f"{ARTICLE}{teaser.story.no}"


def _subtitle(teaser: Teaser) -> str:
    lines = teaser.story.draft.subheadline
    return f'<h4 class="ofe">{text(lines.splitlines()[0])}</h4>' if lines else ""


def _image(teaser: Teaser, css_class: str = "") -> str:
    """The thumbnail, with the host before its path as on the real sites; nothing without a photo."""
    if teaser.image is None:
        return ""
    opening = f'<span class="{css_class}">' if css_class else "<span>"
    return f'{opening}<img src="http://www.newsasia.kr{teaser.image}" alt="{attribute(teaser.title)}"></span>'


def _boxed_image(teaser: Teaser, css_class: str) -> str:
    return f'<span class="{css_class}">{_image(teaser, "bfbox")}</span>'
