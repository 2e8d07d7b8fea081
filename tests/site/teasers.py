"""Which other articles a page points to, in which blocks: older ones, computed from the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .dice import dice
from .markup import lead_source, read_lead
from .skins.table import SKINS
from .story import Story
from .truth import TrueRelated

_NEAR = 60
"""Related stories are among so many older ones."""

_FAR = 400
"""Popular ones are among so many older ones."""

_NEIGHBOURS = 20
"""So many articles in a row show the same ranking."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaser:
    """One article as a widget prints it."""

    story: Story
    """The article it leads to."""

    prefix: str = ""
    """What a ranking prints before the title: `1 `."""

    has_lead: bool = True
    """Whether the start of the body is printed."""

    size: str = "90x60_c0"
    """Size of the thumbnail, as in its path."""

    @property
    def title(self) -> str:
        """Title as printed."""
        return self.prefix + self.story.draft.headline

    @property
    def lead(self) -> str | None:
        """Source of the lead, as cut by the CMS."""
        return lead_of(self.story) if self.has_lead else None

    @property
    def image(self) -> str | None:
        """Path of the thumbnail."""
        return self.story.thumbnail(self.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One widget with its teasers."""

    widget: str
    """Class of the widget, such as `arl_054`."""

    title: str | None
    """Text of its title bar; None without one."""

    teasers: tuple[Teaser, ...]
    """What it shows, in order."""

    def truth(self) -> tuple[TrueRelated, ...]:
        """What a parser should read from it."""
        return tuple(
            TrueRelated(
                block=self.title or self.widget,
                position=position,
                no=teaser.story.no,
                title=teaser.title,
                lead=None if teaser.lead is None else read_lead(teaser.lead),
                image=teaser.image,
            )
            for position, teaser in enumerate(self.teasers, start=1)
        )


StoryOf = Callable[[int], Story]


@lru_cache(maxsize=1024)
def lead_of(story: Story) -> str:
    """Source of the start of a body."""
    return lead_source(SKINS[story.skin].blocks(story))


def related_block(story_of: StoryOf, seed: int, no: int, first: int) -> Block:
    """`관련기사` behind the body, in one of two widgets."""
    widget, size = ("arl_054", "258x171_c0") if no % 2 else ("arl_007", "90x60_c0")
    older = _older(seed, no, first, "related", _NEAR, 3)
    return Block(widget=widget, title="관련기사", teasers=tuple(Teaser(story=story_of(n), size=size) for n in older))


def nameless_block(story_of: StoryOf, seed: int, no: int, first: int) -> Block:
    """The one story that newsasia.kr prints in the right column, without a title bar."""
    older = _older(seed, no, first, "column", _NEAR, 1)
    return Block(widget="hdl_003", title=None, teasers=tuple(Teaser(story=story_of(n)) for n in older))


def popular_block(story_of: StoryOf, seed: int, no: int, first: int) -> Block:
    """`많이 본 기사`: a ranking with thumbnails, without leads and without dates; neighbours show the same one."""
    shared = no - no % _NEIGHBOURS
    ranked = enumerate(_older(seed, shared if shared > first else no, first, "popular", _FAR, 5), start=1)
    teasers = (Teaser(story=story_of(n), prefix=f"{rank} ", has_lead=False, size="330x220_c0") for rank, n in ranked)
    return Block(widget="hdl_023", title="많이 본 기사", teasers=tuple(teasers))


def _older(seed: int, no: int, first: int, about: str, reach: int, count: int) -> list[int]:
    pool = range(max(first, no - reach), no)
    return dice(seed, no, about).sample(pool, min(count, len(pool)))
