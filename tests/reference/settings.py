"""The settings, out of the strings below them in `asiatongsin/settings.py`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from asiatongsin import settings
from asiatongsin.site_settings import OF_A_SITE
from tests.conftest import ROOT
from tests.reference.markdown import code, page, plain
from tests.reference.setting_notes import EXAMPLES, NOTES
from tests.reference.words import Words

COMPUTED = {"SET_BY_ENVIRONMENT", "OWN_DEFAULTS", "UNKNOWN_VARIABLES"}
"""Explained names that nobody sets."""

DEPENDS = {"DATABASE_URL": "", "DATA": "~/.local/share/asiatongsin"}
"""Defaults that are others on another machine."""

_SECTION = re.compile(r"^# --- ([^:]+?)(?:: .*)? -+$", re.MULTILINE)

SET = """\
```sh
asiatongsin crawl -a pages=1 -s RECHECK_MAX=20
export ASIATONGSIN_RECHECK_MAX=20
asiatongsin sites add https://newsasia.kr --every 30m --set RECHECK_MAX=20
```"""


@dataclass(frozen=True)
class Section:
    """Settings that belong together."""

    title: str
    line: int
    meanings: dict[str, str] = field(default_factory=dict)
    """The string below each setting, by its name."""


def sections(source: str) -> list[Section]:
    """The explained settings."""
    lines = source.splitlines()
    found = [Section(title[1], at) for at, line in enumerate(lines, 1) if (title := _SECTION.match(line))]
    for name, line, meaning in _explained(ast.parse(source)):
        if name not in COMPUTED:
            next(one for one in reversed(found) if one.line < line).meanings[name] = meaning
    return [one for one in found if one.meanings]


def _explained(module: ast.Module) -> Iterator[tuple[str, int, str]]:
    for node, following in pairwise(module.body):
        if not (isinstance(node, ast.Assign) and isinstance(following, ast.Expr)):
            continue
        target, text = node.targets[0], following.value
        if isinstance(target, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield target.id, node.lineno, " ".join(text.value.split())


def default(name: str, words: Words) -> str:
    """What holds where nobody sets it."""
    value = DEPENDS.get(name, settings.OWN_DEFAULTS[name])
    if isinstance(value, bool):
        return words.say("on (`1`)") if value else words.say("off (`0`)")
    if isinstance(value, dict):
        return ", ".join(f"{code(part.rpartition('.')[2])} {place}" for part, place in value.items())
    if isinstance(value, float):
        value = f"{value:g}"
    return code(value) if value != "" else words.say("empty")


def write(words: Words) -> str:
    """The page."""
    say = words.say
    source = (ROOT / "asiatongsin/settings.py").read_text(encoding="utf-8")
    return page(
        f"# {say('Settings')}",
        words.text("Every setting has a default.", "You set one only to change it."),
        f"## {say('How to set one')}",
        SET,
        words.text(
            "The first line sets it for one run, with `-s NAME=value`.",
            "The second line sets it for all commands of this shell, with an environment variable `ASIATONGSIN_NAME`.",
            "The third line sets it for one site, also where a person starts the crawl.",
            "`-s` counts more than the site, and the site more than the environment.",
        ),
        words.text(
            "A switch is `1` or `0`.",
            "A time is a number with `m`, `h` or `d`: `30m`, `6h`, `7d`.",
            "A value that makes no sense ends a command with status 2, and so does a mistyped name after `-s`.",
            "A mistyped name of a variable leads to a warning.",
        ),
        say("Scrapy has more settings, which work as well: see [its manual]({}).", MANUAL),
        *(part for section in sections(source) for part in _section(section, words)),
    )


MANUAL = "https://docs.scrapy.org/en/latest/topics/settings.html"


def _section(section: Section, words: Words) -> Iterator[str]:
    title = words.say(section.title)
    yield f"## {title[0].upper()}{title[1:]}"
    for name, meaning in section.meanings.items():
        yield f"### {code(name)}"
        of_site = words.say("A site may have its own.") if name in OF_A_SITE else ""
        yield f"{words.say('Default')}: {default(name, words)}. {of_site}".strip()
        yield " ".join(filter(None, [plain(words.quote(meaning)), words.quote(NOTES.get(name, ""))]))
        if name in EXAMPLES:
            yield f"{words.say('Example')}: {words.quote(EXAMPLES[name])}"
