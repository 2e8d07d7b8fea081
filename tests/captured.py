"""Downloads to archive, archives to put them into, and what other programs leave in WARC files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from asiatongsin.capture import Archived, Exchange, Headers, Stored
from asiatongsin.items import Page
from pipelines.archive.crawl_files import Archive
from pipelines.archive.gzip_members import Member, members
from pipelines.archive.reading import Capture, capture_at, captures
from pipelines.crawl_record import CrawlRecord
from tests.samples import AT, NO, SITE, later, record

BASE = f"https://{SITE}"
FACTS = {"software": "asiatongsin/test", "robots": "classic", "isPartOf": record().id}
HTML: Headers = (("Content-Type", "text/html"),)


def url_of(no: int) -> str:
    return f"{BASE}/news/article.html?no={no}"


def body_of(no: int) -> bytes:
    """A page that no other one is like, large enough to be packed."""
    return f"<html><h1>기사 {no}</h1>{'<p>본문입니다.</p>' * 50}</html>".encode()


def exchange(no: int = NO, at: datetime = AT, **changes: Any) -> Exchange:
    sent = (("Host", SITE), ("User-Agent", "asiatongsin/test"))
    usual = Exchange(
        url=url_of(no),
        request_headers=sent,
        status=200,
        headers=HTML,
        body=body_of(no),
        ip_address="192.0.2.1",
        fetched_at=at,
    )
    return replace(usual, **changes)


def fetched(*exchanges: Exchange, no: int = NO, decoded: bytes | None = None, **changes: Any) -> Page:
    """The page that these downloads gave, redirects first; `earlier` is where the archive has the stored capture."""
    *_, last = exchanges = exchanges or (exchange(no),)
    if place := changes.pop("earlier", None):
        changes["stored"] = Stored(no=no, dated_at=AT, content_hash="a", archived=place)
    usual = Page(
        url=last.url,
        site=SITE,
        base=BASE,
        kind="article",
        fetched_at=last.fetched_at,
        status=last.status,
        body=last.body if decoded is None else decoded,
        exchanges=exchanges,
        no=no,
    )
    return replace(usual, **changes)


@contextmanager
def archive(data: Path, crawl: CrawlRecord | None = None, *, file_bytes: int = 1_000_000_000) -> Iterator[Archive]:
    """The archive of a crawl, closed at the end."""
    with closing(Archive(data, crawl or record(), FACTS, file_bytes)) as opened:
        yield opened


def archived_pages(data: Path, numbers: Sequence[int]) -> tuple[Path, list[Archived]]:
    """A file with these articles, a minute between them, and where each of them is."""
    with archive(data) as opened:
        places = [opened.append(fetched(exchange(no, later(minute)), no=no)) for minute, no in enumerate(numbers)]
    return data / places[0].file, places


def parts(path: Path) -> list[Member]:
    with path.open("rb") as file:
        return list(members(file))


def unpacked(path: Path) -> Path:
    """The same records in a file that is not packed."""
    plain = path.with_suffix(".plain")
    plain.write_bytes(b"".join(member.plain or b"" for member in parts(path)))
    return plain


def packed_as_one(path: Path) -> Path:
    """The same records in a file that is gzipped as a whole."""
    whole = path.with_suffix(".whole")
    whole.write_bytes(gzip.compress(unpacked(path).read_bytes(), mtime=0))
    return whole


def records(path: Path) -> list[tuple[str, Any, bytes]]:
    """Type, record and raw payload of all records of a file, as warcio reads them."""
    with path.open("rb") as file:
        return [(one.rec_type, one, one.raw_stream.read()) for one in ArchiveIterator(file)]


def types(path: Path) -> list[str]:
    return [kind for kind, *_ in records(path)]


def last(path: Path, kind: str) -> Any:
    """The last record of a type."""
    return [record for found, record, _ in records(path) if found == kind][-1]


def read(path: Path, start: int = 0, **given: Any) -> tuple[list[Capture], list[tuple[int, str]]]:
    """The captures of a file, and what was told of it."""
    told: list[tuple[int, str]] = []
    return list(captures(path, lambda _, offset, trouble: told.append((offset, trouble)), start, **given)), told


def foreign(
    path: Path, *bodies: bytes, headers: Headers = HTML, packed: bool = True, kind: str = "response", **fields: str
) -> Path:
    """A WARC file of another program: responses with these raw bodies and fields (`WARC_Date="2016"`)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed, warc_version="WARC/1.0")
        given = {name.replace("_", "-"): value for name, value in fields.items()}
        for number, body in enumerate(bodies, 1):
            answer = StatusAndHeaders("200 OK", list(headers), protocol="HTTP/1.1")
            made = writer.create_warc_record(
                f"http://example.kr/{number}",
                kind,
                payload=BytesIO(body),
                length=len(body),
                http_headers=answer,
                warc_headers_dict=dict(given),
            )
            writer.write_record(made)
    return path


def capture(path: Path, body: bytes, *, url: str = url_of(NO), kind: str = "response", **fields: Any) -> Capture:
    """The capture of a record with these fields, as it is read."""
    [(_, one, _)] = records(foreign(path, body, packed=False, kind=kind, **fields))
    named = tuple((name, url if name == "WARC-Target-URI" else value) for name, value in one.rec_headers.headers)
    is_revisit = kind == "revisit"
    return Capture(
        path=path,
        offset=0,
        length=path.stat().st_size,
        is_revisit=is_revisit,
        url=url,
        fetched_at=AT,
        status=200,
        headers=HTML,
        body=b"" if is_revisit else body,
        fields=named,
    )


def capture_of(data: Path, place: Archived) -> Capture:
    """The capture at a place, read out of the bytes of its record alone."""
    alone = data.with_name("alone.warc.gz")
    alone.write_bytes((data / place.file).read_bytes()[place.offset :][: place.length])
    [capture], told = read(alone)
    assert told == []
    assert replace(capture, path=data / place.file, offset=place.offset) == capture_at(data / place.file, place.offset)
    return capture
