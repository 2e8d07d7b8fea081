"""Judges a crawl once more when its record is stored, which may be long after it ended.

The coverage of a crawl that ended without a database is compared with earlier crawls here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from psycopg import Connection

from asiatongsin.cms import field_of
from pipelines.crawl_record import CrawlRecord, FieldCoverage, FieldKey
from pipelines.exporters import crawls, missing_fields, removed_articles
from pipelines.exporters.missing_fields import UsualFigures
from pipelines.queries import coverage_history
from pipelines.verdict.earlier import earlier_crawls
from pipelines.verdict.expectation import Expectation
from pipelines.verdict.falls import falls, with_fallen


def compare_with_earlier(connection: Connection, record: CrawlRecord) -> CrawlRecord:
    """The record with `fell` set where a field fell, if the crawl ended while no database could be reached."""
    if record.to_compare is None or not record.is_comparable:
        return record
    bounds, earlier = record.to_compare, earlier_crawls(connection, record)
    found = falls(record.coverage, earlier, bounds.drop, bounds.ignored)
    fell = {(one.part, one.field) for one in record.coverage if one.fell} | {fall.key for fall in found}
    return replace(record, coverage=with_fallen(record.coverage, fell), to_compare=None)


def judge_and_store(connection: Connection, record: CrawlRecord) -> None:
    """Writes the row of a crawl. The same transaction stores which fields fell or were found again, and removals."""
    with connection.transaction():
        record = compare_with_earlier(connection, record)
        crawls.write(connection, record)
        if record.is_comparable:
            _note_missing_fields(connection, record)
        removed_articles.confirm(connection, record)


def _note_missing_fields(connection: Connection, record: CrawlRecord) -> None:
    """Stores which fields fell, and which were found again."""
    if keys := [(one.part, one.field) for one in record.coverage if one.fell]:
        earlier = coverage_history.found_before(connection, record.site, record.scope, keys, except_crawl=record.id)
        usual = [_usual(key, earlier.get(key, [])) for key in keys]
        missing_fields.add_fallen(connection, record.id, usual)
    missing_fields.remove_found_again(connection, record.site, record.id)


def _usual(key: FieldKey, earlier: Sequence[FieldCoverage]) -> UsualFigures:
    part, name = key
    given = field_of(part, name)
    expected = Expectation.of(given, earlier) if given else None
    share, mean = (expected.share, expected.mean) if expected else (None, None)
    return UsualFigures(part=part, field=name, usual_share=share, usual_mean=mean)
