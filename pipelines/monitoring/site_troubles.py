"""What is wrong with the crawls of a site, in a small file that is there when the database is not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec

from pipelines.crawl_record import CrawlRecord, Outcome
from pipelines.disk import make_private_folder, safe_name, write_whole
from pipelines.verdict.decide import Verdict

FORGOTTEN_AFTER = timedelta(days=1)
"""A trouble that no crawl met for so long is told again when it comes back, though another one stands."""


@dataclass(frozen=True, kw_only=True)
class SiteTroubles:
    """What is known of a site between two crawls."""

    trouble: str = ""
    """Outcome of the last crawl that proved anything; empty: it ended well."""

    troubles: tuple[str, ...] = ()
    """What was wrong with that crawl, each by a name of its own: `unreachable`, or `article headline`."""

    since: datetime | None = None
    """When the first crawl of the last trouble began, of whatever outcomes that consisted."""

    until: datetime | None = None
    """When a crawl ended well again; None while none has."""

    good_at: datetime | None = None
    """When a crawl ended well for the last time."""

    running: str | None = None
    """The crawl that is running, or was when it was killed."""

    running_since: datetime | None = None
    """When that one began."""

    seen: dict[str, datetime] = field(default_factory=dict)
    """Troubles since all was well, and when a crawl met each for the last time; none of more than a day ago."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Troubles each address was told of since all was well; an address that is not here believes all is."""

    @classmethod
    def read(cls, data: Path, site: str) -> Self:
        """Where nothing was written, or nobody can read it, a site of which nothing is known. OSError."""
        try:
            return msgspec.json.decode(_file(data, site).read_bytes(), type=cls)
        except (FileNotFoundError, UnicodeDecodeError, msgspec.MsgspecError):
            return cls()

    def write(self, data: Path, site: str) -> None:
        """OSError where it stays as it was."""
        path = _file(data, site)
        make_private_folder(path.parent)
        write_whole(path, msgspec.json.encode(self))

    def after_begin(self, record: CrawlRecord) -> Self:
        """After a crawl has begun."""
        return replace(self, running=record.id, running_since=record.started_at)

    def after_end(self, verdict: Verdict, began_at: datetime, at: datetime, *, is_proof: bool) -> Self:
        """After a crawl; one that ended well without having looked proves neither trouble nor recovery."""
        over = replace(self, running=None, running_since=None)
        if verdict.outcome is not Outcome.OK:
            since = self.since if self.trouble else began_at
            troubles = tuple(sorted(verdict.troubles))
            seen = {name: last for name, last in self.seen.items() if at - last < FORGOTTEN_AFTER}
            seen |= dict.fromkeys(troubles, at)
            known = {name: tuple(one for one in names if one in seen) for name, names in self.known.items()}
            over = replace(over, troubles=troubles, seen=seen, known=known)
            return replace(over, trouble=verdict.outcome.word, since=since, until=None)
        if not is_proof:
            return over
        until = at if self.trouble else self.until
        return replace(over, trouble="", troubles=(), seen={}, until=until, good_at=at)

    def after_messages(self, addresses: Collection[str], taken: Collection[str]) -> Self:
        """After those that have `taken` the news know of it; an address that is named no longer is forgotten."""
        known = {name: self.known.get(name, ()) for name in addresses}
        for name in taken:
            known[name] = tuple(sorted({*known[name], *self.troubles})) if self.troubles else ()
        return replace(self, known={name: troubles for name, troubles in known.items() if troubles})


def _file(data: Path, site: str) -> Path:
    return data / "standing" / f"{safe_name(site)}.json"
