"""The text that `asiatongsin reparse` prints: counts per field, and the first differences for a person to judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asiatongsin.items import WeatherSnapshot
from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.reparse.compare import Difference
from pipelines.reparse.report import Report
from pipelines.terminal.text_table import text_table
from pipelines.terminal.word_diff import Marks, word_diff

_UNKNOWN = "unknown"


def report_text(report: Report, marks: Marks) -> str:
    """The whole report as text."""
    if not report.captures:
        return "No article page among those that were asked for."
    if not report.differing:
        return "Nothing differs from what is stored."
    rows = [*report.kinds.most_common(), *report.fields.most_common()]
    examples = [_example(difference, marks) for difference in report.examples]
    first = [f"First differences ({len(examples)} of {report.differing:,})", *examples]
    return "\n\n".join([text_table(("what differs", "captures"), rows, grouped=True), *first])


def _example(difference: Difference, marks: Marks) -> str:
    items = difference.items
    head = f"{items.site} {items.no}, fetched {items.fetched_at.astimezone(KST):%Y-%m-%d %H:%M:%S} (Korean time)"
    return "\n".join([printable(head), *(f"  {line}" for line in _lines(difference, marks))])


def _lines(difference: Difference, marks: Marks) -> Iterator[str]:
    items = difference.items
    if difference.kind:
        about = items.article.headline if items.article else items.removed or (items.rejected and items.rejected.reason)
        yield printable(f"{difference.kind}: {about}")
    for field, (stored, read) in difference.fields.items():
        old, new = _paragraphs(stored), _paragraphs(read)
        yield f"{field}: " + word_diff(old, new, marks).replace("\n", "\n    ")


def _paragraphs(value: Any) -> list[str]:
    """A value as lines that can be compared."""
    if value is None:
        return [_UNKNOWN]
    if isinstance(value, WeatherSnapshot):
        return [f"{one.city} {one.condition or '-'} {one.temperature_c}" for one in value.readings]
    if isinstance(value, list):
        return [" | ".join("" if part is None else str(part) for part in row) for row in value] or ["none"]
    return str(value).split("\n")
