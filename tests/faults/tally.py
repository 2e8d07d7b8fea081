"""What rounds of kills have found, summed up and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["crawl", "drain", "postmaster"]
KINDS: tuple[Kind, ...] = get_args(Kind)

PAGES = ("articles ", "removed_articles ", "rejected_pages ")
"""Tables with one row per article page, as the rows of `contents.rows` begin."""


@dataclass
class Tally:
    """The sum of any number of rounds."""

    rounds: int = 0

    kills: Counter[Kind] = field(default_factory=Counter)

    expected: int = 0
    """Article pages that an undisturbed crawl leaves."""

    found: int = 0
    """Those of them that were there in the end."""

    rows: int = 0
    """Rows of all tables that were compared."""

    fetched_again: int = 0
    """Articles asked for once more: on their way when a crawl was killed, or the database could not say."""

    lost: list[str] = field(default_factory=list)
    """Rows that an undisturbed crawl has and this one has not."""

    duplicates: list[str] = field(default_factory=list)
    """Rows that an undisturbed crawl has not, and pages that are counted more often than they were fetched."""

    faults: list[str] = field(default_factory=list)
    """A wrong exit status, a process or a crawl without an end, a spool that is not empty."""

    def compare(self, name: str, expected: frozenset[str], found: frozenset[str], twice: Iterable[str]) -> None:
        """Notes what is missing and what is too much."""
        self.rows += len(expected)
        self.expected += sum(row.startswith(PAGES) for row in expected)
        self.found += sum(row.startswith(PAGES) for row in expected & found)
        self.lost += [f"{name}: {row}" for row in sorted(expected - found)]
        self.duplicates += [f"{name}: {row}" for row in [*sorted(found - expected), *twice]]

    def add(self, other: Tally) -> None:
        """Sums up."""
        self.rounds += other.rounds
        self.kills += other.kills
        self.expected += other.expected
        self.found += other.found
        self.rows += other.rows
        self.fetched_again += other.fetched_again
        self.lost += other.lost
        self.duplicates += other.duplicates
        self.faults += other.faults

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, nothing is there twice and nothing else went wrong."""
        return not (self.lost or self.duplicates or self.faults)

    def __str__(self) -> str:
        by_kind = ", ".join(f"{self.kills[kind]} of the {kind}" for kind in KINDS)
        lines = [
            f"rounds          {self.rounds}",
            f"kills           {self.kills.total()}: {by_kind}",
            f"pages expected  {self.expected}",
            f"pages found     {self.found}",
            f"duplicates      {len(self.duplicates)}",
            f"lost            {len(self.lost)}",
            f"other faults    {len(self.faults)}",
            f"rows compared   {self.rows}",
            f"fetched again   {self.fetched_again}",
        ]
        return "\n".join([*lines, *self.faults, *(row[:200] for row in [*self.lost, *self.duplicates][:20])])
