"""One export from its beginning to the file, and what stands beside the file."""

from __future__ import annotations

import csv
import io
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from psycopg import Connection

from asiatongsin.errors import ArgumentError
from pipelines.datasets.columns import OURS, columns_of
from pipelines.datasets.lines import Tell, write_csv, write_json
from pipelines.datasets.marks import Mark, since
from pipelines.datasets.target import Dropped, replacing
from pipelines.disk import write_whole
from pipelines.queries.records.records import Column, Wanted, check

CSV, JSONL, PARQUET, ATOM = "csv", "jsonl", "parquet", "atom"
FORMATS = (CSV, JSONL, PARQUET, ATOM)

RIGHTS = (
    "Texts and photos remain the property of their publishers and authors. Before you publish any of them or pass them"
    " on, see what copyright law and the terms of the site allow."
)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is exported, how, and where to."""

    wanted: Wanted
    format: str = CSV
    names: str = OURS
    path: Path | None = None
    """None: standard output."""

    asked: str = ""
    """The filters as they were written."""

    mark: Mark | None = None
    """Only what is new or changed since the last export under this name."""

    @property
    def fields_path(self) -> Path | None:
        """The file that explains the columns: `month.fields.csv` beside `month.csv`, `month.parquet.fields.csv` beside
        `month.parquet`; a feed and a pipe have none."""
        if self.path is None or self.format == ATOM or (self.path.exists() and not self.path.is_file()):
            return None
        return self.path.with_name(f"{self.path.name.removesuffix('.csv')}.fields.csv")


def run(connection: Connection, job: Job, tell: Tell) -> int:
    """Makes the file and the one beside it that explains its columns; returns the number of rows.

    Where nothing is new since a mark, there is no file. ArgumentError says what to do instead.
    """
    check(connection, job.wanted)
    columns = columns_of(connection, job.wanted, job.names)
    if job.mark is None:
        return _write(connection, job, columns, tell)
    with since(connection, job.mark) as span:
        return _write(connection, replace(job, wanted=replace(job.wanted, changed=span)), columns, tell)


def check_free(job: Job) -> None:
    """ArgumentError where the file would replace another one that holds what was new: that does not come again."""
    if job.mark and job.path and job.path.is_file():
        raise ArgumentError(
            f"{job.path} is there, and holds what was new when it was written. Nothing is exported yet, and nothing is"
            f" lost: name another file, for example new-{{date}}-{{time}}{job.path.suffix}"
        )


def _write(connection: Connection, job: Job, columns: Sequence[Column], tell: Tell) -> int:
    number = 0
    with _standard_output() if job.path is None else replacing(job.path) as file:
        check_free(job)  # once more: here no other export writes it
        number = _write_rows(connection, job, columns, file, tell)
        if job.mark and not number:
            raise Dropped
        if job.fields_path:
            _explain(columns, job.fields_path)
    return number


def _write_rows(connection: Connection, job: Job, columns: Sequence[Column], file: BinaryIO, tell: Tell) -> int:
    if job.format == CSV:
        return write_csv(connection, job.wanted, columns, file, tell)
    if job.format == JSONL:
        return write_json(connection, job.wanted, columns, file, tell)
    if job.format == ATOM:
        from pipelines.datasets.feed import write_atom  # noqa: PLC0415  what few need is imported when it is needed

        return write_atom(connection, job.wanted, columns, file, tell, asked=job.asked, note=RIGHTS)
    from pipelines.datasets.parquet import write_parquet  # noqa: PLC0415

    return write_parquet(connection, job.wanted, columns, file, tell, RIGHTS)


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    """ArgumentError where its reader goes away before all is written."""
    sys.stdout.flush()
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except Dropped:
        return
    except BrokenPipeError:
        # What is left in its buffer would fail once more as the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ArgumentError("the output was not read to its end, so this was no whole export") from None


def _explain(columns: Sequence[Column], path: Path) -> None:
    """Writes what each column means, and the note on rights, as a table."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(("column", "type", "meaning"))
    lines.writerows((column.name, column.type, column.meaning) for column in columns)
    lines.writerow(("", "", RIGHTS))
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    write_whole(path, text.getvalue().encode("utf-8-sig"), mode=mode)
