"""Turns a capture out of a WARC file into the Page that a crawl had, or would have had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from asiatongsin.capture import Archived, Part
from asiatongsin.cms import GONE_STATUSES, article_no, is_desktop_article, part_no
from asiatongsin.html.addresses import join
from asiatongsin.items import Page
from asiatongsin.korean import KST
from asiatongsin.site import Site
from pipelines.archive import warc
from pipelines.archive.files import crawl_of
from pipelines.archive.reading import Capture
from pipelines.archive.whereabouts import Whereabouts

_ANSWERS = {HTTPStatus.OK, *GONE_STATUSES}
_OFFSET = re.compile("[0-9]{1,18}")

PAYLOAD_DIGEST = "WARC-Payload-Digest"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which captures are read again."""

    site: str | None = None
    """Captures of this site only; None: of all."""

    no: frozenset[int] = frozenset()
    """Captures of these articles only; empty: of all."""

    since: datetime | None = None
    """Captures fetched then or later."""

    until: datetime | None = None
    """Captures fetched then or earlier."""

    def includes(self, site: str, no: int, fetched_at: datetime) -> bool:
        """Whether a capture is to be read again."""
        return (
            (self.site is None or self.site == site)
            and (not self.no or no in self.no)
            and (self.since is None or fetched_at >= self.since)
            and (self.until is None or fetched_at <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A revisit that does not name the record with its body. Its digest finds the body, if any file holds it."""

    digest: str
    page: Page


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the database knows of the captures."""

    bases: dict[str, str]
    """The address under which each site is stored, since sites answer under several."""

    clocks_ahead: Mapping[str, timedelta]
    """The crawls whose clock was ahead, and by how much the times of their pages were set back in the tables."""


def page_of(capture: Capture, wanted: Wanted, where: Whereabouts, known: Known) -> Page | Unresolved | None:
    """The article page of a capture; None where it is another page, or not wanted.

    ValueError where a header of the record cannot be true, or the page in it is not read. StoreTrouble.
    """
    data = where.data
    requested = capture.field(warc.REQUESTED_URL) or capture.url
    no, site = article_no(requested), _site_of(requested)
    if no is None or site is None or not is_desktop_article(requested) or part_no(requested) > 1:
        return None
    fetched_at = _fetched_at(capture, data, known)
    if not wanted.includes(site.key, no, fetched_at):
        return None
    if capture.unread:
        raise ValueError(capture.unread)
    answer = _answer(capture, requested, no)
    if answer is None:
        return None
    url, status, body = answer
    place = _place(capture, data)
    page = Page(
        url=url,
        site=site.key,
        base=known.bases.get(site.key) or (site.base if place else _usual_base(site)),
        kind="article",
        fetched_at=fetched_at,
        status=status,
        headers=capture.headers,
        body=body,
        parts=_parts(capture, where),
        archived=place,
        no=no,
        is_listed=capture.field(warc.LISTED) is not None,
        listed_at=_listed_at(capture),
        is_reread=True,
    )
    return page if not capture.is_revisit else _with_body(page, capture, where)


def with_body_of(page: Page, original: Capture, data: Path) -> Page:
    """The page of a revisit, with the body of the record that it refers to."""
    return replace(page, body=original.body, archived=_place(original, data))


def _with_body(page: Page, capture: Capture, where: Whereabouts) -> Page | Unresolved | None:
    if capture.field("WARC-Profile") == warc.NOT_MODIFIED:
        return None
    digest = capture.field(PAYLOAD_DIGEST)
    original = where.capture_at(*place) if (place := place_of_original(capture, where.data)) else None
    if original and not original.is_revisit and original.field(PAYLOAD_DIGEST) == digest:
        return with_body_of(page, original, where.data)
    return Unresolved(digest, page) if digest else None


def _parts(capture: Capture, where: Whereabouts) -> tuple[Part, ...]:
    """The further pages of an article, whose records stand before that of its first."""
    places = (capture.field(warc.PARTS) or "").split()
    if not all(map(_OFFSET.fullmatch, places)):
        raise ValueError(f"{warc.PARTS}: {' '.join(places)} are no places in a file")
    found = [(place, where.capture_at(capture.path, int(place))) for place in places]
    if lost := [place for place, part in found if part is None]:
        raise ValueError(f"the article goes on at byte {', '.join(lost)}, where no record is")
    return tuple(Part(body=part.body) for _, part in found if part)


def place_of_original(capture: Capture, data: Path) -> tuple[Path, int] | None:
    """File and byte that a revisit of ours refers to; None where it names none. ValueError."""
    file, offset = capture.field(warc.REFERS_TO_FILE), capture.field(warc.REFERS_TO_OFFSET)
    if file is None or offset is None:
        return None
    if not _OFFSET.fullmatch(offset):
        raise ValueError(f"{warc.REFERS_TO_OFFSET}: {offset} is no place in a file")
    if "\0" in file or Path(file).is_absolute() or ".." in Path(file).parts:
        raise ValueError(f"{warc.REFERS_TO_FILE}: {file} is no file of the data folder")
    return data / file, int(offset)


def _answer(capture: Capture, requested: str, no: int) -> tuple[str, int, bytes] | None:
    """Address, status and body of the answer; None where there is none, or where another capture has it."""
    if capture.status in _ANSWERS:
        return capture.url, capture.status, capture.body
    if not 300 <= capture.status < 400 or capture.field(warc.REQUESTED_URL):
        return None
    target = join(capture.url, capture.header("Location"))
    # A crawler that followed the redirect archived the other page on its own. This capture says of the article only
    # that it leads elsewhere.
    return None if not capture.header("Location") or article_no(target) == no else (target, 200, b"")


def _place(capture: Capture, data: Path) -> Archived | None:
    """The place of a record in a file below the data folder; None for other files."""
    file = _file_of(capture.path, data)
    if file is None:
        return None
    return Archived(
        file=file,
        offset=capture.offset,
        length=capture.length,
        digest=capture.field(PAYLOAD_DIGEST) or warc.payload_digest(capture.body),
    )


def _fetched_at(capture: Capture, data: Path, known: Known) -> datetime:
    """When a page was fetched: as the tables say of a crawl whose clock was ahead, else as its record says."""
    ahead = known.clocks_ahead.get(crawl_of(capture.path)) if is_ours(capture.path, data) else None
    return capture.recorded_at - ahead if ahead else capture.fetched_at


def is_ours(path: Path, data: Path) -> bool:
    """Whether a file is of our own archive."""
    return _file_of(path, data) is not None


def _usual_base(site: Site) -> str:
    """The address that a crawl would request, whatever host and scheme another program used."""
    return site.base if urlsplit(site.base).port else f"https://{site.key}"


@cache
def _file_of(path: Path, data: Path) -> str | None:
    """The path of a file below the data folder, links and dots resolved; None for any other file."""
    if path.is_relative_to(data) and ".." not in path.parts:  # the owner may have linked any folder to another disk
        return path.relative_to(data).as_posix()
    for folder in ("", "archive"):
        root = (data / folder).resolve()
        if path.resolve().is_relative_to(root):
            return (folder / path.resolve().relative_to(root)).as_posix()
    return None


def _site_of(url: str) -> Site | None:
    """The site of an address; None for mobile addresses, whose pages hold less, and for what is no address."""
    try:
        parts = urlsplit(url)
        return None if parts.netloc.startswith("m.") else Site.parse(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return None


def _listed_at(capture: Capture) -> datetime | None:
    text = capture.field(warc.LISTED_AT)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(KST)  # fails for the last day that datetime knows
    except (ValueError, OverflowError):
        moment = datetime.min
    if moment.tzinfo is None:
        raise ValueError(f"{warc.LISTED_AT}: {text} is no moment")
    return moment
