"""The front page: widgets with the newest articles of each section, and no list."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .sections import SECTIONS
from .story import Story
from .teasers import Block, Teaser
from .widgets import widget


def main_column(newest: Callable[[int | None], Iterable[Story]]) -> str:
    """`newest` gives the newest stories of a section, or of all for None."""
    photos = tuple(Teaser(story=story, has_lead=False, size="153x102_c0") for story in newest(None))
    blocks = [Block(widget="arl_004", title=None, teasers=photos)]
    for section in SECTIONS:
        teasers = tuple(Teaser(story=story, size="118x78_c0") for story in newest(section.no))
        blocks.append(Block(widget="arl_033", title=section.name, teasers=teasers))
    return "\n".join(map(widget, blocks))
