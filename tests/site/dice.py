"""Chance that is the same in every run: everything is computed from a seed and a number, nothing is kept."""

from __future__ import annotations

from random import Random


def dice(seed: int, no: int, about: str) -> Random:
    """A random source for one purpose; what is drawn for one purpose does not move what is drawn for another."""
    return Random(f"{seed}/{no}/{about}")
