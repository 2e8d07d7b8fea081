"""Prints what commands say, whatever the terminal can show and whoever reads it."""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper
from typing import TextIO

from asiatongsin.errors import ArgumentError

_ESCAPED, _WRITTEN_OUT = "backslashreplace", "asiatongsin.written_out"
"""How letters are written that an encoding lacks: by Python alone, and with our ornaments made plain."""

_PLAIN = {"─": "-", "…": "...", "→": "->", "·": "-"}
"""Ornaments of this program, for terminals that have none."""


def show(text: str, stream: TextIO | None = None) -> None:
    """Prints the text, on standard output unless another stream is named.

    Letters that the terminal does not have are written as `\\ud55c`. A reader that has gone away (`| head`) changes
    nothing: the command goes on, and its exit status is the one it would have had. The same holds for standard error
    that cannot be written. ArgumentError where another stream cannot, on a full disk: there something is missing.
    """
    stream = sys.stdout if stream is None else stream
    try:
        encoding = getattr(stream, "encoding", None) or "utf-8"
        print(text.encode(encoding, _WRITTEN_OUT).decode(encoding), file=stream, flush=True)
    except OSError as error:
        # What is left in its buffer would fail once more as the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError) and stream is not sys.stderr:
            raise ArgumentError(f"the output is not whole: {error.strerror or error}") from None


def show_file(text: str) -> None:
    """Prints what is to become a file for other programs: in UTF-8, whatever the terminal speaks."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    show(text.removesuffix("\n"))


def _write_out(error: UnicodeError) -> tuple[str, int]:
    """Stands in for letters that an encoding lacks; `codecs.register_error` says what it is given and returns."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one) or one.encode("ascii", _ESCAPED).decode() for one in lacking), error.end


codecs.register_error(_WRITTEN_OUT, _write_out)
