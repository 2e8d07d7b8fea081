"""The rules of the tree, kept by the tree itself: who may import whom, and how long anything may be."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from asiatongsin.settings import ITEM_PIPELINES
from tests.conftest import ROOT

FILES = sorted(path for package in ("asiatongsin", "pipelines") for path in (ROOT / package).rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]


@cache
def nodes_of(name: str) -> list[ast.AST]:
    """All that a file is made of."""
    return list(ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))))


@cache
def imported(name: str) -> frozenset[str]:
    """The modules a file imports, wherever it does, and names that may be modules."""
    return frozenset(imports(name, nodes_of(name)))


def imports(name: str, nodes: Iterable[ast.AST]) -> Iterator[str]:
    package = list(Path(name).parts[:-1])
    for node in nodes:
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
    tree = ast.parse("import x.y\ndef f():\n    from z import q\nfrom . import s\nfrom ..d import e as g")
    assert set(imports("a/b/c.py", ast.walk(tree))) == {"x.y", "z", "z.q", "a.b", "a.b.s", "a.d", "a.d.e"}


FLOORS = (
    ("commands",),
    ("terminal", "fleet", "news"),
    ("web",),
    ("reparse", "crawl"),
    ("status", "stages", "monitoring"),
    ("spool",),
    ("datasets", "verdict"),
    ("queries",),
    ("archive", "exporters"),
    ("database", "crawl_record"),
    ("disk", "freed_memory", "threads"),
)
"""The floors of `pipelines`, from the top down: each imports only from floors below it, and from `asiatongsin`."""

FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(name: str) -> str:
    """`crawl` out of `pipelines/crawl/lock.py` and out of `pipelines.crawl.lock`."""
    return Path(name).with_suffix("").parts[1] if "/" in name else name.split(".")[1]


def test_asiatongsin_knows_nothing_of_the_pipelines() -> None:
    others = [name for name in below("asiatongsin/") if name != "asiatongsin/__init__.py"]  # has asiatongsin.open()
    assert offenders(others, "pipelines") == []


def test_imports_run_down_from_floor_to_floor() -> None:
    names = [name for name in below("pipelines/") if name != "pipelines/__init__.py"]
    assert {room_of(name) for name in names} == set(FLOOR_OF)
    imports = {(name, module) for name in names for module in imported(name) if module.startswith("pipelines.")}
    rooms = [(name, module, room_of(name), room_of(module)) for name, module in imports]
    upwards = [(name, module) for name, module, here, there in rooms if FLOOR_OF[here] > FLOOR_OF[there]]
    sideways = [
        (name, module) for name, module, here, there in rooms if here != there and FLOOR_OF[here] == FLOOR_OF[there]
    ]
    assert sorted(upwards) == []
    assert sorted(sideways) == []


def test_a_stage_imports_no_other_stage() -> None:
    stages = {dotted.rpartition(".")[0] for dotted in ITEM_PIPELINES}
    files = [f"{module.replace('.', '/')}.py" for module in stages]
    assert offenders(files, *stages) == []
    assert all(name.startswith("pipelines/stages/") for name in files)


def test_only_one_file_chooses_the_cms() -> None:
    others = [name for name in NAMES if not name.startswith("asiatongsin/mediaon/") and name != "asiatongsin/cms.py"]
    assert offenders(others, "asiatongsin.mediaon") == []


def test_what_all_build_on_knows_nobody() -> None:
    foundation = below(
        *(f"asiatongsin/{name}" for name in ("items.py", "fields.py", "korean.py", "errors.py", "site.py"))
    )
    above = ("spiders", "extensions", "middlewares", "cms", "mediaon", "settings", "arguments")
    assert offenders(foundation, "scrapy", *(f"asiatongsin.{name}" for name in above)) == []


def test_page_objects_know_neither_spiders_nor_scrapy() -> None:
    assert offenders(below("asiatongsin/mediaon/"), "asiatongsin.spiders", "scrapy") == []


def test_only_the_package_html_knows_the_library_that_parses() -> None:
    others = [name for name in NAMES if not name.startswith("asiatongsin/html/")]
    assert offenders(others, "selectolax") == []
    assert offenders(NAMES, "lxml", "parsel", "cssselect") == []


def test_the_package_html_knows_nothing_of_the_site() -> None:
    known = {"asiatongsin", "asiatongsin.html.parse", "asiatongsin.korean"}
    html = below("asiatongsin/html/")
    used = {module for name in html for module in imported(name) if module.startswith(("asiatongsin", "pipelines"))}
    assert {module for module in used if not module.startswith(("asiatongsin.html.", "asiatongsin.korean."))} <= known


def test_exporters_know_nothing_of_pages_and_scrapy() -> None:
    assert offenders(below("pipelines/exporters/"), "asiatongsin.spiders", "asiatongsin.mediaon", "scrapy") == []


def test_only_commands_raise_usage_errors() -> None:
    others = [name for name in NAMES if not name.startswith("pipelines/commands/")]
    assert offenders(others, "scrapy.exceptions.UsageError") == []


def test_only_what_asks_or_stores_speaks_to_the_database() -> None:
    rooms = (
        *(
            "database",
            "exporters",
            "queries",
            "spool",
            "crawl",
            "status",
            "reparse",
            "verdict",
            "datasets",
            "fleet",
            "monitoring",
            "news",
            "web",
        ),
    )
    others = [name for name in NAMES if not name.startswith(tuple(f"pipelines/{room}/" for room in rooms))]
    assert offenders(others, "psycopg") == []


def test_the_project_does_not_import_its_tests() -> None:
    assert offenders(NAMES, "tests") == []


HANDED_OVER = {"pipelines/threads.py": {"BaseException"}}
"""Where whatever is raised goes on to whoever waits for it, in another thread."""


@pytest.mark.parametrize("name", NAMES)
def test_keeps_the_rules_of_a_file(name: str) -> None:
    nodes = nodes_of(name)
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 300
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > 40] == []
    assert [node.lineno for node in nodes if isinstance(node, ast.Assert)] == []
    caught = [ast.unparse(node.type) if node.type else "" for node in nodes if isinstance(node, ast.ExceptHandler)]
    assert [text for text in caught if text in {"", "Exception", "BaseException"} - HANDED_OVER.get(name, set())] == []
    assert [node.lineno for node in nodes if isinstance(node, ast.Name) and node.id == "__file__"] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        name
        for name in NAMES
        for node in nodes_of(name)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    ]
    handing_on = {f"pipelines/{name}.py" for name in ("archive/store", "database/backup", "database/console")}
    others = {"asiatongsin/project.py", *handing_on}  # the first says where settings are
    assert set(readers) == {"asiatongsin/settings.py", *others}
    assert [name for name in NAMES if {"os.environ", "os.getenv"} & imported(name)] == []


def is_written_out(argument: ast.expr) -> bool:
    """A text, or a text that begins with one: not a name of `asiatongsin/statistics.py`."""
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) else argument
    return isinstance(first, ast.Constant)


def test_statistics_are_named_in_one_place() -> None:
    calls = [(name, node) for name in NAMES for node in nodes_of(name) if isinstance(node, ast.Call)]
    kept = {"inc_value", "set_value", "get_value", "max_value", "min_value"}
    of_stats = [(name, node) for name, node in calls if isinstance(node.func, ast.Attribute) and node.func.attr in kept]
    assert len(of_stats) > 30
    assert [f"{name}:{node.lineno}" for name, node in of_stats if is_written_out(node.args[0])] == []


def test_every_package_has_a_place_in_the_distribution() -> None:
    """A folder without `__init__.py` is found by nobody who installs the project."""
    folders = {path.parent for path in FILES}
    assert [folder.name for folder in folders if not (folder / "__init__.py").exists()] == []
