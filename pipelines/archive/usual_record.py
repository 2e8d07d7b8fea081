"""Reads a record that stands alone in its bytes and is as nearly all are, in a third of the time of warcio."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from warcio.statusandheaders import StatusAndHeaders

from pipelines.archive.bodies import is_sha1

_VALUE = rb"[^\x00-\x1f\x7f-\xff ](?:[^\x00-\x1f\x7f-\xff]*[^\x00-\x1f\x7f-\xff ])?"
_HEAD = re.compile(rb"WARC/1\.[01]\r\n(?:[A-Za-z0-9-]+: " + _VALUE + rb"\r\n)+\r\n")
_END = b"\r\n\r\n"
_TYPES = {"warcinfo", "response", "request", "revisit"}


@dataclass(frozen=True, slots=True)
class UsualRecord:
    """What is used of a record of warcio."""

    rec_type: str
    rec_headers: Any
    length: int
    raw_stream: BytesIO


def usual_record(plain: bytes) -> UsualRecord | None:
    """The record, if it ends where it says and has the digest that it names; None lets warcio say what is wrong."""
    head = _HEAD.match(plain)
    if head is None or not plain.endswith(_END):
        return None
    first, *lines = head[0].decode("ascii").split("\r\n")[:-2]
    headers = StatusAndHeaders("", [tuple(line.split(": ", 1)) for line in lines], first)
    block = memoryview(plain)[head.end() : -len(_END)]
    named = {name.lower(): value for name, value in reversed(headers.headers)}
    kind, url = named.get("warc-type", ""), named.get("warc-target-uri", "")
    digest = named.get("warc-block-digest", "")
    if (
        kind not in _TYPES
        or named.get("content-length") != str(len(block))
        or url.startswith("<")
        or " " in url
        or not (digest.startswith("sha1:") and is_sha1(digest[5:], block))
    ):
        return None
    return UsualRecord(kind, headers, len(block), BytesIO(block))
