"""A table of sites in a file (CSV), as spreadsheets write it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from asiatongsin.arguments import Arguments
from asiatongsin.errors import ArgumentError
from asiatongsin.nearest import nearest
from pipelines.fleet.site_entry import NOT_SCHEDULED, Given, SiteEntry

if TYPE_CHECKING:
    from _csv import Reader as _Reader

ADDRESS = "address"
OPTIONS = ("every", "cron", "time_zone", "group", "priority", "note")
ARGUMENTS = tuple(one.name for one in fields(Arguments) if one.name not in NOT_SCHEDULED)
COLUMNS = (ADDRESS, *OPTIONS, *ARGUMENTS)
"""Names of columns; those of settings, in capitals, come to these."""

_SEPARATORS = ",;\t"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the table, or what is wrong with it."""

    number: int
    entry: SiteEntry | None = None
    fault: str = ""


def read(path: Path) -> list[Line]:
    """All lines of the table that are not empty. ArgumentError where it cannot be read, or its columns are unknown."""
    text = _text(path)
    head, _, _ = text.partition("\n")
    separator = max(_SEPARATORS, key=head.count)
    rows = [*_numbered(csv.reader(text.splitlines(keepends=True), delimiter=separator))]
    if not rows:
        raise ArgumentError(f"{path} is empty: write a line of columns ({', '.join(COLUMNS)}), then one for each site")
    names = [_column(name) for name in rows[0][1]]
    if ADDRESS not in names:
        raise ArgumentError(
            f"{path} has no column {ADDRESS}; the columns are {', '.join(COLUMNS)} and names of settings"
        )
    return [*_without_twins(_line(number, names, row) for number, row in rows[1:])]


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArgumentError(f"{path} cannot be read: {error.strerror or error}") from None
    for encoding in ("utf-8-sig", "cp949"):  # the second is what a Korean Excel writes without being asked for UTF-8
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise ArgumentError(f"{path} is no text: save it as CSV UTF-8")


def _numbered(rows: _Reader) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the lines they begin in."""
    number = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield number, [" ".join(cell.split()) for cell in row]
            number = rows.line_num + 1
    except csv.Error as error:
        raise ArgumentError(f"line {rows.line_num}: {error}") from None


def _column(name: str) -> str:
    plain = name.lower().replace("-", "_").replace(" ", "_")
    plain = ADDRESS if plain == "site" else plain
    if plain in COLUMNS or not plain:
        return plain
    if name and name == name.upper():
        return name
    raise ArgumentError(
        f"there is no column {name!r}; the nearest is {nearest(name, COLUMNS)}, and settings are in capitals"
    )


def _line(number: int, names: Sequence[str], row: Sequence[str]) -> Line:
    cells = {name: cell for name, cell in zip_longest(names, row, fillvalue="") if cell}
    if "" in cells:
        return Line(number=number, fault=f"{cells['']!r} stands in no column that has a name")
    try:
        return Line(number=number, entry=SiteEntry.at(cells.get(ADDRESS, "")).changed(_given(cells)))
    except ArgumentError as error:
        return Line(number=number, fault=str(error))


def _given(cells: Mapping[str, str]) -> Given:
    return Given(
        every=cells.get("every"),
        cron=cells.get("cron"),
        time_zone=cells.get("time_zone"),
        group=cells.get("group"),
        priority=cells.get("priority"),
        note=cells.get("note"),
        arguments={name: cells[name] for name in ARGUMENTS if name in cells},
        settings={name: cell for name, cell in cells.items() if name not in COLUMNS},
    )


def _without_twins(lines: Iterable[Line]) -> Iterator[Line]:
    first: dict[str, int] = {}
    for line in lines:
        site = line.entry.site if line.entry else ""
        if site in first:
            yield Line(number=line.number, fault=f"{site} stands in line {first[site]} already")
        else:
            yield line
        if site:
            first.setdefault(site, line.number)
