"""One page into its three items: against the parse alone, which is the limit, and against what people use instead."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from lxml import etree

from asiatongsin.items import Page
from pipelines.stages.split import split
from tests.bench.found import Effort, Found, Goal, Row, ratios
from tests.bench.process import CommandFailed
from tests.bench.saved import saved
from tests.conftest import ROOT
from tests.site import ReplicaSite

PYTHON = Path(os.environ.get("BENCH_PEERS", ROOT / ".venv-peers")) / "bin" / "python"
PEERS = ("trafilatura", "newspaper4k", "news-please")

PARSE, SPEED = Goal(highest=1.3), Goal(lowest=60.0)

LONGEST = 1.3
"""A body is right with every paragraph, and where it is not so much longer."""

SLICE = 10
"""Pages that are parsed, and then read, before the next ones are: both meet the same moments of the machine."""


@dataclass(kw_only=True)
class Reader:
    """A way to read pages."""

    name: str
    times: list[float] = field(default_factory=list)
    """Milliseconds per page of each round."""

    right: float = 0.0
    """Share of the pages of which it got headline and body right."""


def run(effort: Effort) -> Found:
    """Rounds of all of them by turns."""
    pages, few = saved(effort.of(400)), effort.of(40)
    truth = {no: _Truth.of(ReplicaSite(articles=len(pages)), no) for no in (page.no or 0 for page in pages[:few])}
    parse, ours = Reader(name="lxml"), Reader(name="asiatongsin")
    peers = [Reader(name=name) for name in PEERS] if PYTHON.exists() else []
    with TemporaryDirectory(prefix="asiatongsin-bench-") as folder:
        file = _written(Path(folder) / "pages.jsonl", pages[:few])
        for _ in effort.at_most(3):
            _measure_ours(parse, ours, pages)
            for peer in peers:
                _measure_peer(peer, file, list(truth.values()))
    ours.right = _right([_ours(page) for page in pages[:few]], list(truth.values()))
    return _found(parse, ours, peers)


def _found(parse: Reader, ours: Reader, peers: Sequence[Reader]) -> Found:
    figure = f"{median(ours.times):.2f} ms a page; lxml {median(parse.times):.2f} ms"
    rows = [
        Row(
            name="reading a page / lxml's parse of it",
            figure=figure,
            ratios=ratios(ours.times, parse.times),
            goal=PARSE,
        )
    ]
    for peer in peers:
        figure = (
            f"{median(peer.times):.1f} ms a page; headline and body right on {peer.right:.0%}, ours on {ours.right:.0%}"
        )
        rows.append(
            Row(name=f"{peer.name} / reading a page", figure=figure, ratios=ratios(peer.times, ours.times), goal=SPEED)
        )
    notes = ["Each page is read once, none was met before; the parse is lxml's. The others had no network."]
    if not peers:
        notes.append("The others are not installed: `make bench-peers`.")
    return Found(rows=rows, notes=notes)


@dataclass(frozen=True, kw_only=True)
class _Truth:
    headline: str
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, site: ReplicaSite, no: int) -> _Truth:
        article = site.article(no)
        return cls(headline=article.headline, paragraphs=article.paragraphs)

    def is_found_in(self, headline: str | None, body: str | None) -> bool:
        wanted, given = _plain("".join(self.paragraphs)), _plain(body or "")
        is_whole = all(_plain(paragraph) in given for paragraph in self.paragraphs)
        return _plain(headline or "") == _plain(self.headline) and is_whole and len(given) <= LONGEST * len(wanted) + 50


def _plain(text: str) -> str:
    return "".join(text.split())


def _measure_ours(parse: Reader, ours: Reader, pages: Sequence[Page]) -> None:
    taken = [0.0, 0.0]
    for start in range(0, len(pages), SLICE):
        some = pages[start : start + SLICE]
        taken[0] += _timed(lambda page: etree.fromstring(page.body, etree.HTMLParser(encoding="utf-8")), some)
        taken[1] += _timed(lambda page: split(replace(page)), some)  # not with the tree of the round before
    parse.times.append(taken[0] * 1000 / len(pages))
    ours.times.append(taken[1] * 1000 / len(pages))


def _timed(read: Callable[[Page], object], pages: Sequence[Page]) -> float:
    began = perf_counter()
    for page in pages:
        read(page)
    return perf_counter() - began


def _measure_peer(peer: Reader, file: Path, truth: Sequence[_Truth]) -> None:
    script = Path(__file__).with_name("peers.py")
    done = subprocess.run(
        [PYTHON, script, peer.name, file],
        cwd=file.parent,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        trouble = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise CommandFailed(f"{peer.name} cannot read the pages ({trouble}); install the peers anew: make bench-peers")
    told = json.loads(done.stdout.splitlines()[-1])
    peer.times.append(told["ms"])
    peer.right = _right(told["found"], truth)


def _right(found: Sequence[tuple[str | None, str | None]], truth: Sequence[_Truth]) -> float:
    return sum(one.is_found_in(*it) for it, one in zip(found, truth, strict=True)) / len(truth)


def _ours(page: Page) -> tuple[str | None, str | None]:
    article = split(replace(page)).article
    return (article.headline, "\n".join(article.body)) if article else (None, None)


def _written(file: Path, pages: Sequence[Page]) -> Path:
    lines = (json.dumps({"url": page.url, "html": page.body.decode()}) for page in pages)
    file.write_text("\n".join(lines))
    return file
