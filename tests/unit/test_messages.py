"""What the program says is in short sentences: errors, help, log lines, alerts, reasons, fields and comments."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from statistics import median

import pytest
from itemadapter import ItemAdapter
from scrapy.commands import ScrapyCommand

from pipelines.commands.status import ITEMS
from pipelines.crawl_record import ExitStatus
from tests.conftest import ROOT
from tests.documents import MOST_WORDS, plain, words

SOURCES = sorted(path for package in ("asiatongsin", "pipelines") for path in (ROOT / package).rglob("*.py"))
COMMANDS = sorted(path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py"))
SAYS = re.compile(r"(Error|Refused|Stopped|Unreachable|Unusable|Rights|Missing|Trouble|Taken|_error|_tell|tell|show)$")
"""Names of what is raised or called with a sentence."""

LOG = {"info", "warning", "error", "critical"}
HELP = {"help", "epilog", "description"}
ALL_OF_THEM = {"messages.py", "reasons.py", "fleet.py", "decide.py", "errors.py"}
"""Files of which every text is for people."""


def text_of(node: ast.AST) -> str | None:
    """A text with a word in each of its holes; None where it is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts_in(node: ast.AST) -> Iterator[str]:
    """The outermost texts below the node, without explanations of the code."""
    if (text := text_of(node)) is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and text_of(child.value) is not None):
            yield from texts_in(child)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def said_in(tree: ast.Module) -> Iterator[str]:
    """Arguments of errors, of log lines, and of options; `super().__init__` of an error holds its sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from texts_in(node.exc)
        elif isinstance(node, ast.Call) and (SAYS.search(called(node)) or called(node) in LOG | {"__init__"}):
            yield from (text for given in node.args for text in texts_in(given))
        elif isinstance(node, ast.Call):
            yield from (text for given in node.keywords if given.arg in HELP for text in texts_in(given.value))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.JoinedStr | ast.Dict):
            yield from texts_in(node.value)


def collected() -> dict[str, list[str]]:
    """The texts of each file that says something."""
    found = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [*(texts_in(tree) if path.name in ALL_OF_THEM else said_in(tree))]
        found[path.relative_to(ROOT).as_posix()] = [text for text in texts if not is_sql(text)]
    return {name: texts for name, texts in found.items() if texts}


def is_sql(text: str) -> bool:
    return bool(re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|FROM|WHERE|CASE)\b\s", text)) and "\n" in text


def sentences(text: str) -> list[str]:
    """As of documents; a line of its own is a sentence as well."""
    return [
        sentence
        for line in text.split("\n")
        for sentence in re.split(r"(?<=[.!?])[)\"'*”’]*\s+", plain(line))
        if words(sentence) > 1
    ]


def too_long(texts: list[str]) -> list[str]:
    found = [sentence for text in texts for sentence in sentences(text)]
    return [f"{words(one)}: {one}" for one in found if words(one) > MOST_WORDS["en"]]


SAID = collected()


def test_the_texts_are_found() -> None:
    everything = " | ".join(text for texts in SAID.values() for text in texts)
    assert "a fleet needs a database that all its machines reach" in everything  # raised
    assert "cannot be kept on disk, so nothing more is fetched" in everything  # logged
    assert "default: all that were crawled" in everything  # an option
    assert "See that the database answers" in everything  # an alert
    assert "see whether the scheduler still runs" in everything  # a reason
    assert "took our connection and does not answer" in everything  # an error of the database
    assert sum(map(len, SAID.values())) > 500


@pytest.mark.parametrize("name", SAID)
def test_a_message_has_short_sentences(name: str) -> None:
    assert too_long(SAID[name]) == []


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in {"__init__", "usage"}])
def test_the_help_of_a_command_has_short_sentences(name: str) -> None:
    command: ScrapyCommand = importlib.import_module(f"pipelines.commands.{name}").Command()
    said = [command.short_desc(), command.long_desc()]
    assert too_long(said) == []
    assert words(command.short_desc()) <= 20
    assert not command.short_desc().endswith(".")


def test_the_meaning_of_an_exit_status_is_a_short_sentence() -> None:
    assert too_long([status.meaning for status in ExitStatus]) == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item.__name__))
def test_what_the_schema_says_of_an_item_has_short_sentences(item: type) -> None:
    described = ItemAdapter.get_json_schema(item)["properties"].values()
    meanings = [" ".join(one.get("description", "").split()) for one in described]
    assert too_long([" ".join((item.__doc__ or "").split()), *meanings]) == []


def test_the_comments_of_the_tables_have_short_sentences() -> None:
    schema = (ROOT / "pipelines" / "database" / "schema.sql").read_text(encoding="utf-8")
    comments = [text.replace("''", "'") for text in re.findall(r"^COMMENT ON .+ IS '((?:[^']|'')*)';", schema, re.M)]
    assert len(comments) > 300
    assert too_long(comments) == []
    assert median([words(sentence) for text in comments for sentence in sentences(text)]) <= 20
    assert [text for text in comments if "scrapy " in text] == []
