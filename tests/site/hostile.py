"""A page written by somebody who wants in: at a database, a shell, a file system, a terminal, a log."""

from __future__ import annotations

import re

WORDS = "'); DROP TABLE articles;-- %s %(no)s {} {no} $(touch hacked) `touch hacked` | ../../../hacked &passwd;"
"""What stays in the text as it is printed. Without digits: names of people and cities have none."""

REVERSED = "\u202e"
"""Turns the letters behind it round; printed, so it stays in the text."""

CONTROLS = "\x00\x1b[J\x1b]\x07\x9bJ\x85"
"""What a terminal obeys, and NUL, which PostgreSQL refuses."""

FORGED = "\n2026-01-01 00:00:00 [root] INFO: forged"
"""What would be a line of its own in a log."""

ATTACK = f" {WORDS} $1 {REVERSED}{CONTROLS}{FORGED}"
KEPT = f" {WORDS} $1 {REVERSED}[J]J 2026-01-01 00:00:00 [root] INFO: forged"
"""What a reader gets out of it, in one line."""

_NAME = f" {WORDS} {REVERSED}{CONTROLS}"

_SHORT = "'); DROP TABLE articles;-- %s {} `touch hacked` &passwd;"
"""As much of it as the name of a city may be long."""

CITY_KEPT = f" {_SHORT} {REVERSED}[J]J"

ICON = "iw01');DROP"

IMAGE = "/../../..%2f..%00'$1{}/hacked.jpg"

_TEXT = re.compile(r"(?<=>)[^<>℃]*[가-힣][^<>℃]*(?=<)")
_CITY = re.compile(r"(?<=</span>)[가-힣]+(?= -?\d)")
_ENTITY = '<!DOCTYPE html SYSTEM "/evil.dtd" [<!ENTITY passwd SYSTEM "file:///etc/passwd">]>'


def spoil(page: str) -> str:
    """Behind every text of the page an attack; the head asks for a file of whoever reads it."""
    page = _TEXT.sub(lambda found: found[0] + (_NAME if "기자" in found[0] else ATTACK), page)
    page = _CITY.sub(lambda found: f"{found[0]} {_SHORT} {REVERSED}{CONTROLS}", page)
    page = re.sub(r'"iw\d\d"', f'"{ICON}"', page).replace('.jpg"', f'{IMAGE}"')
    return page.replace('lang="ko"', f'lang="{ATTACK}"').replace("<!DOCTYPE html>", _ENTITY)
