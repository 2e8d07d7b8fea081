"""What came of reading archived pages again, in numbers and in the first examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from asiatongsin import statistics as names
from pipelines.reparse.compare import Difference

EXAMPLES = 10
"""So many differences are shown whole."""


@dataclass
class Report:
    """Grows with every batch."""

    captures: int = 0
    """Captures of article pages that were read."""

    differing: int = 0
    """Those that are stored otherwise, or not at all."""

    kinds: Counter[str] = field(default_factory=Counter)
    """Of those, what they are where no field of a stored text differs."""

    fields: Counter[str] = field(default_factory=Counter)
    """In how many captures a field differs."""

    examples: list[Difference] = field(default_factory=list)
    """The first of them."""

    strangers: int = 0
    """Pages at an address like that of an article, of sites of which no article was read: left alone."""

    bodiless: int = 0
    """Revisits of pages whose body is in none of the files."""

    unfinished: int = 0
    """Files that were left out: their crawl is running, or its pages wait in the spool."""

    damaged: int = 0
    """Places in the files that cannot be read."""

    found_again: list[str] = field(default_factory=list)
    """Fields that had fallen and are on the captures taken since."""

    def add(self, captures: int, differences: Sequence[Difference]) -> None:
        """Sums up a batch."""
        self.captures += captures
        self.differing += len(differences)
        for difference in differences:
            self.fields.update(list(difference.fields))
            if difference.kind:
                self.kinds[difference.kind] += 1
        self.examples += differences[: EXAMPLES - len(self.examples)]

    def counts(self) -> dict[str, int]:
        """As statistics of a row of `crawls`."""
        counts = {"captures": self.captures, "differing": self.differing, **(self.kinds + self.fields)}
        counts |= {"damaged": self.damaged, "strangers": self.strangers}
        return {names.reparsed(name): number for name, number in counts.items()}
