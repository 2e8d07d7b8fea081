"""The words of the pages: English ones stand where they are used, and are the keys of `docs/words/*.ko.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field

from pipelines.web.language import KOREAN
from tests.documents import DOCS

FILES = DOCS / "words"


def read(page: str) -> dict[str, str]:
    """The Korean words that one page has of its own."""
    file = FILES / f"{page}.ko.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


@dataclass
class Words:
    """What is said on one page in one language, and what cannot be said."""

    language: str
    page: str
    own: dict[str, str] = field(init=False)

    missing: list[str] = field(default_factory=list)
    """English sentences that have no Korean ones."""

    used: set[str] = field(default_factory=set)
    """Those of its own that were said."""

    def __post_init__(self) -> None:
        self.own = read(self.page)

    def say(self, english: str, *values: object) -> str:
        """The words in the language of the page: its own, else those of the web page. `values` fill the `{}`."""
        return (self._korean(english) if self.language == "ko" and english else english).format(*values)

    def text(self, *sentences: str) -> str:
        """A paragraph of these sentences."""
        return " ".join(map(self.say, sentences))

    def quote(self, english: str) -> str:
        """The same for words out of the code, in which a brace is a brace."""
        return self._korean(english) if self.language == "ko" and english else english

    def _korean(self, english: str) -> str:
        if english in self.own:
            self.used.add(english)
            return self.own[english]
        if english not in KOREAN.words:
            self.missing.append(english)
        return KOREAN.words.get(english, english)
