"""The exit statuses and what they mean."""

from __future__ import annotations

from pipelines.crawl_record import ExitStatus


def test_every_exit_status_has_a_meaning_of_its_own() -> None:
    assert [*ExitStatus] == [*range(7)]
    assert len({status.meaning for status in ExitStatus}) == 7
