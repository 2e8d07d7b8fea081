"""Runs of `asiatongsin reparse --fleet`: which parts a run has, and that it is asked for once."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from psycopg import Connection

from pipelines.archive.files import NoArchive, local_files
from pipelines.database import archive_files as catalog
from pipelines.queries.archive_files import named
from pipelines.reparse.captured import Wanted

logger = logging.getLogger(__name__)

SHARD_BYTES = 1_000_000_000
"""Bytes of a site's archive above which each month is a part of its own. They take about an hour of one core."""

_PORT = re.compile(r"_(\d+)$")

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('asiatongsin reparse runs', 0))"
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
    """Host of the site."""

    part: int
    """Its place among the parts of the site, from 1 on."""

    files: int
    """How many files it has."""

    first_file: str
    """The first of them, as rows of articles name it."""

    last_file: str
    """The last of them."""

    only_on: str | None
    """Machine on whose disk alone they are; None: the archive store has them."""


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

    lost: int = 0
    """Files that rows name, and that no part has, since nobody knows on which machine they are."""


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
        return Asked(run=run, is_new=True, lost=lost_files(connection, data, arguments.wanted.site))


def known_files(connection: Connection, data: Path, machine: str, site: str | None) -> list[ArchiveFile]:
    """The files in the store, those on this disk, and those that other machines have alone."""
    elsewhere = {one.file: one.machine for one in named(connection, site) if one.machine}
    elsewhere |= dict(catalog.waiting(connection, site))
    sizes = {path.relative_to(data).as_posix(): path.stat().st_size for path in local_files(data, site)}
    elsewhere |= dict.fromkeys(sizes, machine)
    alone = [
        ArchiveFile(file=file, site=of, bytes=sizes.get(file, 0), only_on=only_on)
        for file, only_on in elsewhere.items()
        if (of := site_of(file))
    ]
    stored = [
        ArchiveFile(file=one.file, site=one.site, bytes=one.bytes, only_on=None)
        for one in catalog.stored(connection, site)
    ]
    return list({one.file: one for one in [*alone, *stored]}.values())


def lost_files(connection: Connection, data: Path, site: str | None) -> int:
    """How many files rows name of which nobody knows on which machine they are."""
    return sum(one.machine is None and not (data / one.file).exists() for one in named(connection, site))


def site_of(file: str) -> str | None:
    """The site of a file of our archive, `archive/<site>/<month>/<file>`; None for other files there."""
    parts = Path(file).parts
    if len(parts) < 4:
        logger.warning("Not of our archive, so it is left out: %s", file)
        return None
    return _PORT.sub(r":\1", parts[1])


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
