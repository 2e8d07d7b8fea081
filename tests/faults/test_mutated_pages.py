"""Pages damaged at random: items or a PageError, never anything else, never for more than a second or 200 MB."""

from __future__ import annotations

from dataclasses import replace

import pytest
from psycopg import Connection

from asiatongsin.items import Page, PageItems
from tests import samples
from tests.faults import mutations
from tests.faults.fuzz import Reading, fuzz, through_all_stages
from tests.faults.mutations import mutated

SEED = 20_261_124
"""The same pages every time; `make soak` takes others, and more of them."""


def test_reads_whatever_arrives_within_bounds() -> None:
    reading = fuzz(range(SEED, SEED + 250), workers=2)
    assert reading.faults == [], f"\n{reading}"
    assert reading.pages == 250
    assert reading.articles > 60
    assert reading.rejected > 30


def test_gives_the_same_page_for_the_same_number_and_pages_of_every_kind() -> None:
    pages = [mutated(seed) for seed in range(60)]
    assert {page.kind for page in pages} == {"article", "list", "front"}
    assert [page.body for page in pages] == [mutated(seed).body for seed in range(60)]
    assert any(len(page.body) > mutations.LARGEST // 2 for page in map(mutated, range(SEED, SEED + 400)))


def test_whatever_it_reads_can_be_stored(connection: Connection) -> None:
    items = [through_all_stages(mutated(seed)) for seed in range(SEED, SEED + 100)]
    stored = samples.export(connection, *(replace(one, site="newsasia.kr") for one in items))
    assert (stored.pages, stored.refused) == (100, 0)


def test_notes_what_a_page_raises_and_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_for_one(page: Page) -> PageItems:
        if page.body == mutated(SEED + 1).body:
            raise RecursionError("too deep")
        return through_all_stages(page)

    monkeypatch.setattr("tests.faults.fuzz.through_all_stages", raise_for_one)
    reading = fuzz(range(SEED, SEED + 3), workers=1)
    assert (reading.pages, reading.faults) == (3, [f"page {SEED + 1}: RecursionError: too deep"])


def test_notes_what_must_not_happen() -> None:
    total = Reading()
    total.add(Reading(pages=1, slowest=(2.0, 7), faults=["page 7: 2.00 s"]))
    total.add(Reading(pages=1, slowest=(0.1, 8)))
    assert (total.pages, total.slowest, total.faults) == (2, (2.0, 7), ["page 7: 2.00 s"])
    assert "page 7: 2.00 s" in str(total)
