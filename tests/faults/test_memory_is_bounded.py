"""Pages that want to be gigabytes: the crawl needs little more memory than for a site that behaves."""

from __future__ import annotations

from pathlib import Path

from tests.faults.conftest import Start
from tests.samples import UNREACHABLE
from tests.site import Fault, ReplicaSite, serve
from tests.warm_start import COLD

KINDS = ("gzip bomb", "br bomb", "zstd bomb", "huge", "deep")
LISTS = (22, 34, 37, 45)

MOST = 80.0
"""Megabytes above what a crawl has without a fault; measured on 2026-11-24: 93, and 135 with all of these."""


def test_needs_little_more_memory_for_pages_that_want_gigabytes(start: Start, tmp_path: Path) -> None:
    with serve(ReplicaSite(articles=20)) as replica:
        lists = ("-a", "sections=22,34,37,45,all")
        quiet = start(replica.url, UNREACHABLE, *lists, at=tmp_path / "quiet", within=COLD).end()
        replica.faults += [Fault(kind=kind, where=f"no=10001{number}$") for number, kind in enumerate(KINDS)]
        replica.faults += [Fault(kind=kind, where=f"sec_no={no}$") for no, kind in zip(LISTS, KINDS, strict=False)]
        replica.faults.append(Fault(kind="br bomb", where=r"^/\?"))
        bombed = start(replica.url, UNREACHABLE, *lists, at=tmp_path / "bombed", within=COLD).end()
        assert all(fault.seen for fault in replica.faults)
    assert quiet.megabytes > 20
    assert bombed.megabytes < quiet.megabytes + MOST
