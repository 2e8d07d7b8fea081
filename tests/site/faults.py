"""How a site misbehaves: switched on for some addresses, for all or a share of the requests, a number of times."""

from __future__ import annotations

import asyncio
import re
import sys
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import cycle, repeat

from aiohttp import web
from brotli import Compressor  # with zstd and aiohttp among what Scrapy needs

from .answers import Answer, Ask
from .dice import dice
from .hostile import spoil

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor
else:
    from backports.zstd import ZstdCompressor

MEGABYTE = 1024 * 1024
BOMB = " bomb"


@dataclass(kw_only=True)
class Fault:
    """One kind of misbehaviour and what it befalls."""

    kind: str
    """A key of CHANGES or BREAKS."""

    where: str = r"^/news/article\.html"
    """Regular expression on the path and query of the request."""

    share: float = 1.0
    """Share of the addresses it befalls, the same ones each time."""

    times: int | None = None
    """How often it befalls one address; None: always."""

    status: int = 503
    """Status, for the kind `status`."""

    headers: dict[str, str] = field(default_factory=dict)
    """More headers, such as Retry-After, for the kind `status`."""

    location: str = "/"
    """Where the kinds `redirect` and `raw redirect` lead; `{n}` counts up."""

    pattern: str = ""
    """Regular expression on the page, for the kind `layout`: what is found is replaced by `replacement`."""

    replacement: str = ""
    """What stands there instead."""

    seen: Counter[str] = field(default_factory=Counter)
    """How often each address was befallen."""

    def __post_init__(self) -> None:
        if self.kind.endswith(BOMB):  # packed before anybody waits for it
            _coded_blanks(self.kind.removesuffix(BOMB))

    def befalls(self, ask: Ask) -> bool:
        """Whether this request is hit, which counts as a time."""
        address = f"{ask.path}?{ask.query}"
        # Of its own for each kind: two kinds with the same share do not befall the same addresses.
        luck = dice(0, 0, f"{self.kind} {self.status} {address}").random()
        if not re.search(self.where, address) or luck >= self.share:
            return False
        if self.times is not None and self.seen[address] >= self.times:
            return False
        self.seen[address] += 1
        return True

    def change(self, answer: Answer) -> Answer:
        """The answer as it is sent, for kinds that send a whole one."""
        change = CHANGES.get(self.kind)
        return change(self, answer) if change else answer

    @property
    def breaks(self) -> Callable[[web.BaseRequest, Answer], Awaitable[web.StreamResponse]] | None:
        """For kinds that disturb the sending itself."""
        return BREAKS.get(self.kind)


def _text(answer: Answer) -> str:
    return answer.body.decode("utf-8")


def _status(fault: Fault, answer: Answer) -> Answer:
    return Answer(status=fault.status, headers=fault.headers, body=b"<html><body><h1>Error</h1></body></html>")


def _redirect(fault: Fault, answer: Answer) -> Answer:
    location = fault.location.format(n=sum(fault.seen.values()))
    return Answer(status=302, headers={"Location": location})


def _layout(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=re.sub(fault.pattern, fault.replacement, _text(answer), flags=re.S).encode())


def _wrong_charset(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, content_type="text/html; charset=iso-8859-1")


def _euc_kr(fault: Fault, answer: Answer) -> Answer:
    body = _text(answer).replace('charset="UTF-8"', 'charset="euc-kr"').encode("cp949", "xmlcharrefreplace")
    return replace(answer, body=body)


def _unsaid_euc_kr(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=_text(answer).encode("cp949", "xmlcharrefreplace"))


def _bomb(fault: Fault, answer: Answer) -> Answer:
    """300 MB of blanks in at most 300 kB."""
    coding = fault.kind.removesuffix(BOMB)
    return replace(answer, headers={"Content-Encoding": coding}, body=_coded_blanks(coding))


def _coded(fault: Fault, answer: Answer) -> Answer:
    return replace(
        answer, headers={**answer.headers, "Content-Encoding": fault.kind}, body=_coded_as(fault.kind, [answer.body])
    )


def _not_gzip(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, headers={"Content-Encoding": "gzip"})


def _huge(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=answer.body + b" " * 50 * MEGABYTE)


def _deep(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=b"<html><body>" + b"<div>" * 200_000 + answer.body)


def _broken_markup(fault: Fault, answer: Answer) -> Answer:
    body = re.sub(rb"</(?:div|p|li|ul|span)>", lambda found: found[0] if len(found[0]) % 2 else b"<", answer.body)
    return replace(answer, body=body)


def _controls(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=_text(answer).replace("다.", "\x00\x1b[31m다\x07.&#0;&#27;").encode())


def _hostile(fault: Fault, answer: Answer) -> Answer:
    headers = {
        "X-Page": "'); DROP TABLE articles;-- %s {}",
        "Content-Disposition": 'attachment; filename="../../hacked"',
    }
    content_type = "text/html; charset='../../hacked%s{}"
    return replace(answer, content_type=content_type, headers=headers, body=spoil(_text(answer)).encode())


def _empty(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=b"")


def _binary(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, content_type="application/octet-stream", body=bytes(range(256)) * 40)


def _forbidden(fault: Fault, answer: Answer) -> Answer:
    return Answer(content_type="text/plain", body=b"User-agent: *\nDisallow: /\n")


def _no_menu(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b'id="gnb"', b'id="renamed"'))


def _other_addresses(fault: Fault, answer: Answer) -> Answer:
    """Every second link to an article in its print form, the others with parameters before the number."""
    forms = cycle([b"/news/article_print.html?no=", b"/news/article.html?mode=orig&amp;rvw_no=3&amp;no="])
    return replace(answer, body=re.sub(rb"/news/article\.html\?no=", lambda _: next(forms), answer.body))


CHANGES: dict[str, Callable[[Fault, Answer], Answer]] = {
    "status": _status,
    "redirect": _redirect,
    "layout": _layout,
    "raw redirect": _redirect,
    "wrong charset": _wrong_charset,
    "euc-kr": _euc_kr,
    "unsaid euc-kr": _unsaid_euc_kr,
    "gzip bomb": _bomb,
    "br bomb": _bomb,
    "zstd bomb": _bomb,
    "gzip": _coded,
    "br": _coded,
    "zstd": _coded,
    "not gzip": _not_gzip,
    "huge": _huge,
    "deep": _deep,
    "broken markup": _broken_markup,
    "controls": _controls,
    "hostile": _hostile,
    "empty": _empty,
    "binary": _binary,
    "forbidden": _forbidden,
    "no menu": _no_menu,
    "other addresses": _other_addresses,
}


async def _reset(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """The connection is torn down without a byte."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _truncated(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Half of what Content-Length promised, then the end."""
    response = await _begin(request, answer, length=len(answer.body))
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport:
        request.transport.close()
    return response


async def _slow(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Some bytes a second, for ever, as far as a client's patience goes."""
    with suppress(ConnectionError):  # patience is over
        response = await _begin(request, answer, length=len(answer.body))
        for byte in answer.body:
            await response.write(bytes([byte]))
            await asyncio.sleep(0.1)
        return response
    return web.Response()


async def _begin(request: web.BaseRequest, answer: Answer, length: int) -> web.StreamResponse:
    headers = {"Content-Type": answer.content_type, "Content-Length": str(length)}
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    return response


async def _raw(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Headers that no server should send, as they are, and a status line that takes over the terminal."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    if request.transport:
        head = f"HTTP/1.1 {answer.status} \x1b[J\x9b\r\nX-Page: \x1b[J\u202e\r\n{headers}Content-Length: 0\r\n\r\n"
        request.transport.write(head.encode())
        request.transport.close()
    return web.Response()


BREAKS: dict[str, Callable[[web.BaseRequest, Answer], Awaitable[web.StreamResponse]]] = {
    "raw redirect": _raw,
    "reset": _reset,
    "truncated": _truncated,
    "slow": _slow,
}


@cache
def _coded_blanks(coding: str) -> bytes:
    return _coded_as(coding, repeat(b" " * MEGABYTE, 300))


def _coded_as(coding: str, pieces: Iterable[bytes]) -> bytes:
    if coding == "br":
        brotli = Compressor(quality=1)
        packed: bytes = b"".join(map(brotli.process, pieces)) + brotli.finish()
        return packed
    other = ZstdCompressor() if coding == "zstd" else zlib.compressobj(1, wbits=31)
    return b"".join(map(other.compress, pieces)) + other.flush()
