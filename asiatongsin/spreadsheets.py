"""Cells that a spreadsheet takes for text, and not for a formula that a stranger has written."""

from __future__ import annotations

FORMULA_BEGINS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""First characters of what a spreadsheet may take for a formula."""


def disarmed(text: str) -> str:
    """The text with an apostrophe before it where it begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text
