"""Text of strangers, made safe for a terminal or a log: it cannot move the cursor, reverse a line or begin one."""

from __future__ import annotations

import re

# C0 and C1 controls; separators of lines; what reverses the order of letters; half characters, which no file takes.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text in one line, with control characters written out: `\\x1b`, `\\n`, `\\u202e`."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def printable_json(text: str) -> str:
    """The JSON text in one line, with control characters as JSON writes them: `\\u009b`."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
