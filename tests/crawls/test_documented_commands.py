"""What documents tell their readers to type works, line by line, as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented.page import steps
from tests.documented.prepared import Prepared, prepare
from tests.documented.running import run
from tests.documents import Document, all_documents

pytestmark = pytest.mark.usefixtures("starts_commands")

PAGES = [page for page in all_documents() if page.language == "en" and steps(page)]
"""Korean pages have the same code: tests/unit/test_documents.py."""


@pytest.fixture(scope="module")
def prepared(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with prepare(server, template, tmp_path_factory.mktemp("documented") / "data") as made:
        yield made


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_of_the_page_runs_as_it_stands(
    page: Document, prepared: Prepared, server: str, tmp_path: Path
) -> None:
    with prepared.page(server, tmp_path) as (world, replica):
        told = run(page.name, steps(page), world, replica)
    assert told.faults == [], "\n".join(told.faults)
    assert len(told.ended) == len([step for step in steps(page) if step.kind != "file"])
