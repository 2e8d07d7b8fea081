"""All pages, and where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.documents import DOCS, LANGUAGES
from tests.reference import addresses, commands, settings, statistics, statuses, tables
from tests.reference.words import Words

PAGES: Mapping[str, Callable[[Words], str]] = {
    "commands": commands.write,
    "settings": settings.write,
    "tables": tables.write,
    "statuses": statuses.write,
    "statistics": statistics.write,
    "addresses": addresses.write,
}
"""By the name of the file."""


def file_of(language: str, page: str) -> Path:
    """Where the page is."""
    return DOCS / language / "reference" / f"{page}.md"


def written(language: str, page: str) -> tuple[str, Words]:
    """The page as it should be, and the words that it took."""
    words = Words(language, page)
    return PAGES[page](words), words


def write_all() -> list[str]:
    """Writes every page; the sentences for which there are no Korean words are given back."""
    missing = []
    for language in LANGUAGES:
        for page in PAGES:
            text, words = written(language, page)
            file_of(language, page).write_text(text, encoding="utf-8")
            missing += [f"docs/words/{page}.ko.toml: {sentence}" for sentence in dict.fromkeys(words.missing)]
    return missing
