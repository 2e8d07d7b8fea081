"""Small sets of article numbers: a crawl of a million articles remembers each number twice."""

from __future__ import annotations

_BLOCK_BITS = 9
_PLACE_IN_BLOCK = (1 << _BLOCK_BITS) - 1


class NumberSet:
    """A set of numbers that holds one bit for each, in blocks of 512.

    Article numbers lie close together: each takes half a byte here, and some 80 bytes in a set of Python's.
    """

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def add(self, number: int) -> None:
        """Adds a number."""
        self._blocks[number >> _BLOCK_BITS] = self._blocks.get(number >> _BLOCK_BITS, 0) | 1 << (
            number & _PLACE_IN_BLOCK
        )

    def __contains__(self, number: int) -> bool:
        return bool(self._blocks.get(number >> _BLOCK_BITS, 0) >> (number & _PLACE_IN_BLOCK) & 1)
