"""What is written out so that it stays text: controls, line separators, reversed letters, half characters."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from asiatongsin.printable import printable


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("온누리시 “봄” — 100% \\x1b 　é", "온누리시 “봄” — 100% \\x1b 　é"),
        ("\x1b[2J\x07\x9b0m\x7f", r"\x1b[2J\x07\x9b0m\x7f"),
        ("a\r\nb\tc\x00\x85", r"a\r\nb\tc\x00\x85"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\u202etxt.exe\u202c \u2066a\u2069", r"\u202etxt.exe\u202c \u2066a\u2069"),
        ("\ud800", r"\ud800"),
    ],
)
def test_writes_out_what_is_no_text(text: str, written: str) -> None:
    assert printable(text) == written


def test_leaves_no_control_in_any_text() -> None:
    written = printable("".join(map(chr, range(sys.maxunicode + 1))))
    assert {unicodedata.category(character) for character in written} & {"Cc", "Cs", "Zl", "Zp"} == set()
    assert len(written.splitlines()) == 1
