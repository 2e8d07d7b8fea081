"""The result of reading archived pages again: counts, and the first differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from asiatongsin import statistics as names
from pipelines.reparse.compare import Difference

EXAMPLES = 10
"""How many differences are shown in full."""


@dataclass
class Report:
    """Counts and examples, to which each batch adds its own."""

    captures: int = 0
    """Captures of article pages that were read."""

    differing: int = 0
    """Captures that are stored otherwise, or not at all."""

    kinds: Counter[str] = field(default_factory=Counter)
    """How many captures of each kind differ, where no field of a stored text does."""

    fields: Counter[str] = field(default_factory=Counter)
    """In how many captures each field differs."""

    examples: list[Difference] = field(default_factory=list)
    """The first differences."""

    strangers: int = 0
    """Pages left alone: their address is like that of an article, but no article of their site was read."""

    bodiless: int = 0
    """Revisits of pages whose body is in none of the files."""

    unfinished: int = 0
    """Files that were left out: their crawl is running, or its pages wait in the spool."""

    damaged: int = 0
    """Places in the files that cannot be read."""

    cut_off: int = 0
    """Those among them where a crawl of ours was killed as it wrote: the next crawl has fetched that page again."""

    found_again: list[str] = field(default_factory=list)
    """Fields that had fallen, and that the captures taken since then have."""

    not_looked_for: int = 0
    """Fields that fell, and that a run which goes on where another one ended does not look for."""

    elsewhere: list[str] = field(default_factory=list)
    """Sentences about files of the archive that cannot be read on this machine."""

    store_trouble: str = ""
    """Why the archive store did not give a file, so that the run broke off."""

    @property
    def is_whole(self) -> bool:
        """Whether all pages in the files were read."""
        return self.damaged == self.cut_off and not self.bodiless

    def add(self, captures: int, differences: Sequence[Difference]) -> None:
        """Adds a batch."""
        self.captures += captures
        self.differing += len(differences)
        for difference in differences:
            self.fields.update(list(difference.fields))
            if difference.kind:
                self.kinds[difference.kind] += 1
        self.examples += differences[: EXAMPLES - len(self.examples)]

    def counts(self) -> dict[str, int]:
        """The counts as statistics of a row of `crawls`."""
        counts = {"captures": self.captures, "differing": self.differing, **(self.kinds + self.fields)}
        counts |= {"damaged": self.damaged, "strangers": self.strangers}
        return {names.reparsed(name): number for name, number in counts.items()}
