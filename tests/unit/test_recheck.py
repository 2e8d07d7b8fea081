"""When an article is due again: its age on the ladder, whatever became of the visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from scrapy.settings import Settings

from asiatongsin import settings
from asiatongsin.capture import Check, Stored
from asiatongsin.errors import SettingError
from asiatongsin.items import PageItems
from asiatongsin.rechecks import Rechecks
from pipelines.stages.recheck import with_next_visit
from pipelines.stages.visits import visit_of
from tests.captured import fetched
from tests.samples import AT, NO, article, later, page, present, rejected, removed

DEFAULT = {"RECHECK_AFTER": settings.RECHECK_AFTER, "RECHECK_MAX": settings.RECHECK_MAX, "GONE_AFTER": "1d"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIMELESS: dict[str, Any] = {"published_at": None, "modified_at": None}


def rechecks(**changes: object) -> Rechecks:
    return Rechecks.from_settings(Settings(DEFAULT | changes))


def stored(dated_at: datetime = AT, **changes: Any) -> Stored:
    return replace(Stored(no=NO, dated_at=dated_at, content_hash=article().content_hash), **changes)


def next_check(items: PageItems) -> Check:
    """The visit, with the time of the next one."""
    return present(with_next_visit(items, rechecks()).check)


def test_the_default_ladder_is_that_of_the_documentation() -> None:
    assert rechecks() == Rechecks(
        after=(HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY), max_visits=100, gone_after=timedelta(days=1)
    )


@pytest.mark.parametrize(
    ("age", "next_age"),
    [
        (timedelta(minutes=-30), HOUR),
        (timedelta(), HOUR),
        (timedelta(minutes=59), HOUR),
        (HOUR, 6 * HOUR),
        (2 * DAY, 3 * DAY),
        (29 * DAY, 30 * DAY),
        (30 * DAY, None),
        (5000 * DAY, None),
    ],
)
def test_is_due_at_the_first_step_that_lies_ahead(age: timedelta, next_age: timedelta | None) -> None:
    assert rechecks().next_visit(AT, AT + age) == (AT + next_age if next_age else None)


def test_an_empty_ladder_has_no_step() -> None:
    assert rechecks(RECHECK_AFTER="").next_visit(AT, AT) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECHECK_AFTER", "often"),
        ("RECHECK_AFTER", "1h, 1h"),
        ("RECHECK_AFTER", "6h, 60m"),
        ("RECHECK_AFTER", "0m, 1h"),
        ("RECHECK_AFTER", "1h,,6h"),
        ("RECHECK_AFTER", "1w"),
        ("RECHECK_AFTER", "1.5h"),
        ("RECHECK_AFTER", "-1h"),
        ("RECHECK_AFTER", "3600"),
        ("RECHECK_AFTER", "9999999d"),
        ("RECHECK_MAX", "all"),
        ("RECHECK_MAX", "-1"),
        ("GONE_AFTER", ""),
        ("GONE_AFTER", "0d"),
        ("GONE_AFTER", "1d, 2d"),
    ],
)
def test_says_what_to_write_where_a_setting_cannot_be_meant(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=rf"^{name}=.*: write .* such as 1h|^{name}=.*: write .*, for example "):
        rechecks(**{name: value})


def test_takes_white_space_and_every_unit() -> None:
    assert rechecks(RECHECK_AFTER=" 90m ,6h,  2d ").after == (1.5 * HOUR, 6 * HOUR, 2 * DAY)


def test_counts_from_the_later_of_the_printed_times() -> None:
    published, modified = AT - 5 * HOUR, AT - 2 * HOUR
    for times in ((published, modified), (modified, published), (modified, None), (None, modified)):
        items = page(published_at=times[0], modified_at=times[1])
        check = next_check(replace(items, check=Check(checked_at=AT)))
        assert (check.dated_at, check.next_check_at) == (modified, modified + 6 * HOUR)


def test_counts_from_the_download_where_no_time_is_printed_or_known() -> None:
    check = next_check(replace(page(**TIMELESS), check=Check(checked_at=AT)))
    assert (check.dated_at, check.next_check_at) == (AT, AT + HOUR)


def test_dates_a_visit_that_brought_no_article_as_well() -> None:
    known = Check(checked_at=AT, dated_at=AT - 2 * DAY)
    for items in (removed(), rejected(), rejected(is_transient=True), replace(page(), article=None, unmodified=True)):
        assert next_check(replace(items, check=known)).next_check_at == AT + DAY
        assert with_next_visit(replace(items, check=replace(known, dated_at=None)), rechecks()).check is None
    assert with_next_visit(removed(), rechecks()).check is None


def test_what_was_due_while_a_page_lay_in_an_archive_is_not_made_up_for() -> None:
    items = replace(page(at=AT), check=Check(checked_at=AT, dated_at=AT))
    assert next_check(items).next_check_at is not None
    assert next_check(replace(items, is_reread=True)).next_check_at is None


def test_only_article_pages_are_visits() -> None:
    assert visit_of(replace(fetched(), kind="list", no=None)) is None
    assert visit_of(fetched()) == Check(checked_at=AT)
    assert visit_of(fetched(stored=stored(later(-9)))) == Check(checked_at=AT, dated_at=later(-9))


def test_a_text_that_was_changed_is_as_young_as_the_time_it_prints() -> None:
    known = fetched(stored=stored(AT - 50 * DAY))
    changed = article(headline="고친 제목", published_at=AT - 50 * DAY, modified_at=AT - 2 * DAY)
    check = next_check(replace(page(), article=changed, check=visit_of(known, changed)))
    assert (check.dated_at, check.next_check_at) == (AT - 2 * DAY, AT + DAY)


def test_a_text_that_is_the_same_grows_older_whatever_time_the_page_prints() -> None:
    """Some pages print the moment of the request as that of the last change: they would be due every hour for ever."""
    known = fetched(stored=stored(AT - 50 * DAY))
    same = article(modified_at=AT)
    check = next_check(replace(page(), article=same, check=visit_of(known, same)))
    assert (check.dated_at, check.next_check_at) == (AT - 50 * DAY, None)


def test_keeps_the_validators_of_an_answer_that_was_read() -> None:
    answered = fetched(headers=(("ETag", 'W/"a b"'), ("LAST-MODIFIED", " Sun, 05 Oct 2025 00:52:07 GMT ")))
    check = present(visit_of(answered, article(), is_served=True))
    assert (check.etag, check.last_modified) == ('W/"a b"', "Sun, 05 Oct 2025 00:52:07 GMT")
    assert visit_of(answered) == Check(checked_at=AT)


@pytest.mark.parametrize("value", ["", " ", '"a"\r\nX-Page: b', '"a\0"', '"\x7f"', '"가"', f'"{"a" * 1000}"'])
def test_keeps_no_validator_that_cannot_be_sent_back(value: str) -> None:
    assert present(visit_of(fetched(headers=(("ETag", value),)), article(), is_served=True)).etag is None
    twice = fetched(headers=(("ETag", '"a"'), ("etag", '"b"')))
    assert present(visit_of(twice, article(), is_served=True)).etag is None
