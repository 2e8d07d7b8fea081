"""What the words for the end of a crawl mean, in a sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.crawl_record import Outcome
from pipelines.queries.crawls import TROUBLE, UNENDED

MEANINGS: Mapping[str, str] = {
    Outcome.OK.word: "What came and could be read is stored. Where a few pages could not be read, they are kept.",
    Outcome.DRIFT.word: "The layout of the site changed: less was found on its pages than before. What could be"
    " read is stored, the other pages are kept.",
    Outcome.SPOOLED.word: "The database did not take all pages. They wait on disk, and the next crawl stores them.",
    Outcome.UNREACHABLE.word: "The site did not answer, or refused us. The next crawl tries again.",
    Outcome.ERROR.word: "A fault of the program or of the machine: the log of the crawl says which.",
    UNENDED: "The crawl still runs, or was killed.",
}
"""By the word; `none` where there is none."""

CHOICES = (TROUBLE, *MEANINGS)
"""What a list of crawls can be narrowed to."""
