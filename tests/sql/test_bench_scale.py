"""The benchmark of many articles: tables made in SQL are what crawls would have made of so many articles."""

from __future__ import annotations

from psycopg import Connection

from pipelines.queries import gaps
from pipelines.status import facts
from tests.bench.scale import SECTIONS, SITE, fill, questions
from tests.stored import count


def test_each_question_finds_something_in_tables_that_are_made_in_sql(empty: Connection) -> None:
    fill(empty, 10_000)
    answers = {name: ask(empty) for name, ask in questions(empty).items()}
    nothing = {"times from the future", "what is sure of a list", "what is due", "what is tried again", "gaps"}
    assert {name for name, answer in answers.items() if not answer} == nothing
    assert len(answers["coverage of before"]) == len(SECTIONS) + 2
    assert len(answers["controls"]) == 14
    assert count(empty, "related_stories") == 9 * 200
    sites, crawls, rejected = answers["status"]
    assert (len(sites), sum(one.articles for one in sites), len(crawls), rejected) == (50, 10_000, 10, ())
    span = gaps.Span(SITE, 100_000, 100_221)
    assert gaps.stored_span(empty, SITE) == span
    assert gaps.count(empty, span) == gaps.Counts(stored=199, gone=4, never_seen=19)
    assert facts.sites(empty, SITE)[0].articles == 200
