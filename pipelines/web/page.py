"""What a page is, what it is asked for, and what it hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from psycopg import Connection
from scrapy.settings import BaseSettings

from asiatongsin.addresses import without_addresses
from pipelines.datasets.csv_table import csv_pieces
from pipelines.datasets.lines import Sink
from pipelines.web.language import Language
from pipelines.web.query import Query

CSV, JSON, ATOM = "csv", "json", "atom"


class NotFound(Exception):
    """Nothing is stored under this address: status 404. The sentence says what was looked for."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks a page for."""

    connection: Connection
    """To read over; within a transaction that can change nothing."""

    settings: BaseSettings
    """Those of the program."""

    language: Language
    """Of the words on the page."""

    path: str
    """Path of the page, without language and format: `/article/newsasia.kr/142011`."""

    parts: Mapping[str, str]
    """What stands in the path, by the names of the parts."""

    query: Query
    """What stands behind the question mark."""

    now: datetime
    """When it is asked, in Korean time."""

    origin: str
    """Scheme, host and port under which it was asked: `http://127.0.0.1:8010`."""

    def link(self, path: str, **query: object) -> str:
        """Address of another page in the same language; what is None or empty is left out.

        No e-mail address is in it, but for one that somebody has typed.
        """
        return address(
            f"{self.language.prefix}{path}", {name: self._shown(name, value) for name, value in query.items()}
        )

    def _shown(self, name: str, value: object) -> object:
        is_typed = not isinstance(value, str) or value == self.query.given.get(name)
        return value if is_typed else without_addresses(str(value))

    def here(self, **changed: object) -> str:
        """Address of this page, with some parameters set anew."""
        return self.link(self.path, **{**self.query.given, **changed})

    def here_as(self, form: str) -> str:
        """Address of what this page shows in another format."""
        return address(f"{self.path if self.path != '/' else '/index'}.{form}", self.query.given)

    def here_in(self, language: Language) -> str:
        """Address of this page in another language."""
        return address(f"{language.prefix}{self.path}", self.query.given)


Read: TypeAlias = Callable[[Asked], Any]
"""Reads what the page shows: a frozen data class, which the template sees as `found`, and which `.json` hands out."""

Write: TypeAlias = Callable[[Asked, Sink], object]
"""Writes a file piece by piece, so that memory does not grow with what it holds."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is handed out as it is."""

    body: bytes

    charset: str | None
    """Of the body; None where it is not known."""

    policy: str
    """Its Content-Security-Policy."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page. `.json` hands out what it reads; `.csv` and `.atom` are there where something writes them."""

    path: str
    """Its address; `{site}` and `{no}` stand for parts of it."""

    title: str
    """In English, which is the key of its name in other languages."""

    template: str | None
    """File in `templates`; None where what is read is a Document, which has no other format."""

    read: Read
    more: Read | None = None
    """What `.json` hands out, where that is more than the page shows."""

    misread: Read | None = None
    """Reads what is shown beside the sentence where the question makes no sense: the form, with what was typed."""

    csv: Write | None = None
    atom: Write | None = None

    @property
    def formats(self) -> tuple[str, ...]:
        """What it can be had as, beside HTML."""
        written = ((JSON, self.template), (CSV, self.csv), (ATOM, self.atom))
        return tuple(name for name, is_there in written if is_there)


def write_table(file: Sink, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a table as CSV that spreadsheets open; memory does not grow with rows that come one by one."""
    for piece in csv_pieces(head, rows):
        file.write(piece.encode())


def address(path: str, query: Mapping[str, object]) -> str:
    """Path and parameters as one address; what is None or empty is left out."""
    given = {name: value for name, value in query.items() if value is not None and value != ""}
    return quote(path) + (f"?{urlencode(given, doseq=True)}" if given else "")
