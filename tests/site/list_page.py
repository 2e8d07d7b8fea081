"""Section lists and the list of all articles, with their pager."""

from __future__ import annotations

from collections.abc import Iterable

from .headlines import KICKERS
from .markup import text
from .sections import ALL, Section
from .story import Story
from .teasers import lead_of
from .widgets import ARTICLE

_PAGER_WIDTH = 10


def main_column(section: Section, stories: Iterable[Story], path: str, page: int, pages: int) -> str:
    """The entries of one page; `path` is the address the pager leads on to."""
    entries = "\n".join(_entry(story) for story in stories)
    return f"""<div class="path_wrap"><h3>{section.name}</h3></div>
<div class="ara_001">
<ul class="art_list_all">
{entries}
</ul>
{_pager(section, path, page, pages)}
</div>"""


def _entry(story: Story) -> str:
    """Title, lead and date inside one link. The class of `h2` differs between skins of the real sites."""
    image = story.thumbnail("220x170_c0")
    thumbnail = f'<span><img src="http://www.newsasia.kr{image}" alt=""></span>' if image else ""
    kicker = f"<i>{KICKERS[story.no % len(KICKERS)]}</i>" if story.no % 7 == 3 else ""
    return f"""<li{"" if image else ' class="no_img"'}><a href="{ARTICLE}{story.no}">{thumbnail}
<h2 class="{"clamp" if story.no % 2 else "cmp"} c2">{kicker}{text(story.draft.headline)}</h2>
<p class="ffd clamp c2">{lead_of(story)}</p>
<ul class="ffd art_info">
<li class="name">{story.draft.info_name.removesuffix(" 기자")} 기자</li>
<li class="date">{story.published_at:%Y-%m-%d %H:%M}</li>
</ul></a></li>"""


def _pager(section: Section, path: str, page: int, pages: int) -> str:
    """Ten pages at a time; `prev` and `next` lead to the tens before and after, as on the real site."""
    first = (page - 1) // _PAGER_WIDTH * _PAGER_WIDTH + 1
    last = min(first + _PAGER_WIDTH - 1, pages)
    links = [
        _link(section, path, number, str(number), "on" if number == page else "") for number in range(first, last + 1)
    ]
    if first > 1:
        links.insert(0, _link(section, path, first - 1, "이전", "btn_p prev"))
    if last < pages:
        links.append(_link(section, path, last + 1, "다음", "btn_p next"))
    return f'<div class="btn_pagenum">{"".join(links)}</div>'


def _link(section: Section, path: str, page: int, label: str, css: str) -> str:
    sec_no = "" if section is ALL else f"&sec_no={section.no}"  # not escaped, and page first: as on the real site
    css_class = f' class="{css}"' if css else ""
    return f'<a href="{path}?page={page}{sec_no}"{css_class}>{label}</a>\n'
