"""Cases of tests that run for several."""

from __future__ import annotations

import pytest


def bug(*values: object, reason: str, name: str | None = None) -> object:
    """A case that once went wrong: the reason says what was wrong."""
    return pytest.param(*values, id=name)
