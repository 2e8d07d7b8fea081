"""How each skin prints a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..story import Story
from . import BARE, CLASSIC, DESK, LOOSE, STICKY, bare, classic, desk, loose, sticky


class Skin(NamedTuple):
    """Two functions from a story to markup."""

    blocks: Callable[[Story], list[str]]
    """The text of the body, one piece of markup per line; leads are cut from it."""

    column: Callable[[Story], str]
    """Section, headline, info line and body: the article in its wrappers."""


SKINS = {
    CLASSIC: Skin(classic.blocks, classic.column),
    STICKY: Skin(sticky.blocks, sticky.column),
    BARE: Skin(bare.blocks, bare.column),
    LOOSE: Skin(loose.blocks, loose.column),
    DESK: Skin(desk.blocks, desk.column),
}
