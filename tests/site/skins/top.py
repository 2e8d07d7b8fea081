"""Headline, sub-headline and the info line, which all skins print, and photos in the body."""

from __future__ import annotations

from urllib.parse import quote

from ..markup import attribute, text
from ..story import Photo, Story


def titles(story: Story) -> str:
    """`h2` and, where there is one, `h3`."""
    return f"<h2>{text(story.draft.headline)}</h2>\n{subheadline(story)}"


def subheadline(story: Story, tag: str = "h3") -> str:
    """The sub-headline, its lines parted by `br`; nothing without one."""
    lines = story.draft.subheadline
    return f"<{tag}>{text(lines).replace(chr(10), '<br>')}</{tag}>" if lines else ""


def info(story: Story, *, linked: bool = True) -> str:
    """Reporter, 등록 and 수정. Two blanks stand between reporter and e-mail."""
    draft = story.draft
    name = draft.info_name if draft.email is None else f"{draft.info_name}  {draft.email}"
    if linked:
        name = f'<a href="/news/article_list_writer.html?name={quote(draft.info_name)}">{name}</a>'
    modified = f"\n<li>수정 {story.modified_at:%Y.%m.%d %H:%M:%S}</li>" if story.modified_at else ""
    return f"""<ul class="art_info">
<li>{name}</li>
<li>등록 {story.published_at:%Y.%m.%d %H:%M:%S}</li>{modified}
</ul>"""


def photo(picture: Photo, host: str = "") -> str:
    """A photo in its frame; `host` is what stands before the path of the image."""
    caption = f"<p>{text(picture.caption)}</p>" if picture.caption else ""
    title = attribute(picture.caption or "")
    return f'<div class="imgframe"><img class="img" src="{host}{picture.path}" title="{title}" />{caption}</div>'


def with_photos(blocks: list[str], frames: list[str]) -> str:
    """The body: the first photo before the text, the second in its middle."""
    middle = len(blocks) // 2
    return "\n".join([*frames[:1], *blocks[:middle], *frames[1:], *blocks[middle:]])
