"""The documents that people read, and what is measured of their words: sentences, links, terms, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LANGUAGES = ("ko", "en")
README = {"ko": ROOT / "README.md", "en": ROOT / "README.en.md"}

MOST_WORDS = {"en": 30, "ko": 25}
"""Of a sentence; Korean says the same with fewer words between blanks."""

MEDIAN_WORDS = {"en": 20, "ko": 15}

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_END = re.compile(r"(?<=[.!?])[)\"'*”’]*\s+")
_WORD = re.compile(r"[^\W_]+[^\s]*")


@dataclass(frozen=True)
class Link:
    """A link, or a picture."""

    is_picture: bool
    text: str
    target: str


@dataclass(frozen=True)
class Document:
    """One document in Markdown."""

    path: Path
    language: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def name(self) -> str:
        """Its path below the project."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def prose(self) -> str:
        """The text without blocks of code and comments."""
        return re.sub(r"<!--.*?-->", "", _FENCE.sub("", self.text), flags=re.DOTALL)

    def blocks(self, *kinds: str) -> list[str]:
        """The blocks of code of these kinds, such as `sh`, without their indentation; all without a kind."""
        return [code for _, kind, code in self.numbered() if not kinds or kind in kinds]

    def numbered(self) -> Iterator[tuple[int, str, str]]:
        """The number of the first line, the kind and the code of each block, without its indentation."""
        for found in _FENCE.finditer(self.text):
            indent, kind, code = found.groups()
            yield (
                self.text.count("\n", 0, found.start(3)) + 1,
                kind,
                re.sub(rf"^{indent}", "", code, flags=re.MULTILINE),
            )

    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading, in order."""
        return [(len(marks), text.strip()) for marks, text in re.findall(r"^(#+) (.+)$", self.prose, re.MULTILINE)]

    def links(self) -> list[Link]:
        """All links and pictures, those of code left out."""
        prose = re.sub(r"`[^`\n]*`", "", self.prose)
        return [Link(bool(mark), text, target) for mark, text, target in _LINK.findall(prose)]

    def rows(self) -> list[list[str]]:
        """The cells of the rows of all tables; rulers are left out."""
        lines = [line.strip() for line in self.prose.splitlines() if line.lstrip().startswith("|")]
        cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]
        return [row for row in cells if not all(re.fullmatch(r":?-*:?", cell) for cell in row)]

    def sentences(self) -> list[str]:
        """Sentences of paragraphs, items of lists and cells of tables. Code counts as one word, a link as its text.

        Only a full stop, a question mark or an exclamation mark ends one: what a semicolon joins is one sentence.
        """
        return [sentence for unit in self._units() for sentence in _END.split(plain(unit)) if words(sentence) > 1]

    def _units(self) -> Iterator[str]:
        yield from (cell for row in self.rows() for cell in row)
        unit: list[str] = []
        for line in [*self.prose.splitlines(), ""]:
            text = line.strip()
            is_item = re.match(r"([-*]|\d+\.) ", text)
            if not text or is_item or text.startswith(("|", "#", ">")):
                yield " ".join(unit)
                unit = []
            if text and not text.startswith(("|", "#")):
                unit.append(re.sub(r"^(([-*]|\d+\.)|>( \[!\w+\])?) ", "", text))

    def sections(self) -> list[str]:
        """The text between headings, code included."""
        return re.split(r"^#+ .*$", self.text, flags=re.MULTILINE)


def plain(text: str) -> str:
    """The words without the marks of Markdown; code and addresses are one word each."""
    text = _LINK.sub(r"\2", re.sub(r"`[^`]*`", "code", text))
    return re.sub(r"<?https?://\S+>?", "address", text).replace("**", "").strip()


def words(sentence: str) -> int:
    """How many words it has."""
    return len(_WORD.findall(sentence))


def pages(language: str) -> list[Document]:
    """The pages of the documentation in one language."""
    return [Document(path, language) for path in sorted((DOCS / language).rglob("*.md"))]


def all_documents() -> list[Document]:
    """Everything that a person reads: READMEs, documentation, and what stands beside them."""
    beside = [*ROOT.glob("*.md"), *(ROOT / "deploy").rglob("README.md")]
    others = [Document(path, "en") for path in sorted(beside) if path != README["ko"]]
    return [Document(README["ko"], "ko"), *others, *(page for language in LANGUAGES for page in pages(language))]
