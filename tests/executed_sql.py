"""Watches which SQL constants of the code are executed: a run of `pytest -m sql` fails where one was not.

So whatever is SQL runs on each version of PostgreSQL that the tests marked `sql` run on.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

import pipelines

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|LOCK|SET|TRUNCATE|COPY)\s", re.ASCII)
PLACEHOLDER = re.compile(r"\\\{\w*\\\}")

VARIABLE = "EXECUTED_SQL"
"""Folder that says, in the environment, that commands are watched as well."""

READS_ENVIRONMENT = {"pipelines.fleet.preloaded"}
"""Modules without statements that read the settings as they are imported: a command must do that in its environment."""

_never: dict[str, re.Pattern[str]] = {}
_known: set[str] = set()


def watch(folder: Path) -> None:
    """From now on notes what this process executes, and writes down at its end what it never did."""
    os.environ[VARIABLE] = str(folder)
    atexit.register(write, folder)
    _never.update(constants())
    for name in ("execute", "executemany", "stream", "copy"):
        setattr(psycopg.Cursor, name, _noting(getattr(psycopg.Cursor, name)))
    # A cursor that the server keeps executes by itself.
    setattr(psycopg.ServerCursor, "execute", _noting(psycopg.ServerCursor.execute))  # noqa: B010  mypy knows another type


def constants() -> dict[str, re.Pattern[str]]:
    """Names of the statements that stand at the top of a module, and what each looks like when it is executed."""
    found = {}
    for module in pkgutil.walk_packages(pipelines.__path__, "pipelines."):
        if module.name in READS_ENVIRONMENT:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            text = _text(value)
            if not name.startswith("__") and STATEMENT.match(text):
                found[f"{module.name}.{name}"] = re.compile(PLACEHOLDER.sub(".*", re.escape(_folded(text))))
    return found


def write(folder: Path) -> None:
    """Tells the process that judges what this one has never executed."""
    (folder / f"never executed {uuid4().hex}").write_text(json.dumps(sorted(_never)))


def missing(folder: Path) -> list[str]:
    """Constants that none of the processes has executed."""
    left = [set(json.loads(path.read_text())) for path in folder.glob("never executed *")]
    return sorted(set.intersection(*left)) if left else []


def _noting(execute: Callable[..., Any]) -> Callable[..., Any]:
    def noting(cursor: psycopg.Cursor[Any], query: Any, *given: Any, **named: Any) -> Any:
        text = _text(query, cursor)
        if text not in _known:
            _known.add(text)
            folded = _folded(text)
            for name in [name for name, pattern in _never.items() if pattern.search(folded)]:
                del _never[name]
        return execute(cursor, query, *given, **named)

    return noting


def _text(value: Any, cursor: psycopg.Cursor[Any] | None = None) -> str:
    if isinstance(value, sql.Composable):
        return value.as_string(cursor)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str) else ""


def _folded(text: str) -> str:
    return " ".join(text.split())
