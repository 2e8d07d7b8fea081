"""Which articles the spool holds already, so that they are not downloaded again while no database answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from asiatongsin import __version__
from asiatongsin.capture import Archived, Check, Stored
from pipelines.queries.known import MAX_ATTEMPTS
from pipelines.spool.belonging import DatabaseIdentity
from pipelines.spool.folder import DAMAGED, Spool
from pipelines.spool.waiting import spools_of

ASKED_AGAIN_AFTER = timedelta(days=1)
"""An article that was removed, or could not be read, is asked for again then; `queries/known.py` has the same."""


class _Text(msgspec.Struct):
    content_hash: str
    published_at: datetime | None = None
    modified_at: datetime | None = None


class _Rejected(msgspec.Struct):
    is_transient: bool = False


class _Page(msgspec.Struct):
    """The few fields of PageItems that are needed here: most of a page is not even decoded."""

    fetched_at: datetime
    no: int | None = None
    article: _Text | None = None
    archived: Archived | None = None
    check: Check | None = None
    unmodified: bool = False
    removed: str | None = None
    rejected: _Rejected | None = None


_decode = msgspec.json.Decoder(_Page).decode


class WaitingArticles:
    """The articles of one site in the spools that ended crawls have left for this database."""

    def __init__(self, data: Path, here: DatabaseIdentity, site: str) -> None:
        self._stored: dict[int, Stored] = {}
        self._unneeded: set[int] = set()
        failed: Counter[int] = Counter()
        for spool in spools_of(data, here, site):
            with suppress(OSError, *DAMAGED):  # stored in this moment
                is_current = spool.record.version == __version__
                for page in _pages(spool):
                    self._take(page, is_current=is_current)
                    failed.update([page.no] if page.no and page.rejected else [])
        self._unneeded |= {no for no, times in failed.items() if times >= MAX_ATTEMPTS}

    def need_no_download(self, numbers: Sequence[int]) -> set[int]:
        """Those of `numbers` of which a page waits that is as good as stored, or that says there is none to be had."""
        return self._unneeded.intersection(numbers)

    def stored(self, numbers: Sequence[int]) -> list[Stored]:
        """What is known of those among `numbers` whose text waits."""
        return [self._stored[no] for no in numbers if no in self._stored]

    def _take(self, page: _Page, *, is_current: bool) -> None:
        if page.no is None:
            return
        if page.article:
            self._stored[page.no] = _stored(page.no, page, page.article)
        is_recent = page.fetched_at > datetime.now(UTC) - ASKED_AGAIN_AFTER
        is_unreadable = page.rejected is not None and not page.rejected.is_transient and is_current
        if page.article or page.unmodified or (is_recent and (page.removed or is_unreadable)):
            self._unneeded.add(page.no)


def _pages(spool: Spool) -> Iterator[_Page]:
    """The pages in the order in which they were fetched; lines that the disk has spoiled hold none."""
    for path in sorted([*spool.folder.glob("*.jsonl"), *spool.folder.glob("*.open")]):
        for line in path.read_bytes().split(b"\n"):
            with suppress(*DAMAGED):
                yield _decode(line)


def _stored(no: int, page: _Page, text: _Text) -> Stored:
    check = page.check or Check(checked_at=page.fetched_at)
    times = filter(None, (text.published_at, text.modified_at))
    return Stored(
        no=no,
        dated_at=check.dated_at or max(times, default=page.fetched_at),
        content_hash=text.content_hash,
        etag=check.etag,
        last_modified=check.last_modified,
        archived=page.archived,
    )
