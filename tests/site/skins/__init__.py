"""The five skins an article page can wear, one file each: every site of the CMS has its own (SITE.md section 3)."""

from __future__ import annotations

CLASSIC = "classic"
STICKY = "sticky"
BARE = "bare"
LOOSE = "loose"
DESK = "desk"

NAMES = (CLASSIC, STICKY, BARE, LOOSE, DESK)


def skin_of(no: int) -> str:
    """All five among any ten articles in a row, and every section wears all of them."""
    return NAMES[(no + no // 10) % len(NAMES)]
