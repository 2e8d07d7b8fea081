"""What people read is plain, equal in both languages, and leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import pytest

from tests.documents import (
    DOCS,
    LANGUAGES,
    MEDIAN_WORDS,
    MOST_WORDS,
    README,
    ROOT,
    Document,
    all_documents,
    pages,
    words,
)

ALL = all_documents()
IN_ENGLISH_ALONE = "development/"
"""Pages for those who work on the program."""

GENERATED = {"commands", "settings", "tables", "statistics", "statuses", "addresses"}
"""Pages of the reference that are made of the code; a term on them needs no link."""

PAIRS = [
    (Document(README["ko"], "ko"), Document(README["en"], "en")),
    *((Document(DOCS / "ko" / page.path.relative_to(DOCS / "en"), "ko"), page) for page in pages("en")),
]
PAIRS = [pair for pair in PAIRS if IN_ENGLISH_ALONE not in pair[1].name]


def by_name(value: Document | tuple[Document, Document]) -> str:
    return value.name if isinstance(value, Document) else value[1].name


@pytest.mark.parametrize("document", ALL, ids=by_name)
def test_its_sentences_are_short(document: Document) -> None:
    sentences = document.sentences()
    most = MOST_WORDS[document.language]
    assert [f"{words(sentence)}: {sentence}" for sentence in sentences if words(sentence) > most] == []
    assert median([words(sentence) for sentence in sentences] or [0]) <= MEDIAN_WORDS[document.language]


def test_every_page_is_there_in_both_languages() -> None:
    there = {
        language: {page.path.relative_to(DOCS / language).as_posix() for page in pages(language)}
        for language in LANGUAGES
    }
    assert {name for name in there["en"] if not name.startswith(IN_ENGLISH_ALONE)} == there["ko"]


def shape_of_code(document: Document) -> list[str]:
    """Its blocks of code without comments, which are in the language of their readers, and without results."""
    kinds = ("sh", "python", "sql", "r", "yaml", "nginx", "caddy", "ini", "toml")
    without = [re.sub(r"(^|\s+)(#|--) .*$", "", block, flags=re.MULTILINE) for block in document.blocks(*kinds)]
    return [re.sub(r"\n+", "\n", block).strip() for block in without]


def target_without_anchor(target: str) -> str:
    return target.partition("#")[0].replace("docs/ko/", "docs/en/").replace("README.md", "README.en.md")


@pytest.mark.parametrize("pair", PAIRS, ids=by_name)
def test_both_languages_say_the_same(pair: tuple[Document, Document]) -> None:
    korean, english = pair
    assert [level for level, _ in korean.headings()] == [level for level, _ in english.headings()]
    assert shape_of_code(korean) == shape_of_code(english)
    assert [len(row) for row in korean.rows()] == [len(row) for row in english.rows()]
    leads = [{target_without_anchor(link.target) for link in one.links()} for one in pair]
    if korean.path == README["ko"]:
        leads = [{target for target in targets if not target.startswith("README")} for targets in leads]
    assert leads[0] == leads[1]
    without_code = re.sub(r"`[^`]*`", "", korean.prose)
    assert len(re.findall("[가-힣]", without_code)) > len(re.findall("[A-Za-z]", without_code)) / 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_is_short_and_leads_to_the_other_language(language: str) -> None:
    lines = README[language].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 130
    other = README["en" if language == "ko" else "ko"].name
    assert f"]({other})" in lines[0]


@pytest.mark.parametrize("document", ALL, ids=by_name)
def test_its_links_lead_somewhere(document: Document) -> None:
    targets = {link.target for link in document.links() if not re.match(r"https?:|mailto:", link.target)}
    missing = []
    for target in sorted(targets):
        name, _, anchor = target.partition("#")
        file = (document.path.parent / name).resolve() if name else document.path
        anchors = anchors_of(file) if file.suffix == ".md" and file.exists() else set()
        if not file.exists() or (anchor and anchor not in anchors):
            missing.append(target)
    assert missing == []


def anchors_of(file: Path) -> set[str]:
    """The anchors that the headings of a file have."""
    titles = [re.sub(r"[`*]|\[|\]\([^)]*\)", "", title) for _, title in Document(file, "en").headings()]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def terms_of(language: str) -> list[str]:
    return [
        title
        for level, title in Document(DOCS / language / "reference" / "terms.md", language).headings()
        if level == 2
    ]


def test_the_terms_are_defined() -> None:
    needed = {"spool", "weather strip", "coverage", "re-check", "removal", "good crawl"}
    assert needed <= {term.lower() for term in terms_of("en")}
    assert len(terms_of("ko")) == len(terms_of("en"))


@pytest.mark.parametrize(
    "document",
    [one for one in ALL if one.path in README.values() or (one.path.is_relative_to(DOCS) and one.path.stem != "terms")],
    ids=by_name,
)
def test_a_term_leads_to_its_definition_where_it_is_used_first(document: Document) -> None:
    if document.path.stem in GENERATED or IN_ENGLISH_ALONE in document.name:
        return
    prose = re.sub(r"`[^`\n]*`", lambda code: "·" * len(code[0]), document.prose)
    prose = re.sub(r"^#.*$", lambda heading: "·" * len(heading[0]), prose, flags=re.MULTILINE)
    linked = [(link.start(), link.end()) for link in re.finditer(r"\[[^\]]*\]\([^)]*terms\.md#[^)]*\)", prose)]
    others = [(link.start(), link.end()) for link in re.finditer(r"\[[^\]]*\]\([^)]*\)", prose)]
    unlinked = []
    for term in terms_of(document.language):
        used = re.finditer(rf"(?<![\w-]){re.escape(term)}", prose, re.IGNORECASE)
        first = next(
            (at.start() for at in used if not any(a <= at.start() < b for a, b in others if (a, b) not in linked)), None
        )
        if first is not None and not any(begin <= first < end for begin, end in linked):
            unlinked.append(term)
    assert unlinked == []


MEASURED = re.compile(r"(?<![\w`.])\d[\d,.]* (ms|CPU-seconds|CPU-s|pages/s|pages a second|MB of memory|articles/s)\b")


@pytest.mark.parametrize("document", [one for one in ALL if one.name != "CHANGELOG.md"], ids=by_name)
def test_figures_name_the_command_that_measured_them(document: Document) -> None:
    nameless = [
        found[0]
        for section in document.sections()
        if (found := MEASURED.search(section)) and not re.search(r"make (bench|soak|demo|test)|`test_\w+`", section)
    ]
    assert nameless == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_names_every_page(language: str) -> None:
    menu = (ROOT / f"zensical.{language}.toml").read_text(encoding="utf-8")
    tomllib.loads(menu)
    named = set(re.findall(r'"([^"]+\.md)"', menu))
    assert named == {page.path.relative_to(DOCS / language).as_posix() for page in pages(language)}


@pytest.mark.skipif(find_spec("zensical") is None, reason="Zensical is not installed (make tools)")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_is_built_without_a_warning(language: str) -> None:
    command = [
        str(Path(sys.executable).parent / "zensical"),
        "build",
        "--strict",
        "--config-file",
        f"zensical.{language}.toml",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
