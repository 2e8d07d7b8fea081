"""Runs of `asiatongsin reparse --fleet`: which parts a run has, and that it is asked for once."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from psycopg import Connection

from pipelines.archive.files import NoArchive, archive_files
from pipelines.reparse.captured import Wanted

logger = logging.getLogger(__name__)

SHARD_BYTES = 1_000_000_000
"""Bytes of a site's archive above which each month is a part of its own. They take about an hour of one core."""

_PORT = re.compile(r"_(\d+)$")

_CATALOG = """
SELECT file, site, bytes, CASE WHEN state = 'waiting' THEN machine END FROM archive_files
WHERE site = %(site)s OR %(site)s::text IS NULL"""

_ONE_AT_A_TIME = "LOCK TABLE reparse_runs IN SHARE ROW EXCLUSIVE MODE"
_OPEN = "SELECT run FROM reparse_runs WHERE finished_at IS NULL AND arguments -> 'given' = %s::jsonb"
_GIVE_UP = "DELETE FROM reparse_runs WHERE finished_at IS NULL AND arguments -> 'given' = %s::jsonb"
_ASK = "INSERT INTO reparse_runs (arguments) VALUES (%s::jsonb) RETURNING run"
_SHARDS = """
INSERT INTO reparse_shards (run, site, part, files, first_file, last_file, only_on)
SELECT %s, * FROM unnest(%s::text[], %s::integer[], %s::integer[], %s::text[], %s::text[], %s::text[])"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveFile:
    """A WARC file of the archive, wherever it is."""

    file: str
    """The file as the rows of articles name it, below the data folder."""

    site: str
    """Host of the site."""

    bytes: int
    """Its size."""

    only_on: str | None
    """Machine on whose disk alone it is; None: the archive store has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """A part of a run: consecutive files of one site, in one place."""

    site: str
    part: int
    files: int
    first_file: str
    last_file: str
    only_on: str | None


@dataclass(frozen=True, kw_only=True)
class RunArguments:
    """What a run was asked for."""

    given: dict[str, str]
    """The options as they were written: `{"since": "30d"}`."""

    wanted: Wanted
    """What they meant then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A run that was asked for."""

    run: int
    """Its number."""

    is_new: bool
    """Whether it begins now; else one with the same arguments is open, and goes on."""


def ask(connection: Connection, data: Path, machine: str, arguments: RunArguments, *, is_anew: bool = False) -> Asked:
    """Asks for a run over all that is archived; with `is_anew`, an open one with the same arguments is given up.

    NoArchive where no file is known.
    """
    given = msgspec.json.encode(arguments.given).decode()
    with connection.transaction():
        connection.execute(_ONE_AT_A_TIME)
        if is_anew:
            connection.execute(_GIVE_UP, [given])
        for (run,) in connection.execute(_OPEN, [given]):
            return Asked(run=run, is_new=False)
        shards = list(shards_of(known_files(connection, data, machine, arguments.wanted.site)))
        if not shards:
            raise NoArchive("nothing is archived, neither in the archive store nor on this machine")
        [(run,)] = connection.execute(_ASK, [msgspec.json.encode(arguments).decode()]).fetchall()
        columns = zip(*((s.site, s.part, s.files, s.first_file, s.last_file, s.only_on) for s in shards), strict=True)
        connection.execute(_SHARDS, [run, *map(list, columns)])
        return Asked(run=run, is_new=True)


def known_files(connection: Connection, data: Path, machine: str, site: str | None) -> list[ArchiveFile]:
    """The files in the store, those that machines have noted, and those on the disk of this one."""
    rows = connection.execute(_CATALOG, {"site": site})
    found = {file: ArchiveFile(file=file, site=of, bytes=size, only_on=only_on) for file, of, size, only_on in rows}
    for one in local_files(data, machine, site):
        found.setdefault(one.file, one)
    return list(found.values())


def local_files(data: Path, machine: str, site: str | None) -> Iterator[ArchiveFile]:
    """The files below the data folder of this machine."""
    with suppress(NoArchive):
        for path in archive_files(data, site):
            named = path.relative_to(data)
            if len(named.parts) < 4:
                logger.warning("Not of our archive, so it is left out: %s", named)
                continue
            of = _PORT.sub(r":\1", named.parts[1])
            yield ArchiveFile(file=named.as_posix(), site=of, bytes=path.stat().st_size, only_on=machine)


def shards_of(files: Iterable[ArchiveFile]) -> Iterator[Shard]:
    """The parts: one for each site and place, and one for each month where the archive is large."""
    places: defaultdict[str, defaultdict[str, list[ArchiveFile]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(files, key=lambda one: one.file):
        places[one.site][one.only_on or ""].append(one)
    for site, by_place in sorted(places.items()):
        in_order = [some for _, together in sorted(by_place.items()) for some in _divided(together)]
        for part, some in enumerate(in_order, start=1):
            yield replace(_shard(some), site=site, part=part)


def _divided(files: Sequence[ArchiveFile]) -> Iterator[Sequence[ArchiveFile]]:
    if sum(one.bytes for one in files) <= SHARD_BYTES:
        yield files
        return
    months: defaultdict[str, list[ArchiveFile]] = defaultdict(list)
    for one in files:
        months[Path(one.file).parent.name].append(one)
    yield from months.values()


def _shard(files: Sequence[ArchiveFile]) -> Shard:
    first, last = files[0], files[-1]
    return Shard(
        site=first.site,
        part=1,
        files=len(files),
        first_file=first.file,
        last_file=last.file,
        only_on=first.only_on,
    )
