"""Compares the archive store with the table of what it should hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipelines.archive.packs import Stream, is_same
from pipelines.archive.store import ObjectMissing, Store
from pipelines.database.archive_files import Row, Stored, place_of
from pipelines.disk import safe_name


@dataclass(kw_only=True)
class Verified:
    """What was found."""

    files: int = 0
    """Files that the store holds as they were."""

    objects: int = 0
    """Objects that were looked at."""

    amiss: list[str] = field(default_factory=list)
    """A sentence for each object, or file in one, that is not as it was."""

    unnamed: list[str] = field(default_factory=list)
    """Objects that no row names: of pushes that were killed, or of one that is running. They may be deleted then."""


def verify(
    store: Store, rows: Sequence[Row], site: str | None, *, is_quick: bool, advance: Callable[[int], None]
) -> Verified:
    """Looks at every object of these rows, which are in order of it; with `is_quick` at its size only. StoreTrouble."""
    done = Verified()
    for name, some in groupby(rows, lambda row: row.object or ""):
        of_object = list(some)
        files = {row.file: place for row in of_object if (place := place_of(row))}
        found = _amiss(store, name, files, is_quick=is_quick)
        done.objects += 1
        done.files += len(files) - len(found)
        done.amiss += found
        advance(len(files))
    known = {row.object for row in rows}
    done.unnamed = [name for name in store.objects(safe_name(site) if site else None) if name not in known]
    return done


def _amiss(store: Store, name: str, files: dict[str, Stored], *, is_quick: bool) -> list[str]:
    """A sentence for each file of an object that the store does not hold as it was."""
    try:
        size = store.size(name)
    except ObjectMissing:
        return [f"{file}: its object {name} is not in the store" for file in files]
    whole = sum(place.bytes for place in files.values())
    if is_quick or size < whole:
        return [f"{file}: its object {name} has {size} bytes of {whole}" for file in files if size != whole]
    stream = Stream(store.read(name, 0, size))
    return [f"{file}: the bytes in {name} are not those that were stored" for file in _differing(stream, files)]


def _differing(stream: Stream, files: dict[str, Stored]) -> Iterable[str]:
    return (file for file, place in files.items() if not is_same(stream.take(place.bytes), place))
