"""What the READMEs, the tutorial and CONTRIBUTING say is true: commands, arguments, versions, durations, places.

That their links lead somewhere is tested in `tests/unit/test_documents.py`, that their lines of Python run in
`tests/crawls/test_first_corpus.py`.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib

import pytest

from asiatongsin import settings
from asiatongsin.arguments import Arguments
from tests.conftest import ROOT, Scrapy
from tests.documents import DOCS, LANGUAGES, README, Document

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
FIRST_READ = [
    Document(path, language)
    for language in LANGUAGES
    for path in (README[language], DOCS / language / "index.md", DOCS / language / "tutorial.md")
]
"""What a newcomer reads."""


def test_their_commands_exist(scrapy: Scrapy) -> None:
    known = scrapy().output
    named = {name for document in FIRST_READ for name in re.findall(r"\basiatongsin (\w+)", code_of(document))}
    assert {"crawl", "export", "search", "serve", "sql", "status"} <= named
    assert [name for name in sorted(named) if f"\n  {name} " not in known] == []


def code_of(document: Document) -> str:
    """Its blocks of commands, and what is written as code between the words."""
    return "\n".join([*document.blocks("sh", ""), *re.findall(r"`([^`\n]+)`", document.prose)])


@pytest.mark.parametrize("document", FIRST_READ, ids=lambda document: document.name)
def test_their_arguments_and_targets_exist(document: Document) -> None:
    code = code_of(document)
    assert set(re.findall(r"-a (\w+)=", code)) <= {field.name for field in dataclasses.fields(Arguments)}
    assert set(re.findall(r"^make ([\w-]+)", code, re.MULTILINE)) <= TARGETS
    assert set(re.findall(r"ASIATONGSIN_(\w+)", code)) <= set(dir(settings))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_names_the_versions_of_python_and_extras_that_there_are(language: str) -> None:
    text = README[language].read_text(encoding="utf-8")
    versions = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", one)]
    assert re.findall(r"Python (3\.\d+)(?: to |~)(3\.\d+)", text) == [(versions[0], versions[-1])]
    assert set(re.findall(r'install "\.\[(\w+)\]"', text)) <= PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_says_how_long_a_first_crawl_takes_with_the_usual_delay(language: str) -> None:
    articles, hours = {"ko": ("14만 건", "40시간"), "en": ("140,000 articles", "40 hours")}[language]
    [row] = (row for row in Document(README[language], language).rows() if articles in row[1])
    assert hours in row[2]
    assert round(140_000 * settings.DOWNLOAD_DELAY / 3600, -1) == 40


@pytest.mark.parametrize("name", ["how-to/fleet"])
def test_the_tests_and_settings_that_it_names_exist(name: str) -> None:
    text = (DOCS / "en" / f"{name}.md").read_text(encoding="utf-8")
    tests = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(re.findall(r"`(test_\w+)`", text)) - tests == set()
    capitals = set(re.findall(r"`([A-Z_]{6,})", text)) - {"SIGTERM"}
    assert len(capitals) > 8
    assert [one for one in capitals if not (one.startswith("AWS_") or hasattr(settings, one))] == []
    commands = {path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py")}
    assert set(re.findall(r"`asiatongsin (\w+)", text)) - commands == set()


def test_the_places_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = re.findall(r"`((?:asiatongsin|pipelines|tests|docs)/[^`\s:]*)`", text)
    assert len(places) > 25
    assert [place for place in places if not re.search(r"[<*]|NNNN", place) and not (ROOT / place).exists()] == []
