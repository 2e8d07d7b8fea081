"""What the explanations name exists: tests, settings, commands; and their pictures can be read by all."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from asiatongsin import settings
from tests.documents import DOCS, LANGUAGES, ROOT, Document

NAMES = ("walks", "removals", "drift", "spool", "archive", "reliability", "performance")
DRAWN = ("walks", "removals", "drift", "spool", "archive")
NO_SETTINGS = {"SIGTERM", "PAUSE", "SELECT"}
SVG = "{http://www.w3.org/2000/svg}"


def named(pattern: str, name: str, language: str) -> set[str]:
    page = Document(DOCS / language / "explanation" / f"{name}.md", language)
    return set(re.findall(pattern, page.text))


@pytest.fixture(scope="module")
def there() -> set[str]:
    """The names of the files of tests, and of the tests themselves."""
    files = [*(ROOT / "tests").rglob("test_*.py")]
    functions = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)
    return {file.stem for file in files}.union(*(functions.findall(file.read_text("utf-8")) for file in files))


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_that_it_names_exist_and_are_the_same_in_both_languages(name: str, there: set[str]) -> None:
    tests = named(r"`(test_\w+)`", name, "en")
    assert tests - there == set()
    assert named(r"`(test_\w+)`", name, "ko") == tests
    assert len(tests) > (100 if name == "reliability" else -1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_settings_and_commands_that_it_names_exist(name: str, language: str) -> None:
    capitals = named(r"`([A-Z]+_[A-Z_]+|[A-Z]{5,})\b", name, language) - NO_SETTINGS
    assert [one for one in capitals if not (one.startswith("AWS_") or hasattr(settings, one))] == []
    commands = {path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py")}
    assert named(r"`asiatongsin (\w+)", name, language) - commands == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_its_picture_says_in_words_what_it_shows(name: str, language: str) -> None:
    assert named(r"!\[.{20,}\]\(\.\./pictures/(\w+)\.svg\)", name, language) == {name}
    text = (DOCS / language / "pictures" / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert (root.get("role"), root.get("lang")) == ("img", language)
    assert root.findtext(f"{SVG}title")
    assert "prefers-color-scheme: dark" in text
    words = "".join(found.text or "" for found in root.iter(f"{SVG}text"))
    assert bool(re.search("[가-힣]", words)) == (language == "ko")
