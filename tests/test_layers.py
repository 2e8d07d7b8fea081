"""The rules of the tree, kept by the tree itself: who may import whom, and how long anything may be."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FILES = sorted(path for package in ("asiatongsin", "pipelines") for path in (ROOT / package).rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in zip(NAMES, FILES, strict=True)}


def imported(name: str) -> Iterator[str]:
    """The modules a file imports, wherever it does, and names that may be modules."""
    package = list(Path(name).parts[:-1])
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def offenders(names: Iterable[str], *forbidden: str) -> list[tuple[str, str]]:
    return sorted(
        {
            (name, module)
            for name in names
            for module in imported(name)
            if any(f"{module}.".startswith(f"{prefix}.") for prefix in forbidden)
        }
    )


def below(*folders: str) -> list[str]:
    found = [name for name in NAMES if name.startswith(folders)]
    assert found
    return found


def test_reads_imports_of_every_form() -> None:
    TREES["a/b/c.py"] = ast.parse("import x.y\ndef f():\n    from z import q\nfrom . import s\nfrom ..d import e as g")
    assert set(imported("a/b/c.py")) == {"x.y", "z", "z.q", "a.b", "a.b.s", "a.d", "a.d.e"}
    del TREES["a/b/c.py"]


def test_only_the_commands_know_the_pipelines() -> None:
    others = [name for name in below("asiatongsin/") if not name.startswith("asiatongsin/commands/")]
    assert offenders(others, "pipelines") == []


def test_page_objects_know_neither_spiders_nor_commands_nor_pipelines() -> None:
    assert offenders(below("asiatongsin/mediaon/"), "asiatongsin.spiders", "asiatongsin.commands", "pipelines") == []


def test_only_the_package_html_knows_the_library_that_parses() -> None:
    others = [name for name in NAMES if not name.startswith("asiatongsin/html/")]
    assert offenders(others, "selectolax") == []
    assert offenders(NAMES, "lxml", "parsel", "cssselect") == []


def test_the_package_html_knows_nothing_of_the_site() -> None:
    known = {"asiatongsin", "asiatongsin.html", "asiatongsin.korean"}
    html = below("asiatongsin/html/")
    used = {module for name in html for module in imported(name) if module.startswith(("asiatongsin", "pipelines"))}
    assert {module for module in used if not module.startswith(("asiatongsin.html.", "asiatongsin.korean."))} <= known


def test_pipelines_know_neither_spiders_nor_commands() -> None:
    assert offenders(below("pipelines/"), "asiatongsin.spiders", "asiatongsin.commands") == []


def test_exporters_know_nothing_of_pages_and_scrapy() -> None:
    assert offenders(below("pipelines/exporters/"), "asiatongsin.spiders", "asiatongsin.mediaon", "scrapy") == []


def test_what_all_build_on_knows_nobody() -> None:
    names = ("items.py", "mediaon/urls.py", "korean.py", "errors.py", "site.py", "html/")
    foundation = below(*(f"asiatongsin/{name}" for name in names))
    layers = ("mediaon", "spiders", "commands", "settings", "arguments")
    assert offenders(foundation, "pipelines", "scrapy", *(f"asiatongsin.{name}" for name in layers)) == []


def test_only_the_exporters_and_who_connects_speak_to_the_database() -> None:
    allowed = ("pipelines/exporters/", "pipelines/database.py", "pipelines/drain.py", "pipelines/known.py")
    allowed += (
        "pipelines/lock.py",
        "pipelines/summary.py",
        "pipelines/status/gathered.py",
        "pipelines/revisions.py",
        "pipelines/connected.py",
    )
    allowed += ("pipelines/gaps.py",)
    allowed += ("pipelines/reparse/bookmark.py", "pipelines/reparse/compare.py", "pipelines/reparse/run.py")
    assert offenders([name for name in NAMES if not name.startswith(allowed)], "psycopg") == []


def test_the_project_does_not_import_its_tests() -> None:
    assert offenders(NAMES, "tests") == []


HANDED_OVER = {"pipelines/threads.py": {"BaseException"}}
"""Where whatever is raised goes on to whoever waits for it, in another thread."""


def uses(name: str, *found: type[ast.AST]) -> list[str]:
    return [f"{name}:{node.lineno}" for node in ast.walk(TREES[name]) if isinstance(node, found)]


@pytest.mark.parametrize("name", NAMES)
def test_keeps_the_rules_of_a_file(name: str) -> None:
    nodes = list(ast.walk(TREES[name]))
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 300
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > 40] == []
    assert uses(name, ast.Assert) == []
    caught = [ast.unparse(node.type) if node.type else "" for node in nodes if isinstance(node, ast.ExceptHandler)]
    assert [text for text in caught if text in {"", "Exception", "BaseException"} - HANDED_OVER.get(name, set())] == []
    assert [node.lineno for node in nodes if isinstance(node, ast.Name) and node.id == "__file__"] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        name
        for name in NAMES
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    ]
    assert set(readers) == {"asiatongsin/settings.py"}
    assert [name for name in NAMES if {"os.environ", "os.getenv"} & set(imported(name))] == []


def test_every_package_has_a_place_in_the_distribution() -> None:
    """A folder without `__init__.py` is found by nobody who installs the project."""
    folders = {path.parent for path in FILES}
    assert [folder.name for folder in folders if not (folder / "__init__.py").exists()] == []
