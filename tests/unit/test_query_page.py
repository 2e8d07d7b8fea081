"""docs/en/reference/query.md is true: what it writes is a query, and every filter of the code stands there."""

from __future__ import annotations

import re
import shlex

import pytest

from pipelines.queries.search.language import FILTERS, MOST_CHARACTERS, MOST_WORDS, parse
from tests.documents import DOCS, Document

PAGE = Document(DOCS / "en" / "reference" / "query.md", "en")
WRITTEN = [form for row in PAGE.rows() for form in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.parametrize("form", WRITTEN)
def test_what_it_writes_is_a_query(form: str) -> None:
    query = parse("".join(shlex.split(form)) if form.startswith("'") else form)
    assert query.words or query.given


def test_it_has_every_filter_and_the_bounds() -> None:
    assert {name for form in WRITTEN for name in parse(form.strip("'")).given} == set(FILTERS)
    assert f"at most {MOST_WORDS} words and {MOST_CHARACTERS:,} characters" in PAGE.text
