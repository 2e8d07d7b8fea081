"""The help of a command: sentences, subcommands and examples, each on a line of its own."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

from scrapy.commands import ScrapyHelpFormatter


def explained(*sentences: str, actions: Mapping[str, str] | None = None, examples: Sequence[str] = ()) -> str:
    """What `-h` says above the options."""
    parts = [" ".join(sentences)]
    if actions:
        widest = max(map(len, actions))
        parts.append("\n".join(f"  {name:<{widest}}  {what}" for name, what in actions.items()))
    if examples:
        parts.append("\n".join(["Examples:", *(f"  {example}" for example in examples)]))
    return "\n\n".join(parts)


class LineByLine(ScrapyHelpFormatter):
    """Keeps the lines of a description; what is too long goes on below the text of its own line."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(_filled(line, width, indent) for line in text.splitlines())


def _filled(line: str, width: int, indent: str) -> str:
    if line.startswith("  asiatongsin "):  # a command is copied as one line
        return indent + line
    name = re.match(r" +\S.*?  +| *", line)
    below = " " * (len(name[0]) if name else 0)
    return (
        textwrap.fill(line, width, initial_indent=indent, subsequent_indent=indent + below, drop_whitespace=True)
        or line
    )
