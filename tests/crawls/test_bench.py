"""The benchmarks run, and the work that they measure is bounded in numbers that no clock can change."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import monotonic
from urllib.request import urlopen

import pytest
from scrapy.settings import Settings

from asiatongsin import items
from asiatongsin.html.parse import parse
from pipelines.reparse.reading import Stages
from tests.bench import report
from tests.bench.__main__ import NAMES, benchmarks
from tests.bench.found import Effort, Found, Goal, Row, ratios
from tests.bench.saved import saved
from tests.bench.served import served
from tests.conftest import ROOT
from tests.samples import archived

ROW = Row(name="a thing", figure="2 against 1", ratios=(2.5, 2.0, 1.0), goal=Goal(lowest=1.5))


def test_storing_is_measured_in_each_of_its_ways() -> None:
    found = benchmarks()["storing"](Effort(rounds=1, share=0.02))
    assert [row.name for row in found.rows if "bytes" not in row.name] == [
        "storing fresh pages, by a row at a time",
        "storing fresh pages, by bare COPY",
        "storing unchanged pages, by a row at a time",
        "storing unchanged pages, by bare COPY",
    ]
    assert all(row.ratio > 0 and row.goal for row in found.rows)


def test_searching_is_measured_with_the_index_and_what_it_costs() -> None:
    found = benchmarks()["search"](Effort(rounds=1, share=0.003))
    assert [row.name for row in found.rows] == [
        "search index, by the table",
        "p99 of 20 queries on 300 articles, by 100 ms",
        "p99 of 20 queries on 300 articles, CPU, by 100 ms",
        "p99 of 20 queries on 300 articles while pages are stored, by p99 without",
        "storing with the index, by without",
    ]
    assert all(row.ratio > 0 for row in found.rows)


def test_every_benchmark_is_in_the_list() -> None:
    modules = {path.stem for path in (ROOT / "tests" / "bench").glob("*.py") if "\ndef run(" in path.read_text()}
    assert modules == set(benchmarks()) <= set(NAMES)


def test_a_row_has_the_median_of_its_ratios_and_says_whether_it_is_what_it_should_be() -> None:
    assert ROW.cells() == ("a thing", "2 against 1", "2.00 (1.00..2.50)", "≥ 1.50", "yes")
    assert replace(ROW, goal=Goal(highest=1.9)).cells()[3:] == ("≤ 1.90", "NO")
    assert replace(ROW, goal=Goal(lowest=0.9, highest=1.1)).cells()[3:] == ("0.90 to 1.10", "NO")
    assert replace(ROW, goal=None).cells()[3:] == ("", "")
    assert ratios([3, 8], [2, 4]) == (1.5, 2.0)


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"Before\n{report.BEGIN}\nold\n{report.END}\nbehind\n")
    monkeypatch.setattr(report, "DOCUMENT", document)
    for _ in range(2):
        report.write({"one": Found(rows=[ROW], notes=["How it was measured."])}, [("date", "2026-11-25")])
    lines = document.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("Before", "behind")
    assert "old" not in lines
    assert lines.count("| a thing | 2 against 1 | 2.00 (1.00..2.50) | ≥ 1.50 | yes |") == 1


def test_the_server_tells_what_it_was_asked_for() -> None:
    with served(20) as site:
        pages = [urlopen(f"{site.url}{path}").read() for path in ("/", "/news/article.html?no=100001", "/")]
        asked = site.asked()
        assert asked.paths == ["/", "/news/article.html?no=100001", "/"]
        assert 0 < asked.first < monotonic()
        assert pages[0] == pages[2] != pages[1]
        assert site.asked().paths == []


def test_a_page_is_parsed_once_on_its_way_through_all_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[bytes] = Counter()

    def counting(body: bytes) -> object:
        parsed[body] += 1
        return parse(body)

    monkeypatch.setattr(items, "parse", counting)
    settings = Settings()
    settings.setmodule("asiatongsin.settings")
    pages = saved(5)
    assert all(page.tree for page in pages[:2])  # as the spider reads a list before it is archived
    read = Stages(settings.copy_to_dict()).read([page.archived_at(archived()) for page in pages])
    assert [page.article is not None for page in read] == [True] * 5
    assert sorted(parsed.values()) == [1] * 5
