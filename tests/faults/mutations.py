"""Pages as no site would send them: whole ones, damaged at random or blown up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from asiatongsin.items import Page, PageKind
from asiatongsin.korean import KST
from asiatongsin.mediaon.urls import article_url, list_url
from asiatongsin.site import DEFAULT_BASE
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer

LARGEST = 8 * 1024 * 1024
"""Bytes up to which a page is blown up: what the download lets through."""

BLOWN_UP = 0.1
"""Share of the pages that are."""

_SITE = ReplicaSite(articles=60, page_bytes=9_000)
_NO = 100_031
_SAVED = sorted((Path(__file__).parent.parent / "pages").glob("*/page.html"))

_PIECES = [
    b"<div>",
    b"</div>",
    b"</ul>",
    b"</html>",
    b"<script>",
    b"<!--",
    b"-->",
    b"<table>",
    b"<svg>",
    b"<plaintext>",
]
_PIECES += [
    b"<![CDATA[",
    b"<?xml version='1.0'?>",
    b"<textarea>",
    b"<template>",
    b"<frameset>",
    b"<base href='http://[x'>",
]
_PIECES += [b"\0", b"\xff", b"\xea\xb0", b"\xf0\x9f", b"\xed\xa0\x80", b"\x1b[2J", b"\xfe\xff", b"\r", b"\xe2\x80\xa8"]
_PIECES += [b"&#0;", b"&#xd800;", b"&#x110000;", b"&nbsp", b"&", b"'", b'"', b"9" * 30, "２０２５.１０.０４".encode()]
_PIECES += [b'<meta property="article:published_time" content="0001-01-01T00:00:00+14:00">', b"http://[x]/", b"%"]


def mutated(seed: int) -> Page:
    """The page of this number: the same one every time."""
    random = Random(seed)
    page = random.choice(_whole_pages())
    body = damaged(page.body, random)
    if random.random() < BLOWN_UP:
        body = random.choice(GROWTHS)(body, random)[:LARGEST]
    return replace(page, body=body)


def damaged(page: bytes, random: Random) -> bytes:
    """Pieces of it are missing, stand there twice, or give way to something else."""
    body = bytearray(page)
    for _ in range(random.randint(1, 8)):
        start = random.randrange(len(body) + 1)
        end = start + int(random.expovariate(1 / 200))
        body[start:end] = random.choice([b"", body[start:end] * 2, random.choice(_PIECES)])
    return bytes(body)


def _repeated(body: bytes, random: Random) -> bytes:
    """A part of it, many times over."""
    start = random.randrange(len(body) + 1)
    end = start + random.choice([30, 300, 3_000])
    return body[:end] + body[start:end] * _times(random, end - start) + body[end:]


def _nested(body: bytes, random: Random) -> bytes:
    """Within many elements that are never closed, all of it or the rest."""
    place = random.choice([0, random.randrange(len(body) + 1)])
    tag = random.choice(_tags(body))
    return body[:place] + tag * _times(random, len(tag)) + body[place:]


def _every_other_tag_opens_it(body: bytes, random: Random) -> bytes:
    """Every element within another one of a kind that is looked for."""
    return body.replace(b"<", random.choice(_tags(body)) + b"<", random.choice([100, 1_000, 10_000]))


def _many_attributes(body: bytes, random: Random) -> bytes:
    attributes = b" ".join(b"a%d=1" % number for number in range(_times(random, 9)))
    return body.replace(b"<div", b"<div " + attributes, 1)


def _many_classes(body: bytes, random: Random) -> bytes:
    names = b" ".join(b"hdl_%03d" % (number % 1000) for number in range(_times(random, 8)))
    return body.replace(b'class="', b'class="' + names + b" ", random.choice([1, 3]))


def _long_text(body: bytes, random: Random) -> bytes:
    """Where text stands: letters, blanks, digits or almost a date or an address, without an end."""
    piece = random.choice(
        ["가", " ", "\u00a0", "1", "2025.10.04 ", "a@", "[기자 ", "기자 ", "&amp;", "수정", "\u1112\u1161"]
    ).encode()
    place = random.choice(
        [body.find(b"</h2>"), body.find(b"</p>"), body.find(b"</li>"), random.randrange(len(body) + 1)]
    )
    return body[:place] + piece * _times(random, len(piece)) + body[place:]


GROWTHS: list[Callable[[bytes, Random], bytes]] = [
    _repeated,
    _nested,
    _every_other_tag_opens_it,
    _many_attributes,
    _many_classes,
    _long_text,
]


def _times(random: Random, length: int) -> int:
    return int(random.choice([10_000, 100_000, 500_000, LARGEST]) / length)


@cache
def _tags(body: bytes) -> list[bytes]:
    """Opening tags of a page, whole, and some that every page knows."""
    found = [
        b"<" + part.partition(b">")[0] + b">" for part in body.split(b"<")[1:] if not part.startswith((b"/", b"!"))
    ]
    common = [b"<div>", b"<a href='/news/article.html?no=5'>", b"<ul><li>", b"<font>", b"<b>", b'<div class="hdl_003">']
    return [tag for tag in found if len(tag) < 300] + common


@cache
def _whole_pages() -> list[Page]:
    articles = [_served(article_url(DEFAULT_BASE, no), "article", no) for no in range(_NO, _NO + 6)]
    forms = [f"{DEFAULT_BASE}{path}?no={_NO}" for path in ("/mobile/article.html", "/news/article_print.html")]
    lists = [_served(list_url(DEFAULT_BASE, section, 1), "list") for section in (0, 34)]
    front = _served(f"{DEFAULT_BASE}/", "front")
    return [*articles, *(_served(url, "article", _NO) for url in forms), *lists, front, *map(_saved, _SAVED)]


def _served(url: str, kind: PageKind, no: int | None = None) -> Page:
    parts = urlsplit(url)
    return page_at(url, kind, no, answer(_SITE, Ask(path=parts.path, query=parts.query, headers={})).body)


def _saved(path: Path) -> Page:
    expected = json.loads(path.with_name("expected.json").read_text(encoding="utf-8"))
    return page_at(expected["url"], "article", expected["no"], path.read_bytes())


def page_at(url: str, kind: PageKind, no: int | None, body: bytes) -> Page:
    """A page of the site, as it arrives."""
    return Page(
        url=url,
        site="newsasia.kr",
        base=DEFAULT_BASE,
        kind=kind,
        fetched_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        status=200,
        body=body,
        no=no,
        listed_at=datetime(2025, 10, 4, 18, 20, tzinfo=KST) if no else None,
    )
