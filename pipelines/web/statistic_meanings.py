"""What the statistics of a crawl mean, as `asiatongsin/statistics.py` explains each where it is named."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any, get_args

from asiatongsin import statistics
from asiatongsin.items import PageKind


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One statistic."""

    name: str
    """Its name: `<where it is counted>/<what>`."""

    value: Any
    """Its value."""

    meaning: str
    """What it counts; empty for those of Scrapy that are not explained here."""


def grouped(values: Mapping[str, Any]) -> dict[str, list[Figure]]:
    """The statistics by where they are counted; those without a meaning, which are Scrapy's own, under an empty name.

    The groups stand in the order in which a page goes through them.
    """
    known = [*meanings()]
    groups: dict[str, list[Figure]] = {name.partition("/")[0]: [] for name in [*known, ""]}
    for name, value in sorted(values.items()):
        figure = Figure(name=name, value=value, meaning=meaning(name))
        groups[_group(name, known) if figure.meaning else ""].append(figure)
    return {name: figures for name, figures in groups.items() if figures}


def meaning(name: str) -> str:
    """What a statistic counts; empty where nobody says. A name that ends in `/` stands for all that begin so."""
    known = meanings()
    return known.get(name) or next((text for one, text in known.items() if one[-1] == "/" and name.startswith(one)), "")


def _group(name: str, known: list[str]) -> str:
    return next(one for one in known if one == name or (one[-1] == "/" and name.startswith(one))).partition("/")[0]


@cache
def meanings() -> Mapping[str, str]:
    """What each statistic counts, by its name, in the order of `asiatongsin/statistics.py`."""
    return dict(_explained(ast.parse(inspect.getsource(statistics))))


def _explained(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node, following in zip_longest(module.body, module.body[1:]):
        if isinstance(node, ast.FunctionDef):
            make, text = getattr(statistics, node.name), (ast.get_docstring(node) or "").partition("\n")[0]
            of_kinds = node.args.args[0].arg == "kind"
            yield from ((make(kind), text) for kind in (get_args(PageKind) if of_kinds else ("",)))
        elif isinstance(node, ast.Assign) and isinstance(following, ast.Expr):
            text = " ".join(str(ast.literal_eval(following.value)).split())
            named = [one for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            yield from ((getattr(statistics, one.id), text) for one in named)
