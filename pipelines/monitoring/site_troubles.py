"""What is wrong with the crawls of a site, and who was told: a row of the database and, while that is away, a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec

from pipelines.crawl_record import CrawlRecord, Outcome
from pipelines.disk import make_private_folder, safe_name, write_whole
from pipelines.verdict.decide import Verdict

FORGOTTEN_AFTER = timedelta(days=1)
"""After so long, a trouble that returns is sent again, even while another trouble stays."""


BEFORE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class SiteTroubles:
    """What is known of a site between two crawls."""

    trouble: str = ""
    """Outcome of the last crawl that proved anything; empty where it ended well."""

    troubles: tuple[str, ...] = ()
    """Names of all that was wrong with that crawl, for example `unreachable` or `article headline`."""

    since: datetime | None = None
    """When the current troubles began; where all is well, when the last ones did."""

    until: datetime | None = None
    """When a crawl ended well again; None while crawls go wrong."""

    good_at: datetime | None = None
    """When a crawl ended well for the last time."""

    running: str | None = None
    """Id of the crawl that is running, or that was killed."""

    running_since: datetime | None = None
    """When that crawl started."""

    seen: dict[str, datetime] = field(default_factory=dict)
    """Troubles of the last day since all was well, each with the end of the last crawl that met it."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Troubles that each address knows of since all was well; an address without an entry knows of none."""

    changed_at: datetime | None = None
    """When a crawl wrote this; None: before a database kept it."""

    agreed_at: datetime | None = None
    """When the row in the database, as this file knows it, was written; None: the file knows of none."""

    @classmethod
    def decode(cls, text: bytes) -> Self:
        """The troubles in a file or row; none where it holds none."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (UnicodeDecodeError, msgspec.MsgspecError):
            return cls()

    def encode(self) -> bytes:
        """What a file or row holds of them."""
        return msgspec.json.encode(self)

    @classmethod
    def read(cls, data: Path, site: str) -> Self:
        """The troubles in the file of a site; none where there is no file, or it holds none. OSError."""
        try:
            return cls.decode(_file(data, site).read_bytes())
        except FileNotFoundError:
            return cls()

    def write(self, data: Path, site: str) -> None:
        """Writes the file of a site. OSError where it stays as it was."""
        path = _file(data, site)
        make_private_folder(path.parent)
        write_whole(path, self.encode())

    def with_row(self, row: Self) -> Self:
        """File or row, whichever changed last. Where both changed since they agreed, with what both have told."""
        older, newer = sorted([self, row], key=lambda one: one.changed_at or BEFORE)
        if self.agreed_at not in {self.changed_at, row.changed_at}:
            newer = newer._with_told(older)
        return replace(newer, agreed_at=row.changed_at)

    def _with_told(self, other: Self) -> Self:
        """The troubles, with what is known of others elsewhere."""
        names = self.known | other.known
        known = {name: tuple(sorted({*self.known.get(name, ()), *other.known.get(name, ())})) for name in names}
        told = replace(self, seen=other.seen | self.seen, known=known)
        return told if self.running else replace(told, running=other.running, running_since=other.running_since)

    def after_begin(self, record: CrawlRecord) -> Self:
        """The troubles after a crawl has begun."""
        return replace(self, running=record.id, running_since=record.started_at)

    def without_running(self, crawl: str) -> Self:
        """The troubles after this crawl has ended. Another one may be running: this one was refused beside it."""
        return replace(self, running=None, running_since=None) if self.running == crawl else self

    def after_end(self, verdict: Verdict, started_at: datetime, at: datetime, *, is_proof: bool) -> Self:
        """The troubles after a crawl. A good crawl that is no proof changes none of them."""
        if verdict.outcome is not Outcome.OK:
            since = self.since if self.trouble else started_at
            troubles = tuple(sorted(verdict.troubles))
            seen = {name: last for name, last in self.seen.items() if abs(at - last) < FORGOTTEN_AFTER}
            seen |= dict.fromkeys(troubles, at)
            known = {name: tuple(one for one in names if one in seen) for name, names in self.known.items()}
            after = replace(self, troubles=troubles, seen=seen, known=known)
            return replace(after, trouble=verdict.outcome.word, since=since, until=None)
        if not is_proof:
            return self
        until = at if self.trouble else self.until
        return replace(self, trouble="", troubles=(), seen={}, until=until, good_at=at)

    def after_messages(self, addresses: Collection[str], taken: Collection[str]) -> Self:
        """The troubles after a message that some addresses have `taken`. Addresses no longer set are forgotten."""
        known = {name: self.known.get(name, ()) for name in addresses}
        for name in taken:
            known[name] = tuple(sorted({*known[name], *self.troubles})) if self.troubles else ()
        return replace(self, known={name: troubles for name, troubles in known.items() if troubles})


def _file(data: Path, site: str) -> Path:
    return data / "standing" / f"{safe_name(site)}.json"
