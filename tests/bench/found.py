"""What a benchmark finds: rows of the one table, and notes that explain them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

QUICK = 0.15


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How much is measured: the full sizes, or a share of them."""

    rounds: int = 5
    """Pairs of runs at most; the ratio is the median of theirs."""

    share: float = 1.0
    """Share of the pages, articles and rows of a full measurement."""

    articles: int | None = None
    """How many articles are stored where many are; None: as many as the benchmark thinks fit."""

    def of(self, full: int, *, least: int = 1) -> int:
        """So many, of a full measurement's."""
        return max(round(full * self.share), least)

    def at_most(self, rounds: int) -> range:
        """Rounds of a benchmark that takes long."""
        return range(min(rounds, self.rounds))


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """The range a ratio should be in."""

    lowest: float | None = None
    highest: float | None = None

    def __str__(self) -> str:
        if self.lowest is None:
            return f"≤ {self.highest:.2f}"
        return f"≥ {self.lowest:.2f}" if self.highest is None else f"{self.lowest:.2f} to {self.highest:.2f}"

    def is_met_by(self, ratio: float) -> bool:
        """Whether the ratio is in the range."""
        return (self.lowest is None or ratio >= self.lowest) and (self.highest is None or ratio <= self.highest)


FLAT = Goal(lowest=0.9, highest=1.1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One figure, and how it compares."""

    name: str
    """What was measured, against what."""

    figure: str
    """The figure itself, in words and on this machine."""

    ratios: tuple[float, ...]
    """One for each pair of runs that followed each other."""

    goal: Goal | None = None
    """What the ratio should be; None where nobody asks for anything."""

    @property
    def ratio(self) -> float:
        """The median."""
        return median(self.ratios)

    @property
    def is_met(self) -> bool | None:
        """Whether the median is what it should be; None without a goal."""
        return self.goal.is_met_by(self.ratio) if self.goal else None

    def cells(self) -> tuple[str, ...]:
        """The row as the table prints it."""
        spread = f"{self.ratio:.2f} ({min(self.ratios):.2f}..{max(self.ratios):.2f})"
        met = {None: "", True: "yes", False: "NO"}[self.is_met]
        return self.name, self.figure, spread, str(self.goal or ""), met


HEAD = ("what", "figure", "ratio (min..max)", "goal", "met")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What one benchmark found."""

    rows: Sequence[Row]
    notes: Sequence[str] = field(default_factory=tuple)
    """Sentences, and whole tables as text."""


Benchmark = Callable[[Effort], Found]


def ratios(these: Iterable[float], those: Iterable[float]) -> tuple[float, ...]:
    """Each of these by the one of those that was measured in the same round."""
    return tuple(this / that for this, that in zip(these, those, strict=True))
