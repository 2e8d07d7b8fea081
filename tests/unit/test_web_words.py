"""Each word of the pages has its Korean, and no word is kept that nobody says."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.nodes import Call, Const, Filter, Name, Node

from pipelines.database.errors import DatabaseEmpty, DatabaseTooNew, DatabaseTooOld
from pipelines.web.database import AllBusy, TooLong
from pipelines.web.language import KOREAN, in_holes
from pipelines.web.pages import PAGES
from tests.conftest import ROOT

WEB = ROOT / "pipelines" / "web"
TEMPLATES = sorted(path.name for path in (WEB / "templates").glob("*.html"))
WORDS = sorted((WEB / "words").glob("*.ko.toml"))
OF_REASONS = {"needs.ko.toml", "why.ko.toml"}
"""Sentences that are put together of many pieces: `tests/unit/test_web_needs.py` has them said."""


def parsed(name: str) -> Node:
    return Environment(autoescape=True).parse((WEB / "templates" / name).read_text(encoding="utf-8"))


def said(name: str) -> set[str]:
    """The words that a template says as they stand there."""
    calls = [call for call in parsed(name).find_all(Call) if isinstance(call.node, Name) and call.node.name == "_"]
    return {call.args[0].value for call in calls if isinstance(call.args[0], Const)}


@pytest.mark.parametrize("name", TEMPLATES)
def test_everything_a_template_says_is_there_in_korean(name: str) -> None:
    assert [words for words in sorted(said(name)) if not KOREAN.knows(words)] == []


def test_the_name_of_every_page_is_there_in_korean() -> None:
    assert [page.title for page in PAGES if not KOREAN.knows(page.title)] == []


@pytest.mark.parametrize(
    "error", [DatabaseEmpty("a"), DatabaseTooNew(9, 8), DatabaseTooOld("a", 8, 9), TooLong(10, "NAME"), AllBusy()]
)
def test_why_the_data_cannot_be_had_is_there_in_korean(error: Exception) -> None:
    assert KOREAN.knows(str(error))


@cache
def long_pieces() -> list[str]:
    """Texts of the code, of which sentences are put together."""
    return [text for text in texts_of_code() if len(text) > 12 and "\n" not in text]


def is_said(key: str) -> bool:
    """Whether the code has the sentence, or at least a long piece of it."""
    return all(piece in written() for piece in key.split("{}")) or any(piece in key for piece in long_pieces())


@cache
def written() -> str:
    """Every text that stands in the code and the templates: what may be said."""
    schema = (ROOT / "pipelines" / "database" / "schema.sql").read_text(encoding="utf-8").replace("''", "'")
    return "\n".join([*texts_of_code(), *texts_of_templates(), schema])


def texts_of_code() -> Iterator[str]:
    for folder in ("asiatongsin", "pipelines"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def texts_of_templates() -> Iterator[str]:
    for name in TEMPLATES:
        yield from (str(one.value) for one in parsed(name).find_all(Const) if isinstance(one.value, str))


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.name)
def test_no_word_is_kept_that_nobody_says(path: Path) -> None:
    """What stands between the holes of a sentence is found in the code, a template, or an explanation of a column."""
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    assert path.name in OF_REASONS or [key for key in words if not is_said(key)] == []


def test_a_word_of_two_files_has_one_meaning() -> None:
    found: dict[str, str] = {}
    for path in WORDS:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        assert {key: value for key, value in words.items() if found.get(key, value) != value} == {}
        found |= words


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.name)
def test_korean_words_have_the_holes_of_the_english_ones(path: Path) -> None:
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [key for key, value in words.items() if len(value.split("{")) > len(key.split("{"))] == []


def test_nothing_of_a_template_escapes_the_escaping() -> None:
    """`| safe` hands on what somebody else has written."""
    unsafe = [(name, one.name) for name in TEMPLATES for one in parsed(name).find_all(Filter) if one.name == "safe"]
    assert unsafe == []


def test_no_address_keeps_the_words_busy() -> None:
    """As a regular expression, a sentence of eight holes tried all ways to divide this one, for hours."""
    typed = ": {} found on {} of {} pages, usually {}, {} per page, usually {}".replace("{}", "x") * 100
    assert KOREAN.say(f"by={typed}: write one of section, site").startswith("by=")
    assert [in_holes(["", " of ", ""], text) for text in ("1 of 2 of 3", " of 2", "1 of ")] == [
        ["1", "2 of 3"],
        None,
        None,
    ]
