"""Undoes the content encodings of archived bodies, also of those that say something else than they are."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from warcio.bufferedreaders import BufferedReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

try:
    import brotli
except ImportError:  # on PyPy
    import brotlicffi as brotli

_BLOCK = 64 * 1024
_NOT_ENCODED = {"", "identity"}
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?/a-zA-Z]")
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}

_STORED_DECODED = {"gzip", "x-gzip", "deflate"}
"""Encodings under which wget stores bodies that it has decoded."""

Decode = Callable[[bytes], Iterable[bytes]]


def _warcio(name: str) -> Decode:
    """What warcio undoes. A body that is not encoded stays as it is."""

    def decode(data: bytes) -> Iterable[bytes]:
        stream: Any = BufferedReader(BytesIO(data), decomp_type=name)
        while part := stream.read(_BLOCK):
            yield part

    return decode


def _brotli(data: bytes) -> Iterable[bytes]:
    decompressor = brotli.Decompressor()  # warcio 1.8 cannot use brotli 1.2
    part = decompressor.process(data, output_buffer_limit=_BLOCK)
    while part:
        yield part
        part = b"" if decompressor.is_finished() else decompressor.process(b"", output_buffer_limit=_BLOCK)
    if not decompressor.is_finished():
        raise EOFError("the body is cut off")


def _zstd(data: bytes) -> Iterable[bytes]:
    with zstd.ZstdFile(BytesIO(data)) as stream:
        while part := stream.read(_BLOCK):
            yield part


_DECODERS: dict[str, Decode] = {
    "gzip": _warcio("gzip"),
    "x-gzip": _warcio("gzip"),
    "deflate": _warcio("deflate"),
    "br": _brotli,
    "zstd": _zstd,
}
_DAMAGED = (brotli.error, zstd.ZstdError, EOFError)


def undone(data: bytes, encodings: str, largest: int) -> bytes | None:
    """The body without its encodings, given as in `Content-Encoding`; None where it has more than `largest` bytes.

    Where an encoding cannot be undone, the body is taken as it is if it begins as a page: it was stored decoded, or its
    header names no encoding (`utf-8`, `none`). Else ValueError.
    """
    body: bytes | None = data
    for name in reversed([part.strip().lower() for part in encodings.split(",")]):
        if body is None or name in _NOT_ENCODED:
            continue
        found = _by_name(body, name, largest)
        if found is _CANNOT:
            if _PAGE.match(body):
                return body
            raise ValueError(f"the body is encoded as {encodings}, which cannot be undone")
        body = found
    return body


_CANNOT = b"cannot be undone"


def _by_name(data: bytes, name: str, largest: int) -> bytes | None:
    """The decoded body; _CANNOT itself where neither the name nor the first bytes say how, or the data are damaged."""
    by_magic = next((known for magic, known in _MAGIC.items() if data.startswith(magic)), "")
    for decode in (_DECODERS[one] for one in dict.fromkeys((name, by_magic)) if one in _DECODERS):
        try:
            if (found := _joined(decode(data), largest)) != data:
                return found
        except _DAMAGED:
            continue
    return data if name in _STORED_DECODED and not by_magic else _CANNOT


def _joined(decoded: Iterable[bytes], largest: int) -> bytes | None:
    parts, size = [], 0
    for part in decoded:
        parts.append(part)
        size += len(part)
        if size > largest:
            return None
    return b"".join(parts)
