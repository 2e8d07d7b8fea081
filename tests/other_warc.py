"""WARC files as other tools write them, with pages of the replica inside."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.site import ReplicaSite
from tests.site.answers import Ask, answer


def page_of(site: ReplicaSite, no: int) -> bytes:
    return answer(site, Ask(path="/news/article.html", query=f"no={no}", headers={})).body


class Warc:
    """A WARC file as another tool writes it."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path = path
        self.bytes = BytesIO()
        self.writer = WARCWriter(self.bytes, gzip=packed)

    def add(
        self,
        url: str,
        body: bytes,
        *,
        status: str = "200 OK",
        at: str = "2025-10-05T00:52:07Z",
        fields: Mapping[str, str] = MappingProxyType({}),
        **headers: str,
    ) -> None:
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        fields = {"WARC-Date": at, **fields}
        record = self.writer.create_warc_record(
            url, "response", payload=BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=fields
        )
        self.writer.write_record(record)

    def refer(self, url: str, digest: str, original: str, *, at: str) -> None:
        http = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        record = self.writer.create_revisit_record(
            url, digest, original, "2025-10-05T00:52:07Z", http_headers=http, warc_headers_dict={"WARC-Date": at}
        )
        self.writer.write_record(record)

    def close(self) -> Path:
        self.path.write_bytes(self.bytes.getvalue())
        return self.path
