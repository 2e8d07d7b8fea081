"""What commands print reaches any terminal, and a reader that goes away ends nothing."""

from __future__ import annotations

import os
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from asiatongsin.errors import ArgumentError
from asiatongsin.output import show

TEXT = "─ 남이섬 · 믜 → 😀 …"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", TEXT),
        ("euc-kr", r"─ 남이섬 · 믜 → \U0001f600 …"),
        ("ascii", r"- \ub0a8\uc774\uc12c - \ubbdc -> \U0001f600 ..."),
    ],
)
def test_writes_out_what_the_terminal_lacks(encoding: str, shown: str) -> None:
    written = BytesIO()
    stream = TextIOWrapper(written, encoding=encoding)
    show(TEXT, stream)
    assert written.getvalue().decode(encoding) == f"{shown}\n"


def test_half_characters_are_written_out() -> None:
    written = BytesIO()
    stream = TextIOWrapper(written, encoding="utf-8")
    show("\ud83d", stream)
    assert written.getvalue() == b"\\ud83d\n"


def test_a_reader_that_has_gone_away_ends_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:  # closing it writes what is left
        show(TEXT, stream)
        show(TEXT, stream)


def test_a_full_disk_is_told_unless_nobody_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as stream, pytest.raises(ArgumentError, match="No space left"):
        show(TEXT, stream)
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        show(TEXT, sys.stderr)
