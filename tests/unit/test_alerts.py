"""Who is told what of crawls that go wrong: once on each new trouble, once when it is over, and nothing leaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from scrapy.settings import Settings

from asiatongsin.errors import SettingError
from pipelines.crawl_record import Outcome
from pipelines.monitoring import delivery as addresses
from pipelines.monitoring.delivery import LOGGERS_OF_ADDRESSES, Message
from pipelines.monitoring.messages import NEXT_STEPS, is_due, message
from pipelines.monitoring.site_troubles import SiteTroubles
from pipelines.verdict.decide import Verdict
from tests import sinks
from tests.samples import AT, SITE, record
from tests.sinks import SECRET, Sink, to_web

GOOD, BAD = Verdict(Outcome.OK, "12 new"), Verdict(Outcome.DRIFT, "3 of 4 pages\x1b[2J\nForged: line")

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


@pytest.fixture
def web() -> Iterator[Sink]:
    with sinks.web() as sink:
        yield sink


# --- what is told -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "troubles", "due"),
    [
        ("", "", False),
        ("", "unreachable", True),
        ("unreachable", "unreachable", False),
        ("unreachable", "error", True),
        ("strip", "headline strip", True),
        ("headline strip", "strip", False),
        ("headline strip", "spooled strip", True),
        ("headline strip", "", True),
    ],
)
def test_only_news_is_due(known: str, troubles: str, due: bool) -> None:
    told = {"1 (json)": tuple(known.split())} if known else {}
    assert is_due(SiteTroubles(trouble="error", troubles=tuple(troubles.split()), known=told), "1 (json)") == due


def test_tells_what_happened_since_when_and_what_to_do() -> None:
    told = message(SiteTroubles(trouble="drift", since=AT), record(), BAD)
    assert (told.title, told.is_good) == (f"asiatongsin: {SITE}: drift", False)
    assert told.body.split("\n") == [
        r"drift: 3 of 4 pages\x1b[2J\nForged: line",
        "No crawl ended well since 2025-10-05 09:52 (Korean time).",
        NEXT_STEPS[Outcome.DRIFT],
        f"Crawl {record().id}; `asiatongsin status` shows the last ones.",
    ]


def test_tells_that_it_is_over_and_how_long_it_lasted() -> None:
    over = SiteTroubles(since=AT, until=AT + timedelta(days=1, hours=2, minutes=5))
    told = message(over, record(), GOOD)
    assert (told.title, told.is_good) == (f"asiatongsin: {SITE}: ok", True)
    assert told.body.split("\n")[:2] == [
        "Crawls end well again: 12 new",
        "It lasted 1 d 2 h 5 min, from 2025-10-05 09:52 (Korean time).",
    ]


def test_knows_what_to_do_about_every_outcome_that_is_bad() -> None:
    assert set(NEXT_STEPS) == set(Outcome) - {Outcome.OK}


# --- to whom ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    ["json://a json://b/c,d", " json://a,json://b/c,d\n", "json://a, json://b/c,d", ["json://a", "json://b/c,d"]],
)
def test_addresses_have_blanks_or_commas_between(given: object) -> None:
    found = addresses.addresses(Settings({"ALERTS": given}))
    assert [(one.name, one.url) for one in found] == [("1 (json)", "json://a"), ("2 (json)", "json://b/c,d")]


@pytest.mark.parametrize("given", ["", " ", None, []])
def test_nobody_is_told_where_nobody_is_named(given: object) -> None:
    settings = Settings({"ALERTS": given})
    addresses.check(settings)
    assert addresses.addresses(settings) == []


@pytest.mark.parametrize("wrong", [SECRET, f"nosuch://{SECRET}", f"slack://{SECRET}", f"mailto://u:{SECRET}@h?to=x"])
def test_refuses_what_apprise_does_not_know_without_repeating_it(wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SettingError, match="address 2 of 2 is none of a service that apprise knows") as raised:
        addresses.check(Settings({"ALERTS": f"json://127.0.0.1 {wrong}"}))
    assert SECRET not in f"{raised.value!r}{caplog.text}"


def test_no_representation_holds_an_address() -> None:
    assert SECRET not in repr(addresses.addresses(Settings({"ALERTS": f"json://{SECRET}"})))


def test_what_it_sends_with_says_nothing_at_any_level(web: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    news = Message(title="제목", body="첫 줄\n둘째 줄 <b> *x*", is_good=False)
    given = addresses.addresses(Settings({"ALERTS": to_web(web)}))
    assert addresses.deliver(news, given) == {"1 (json)"}
    assert web.taken() == [(news.title, news.body)]
    assert [one.name for one in caplog.records if one.name.startswith(LOGGERS_OF_ADDRESSES)] == []
    assert SECRET not in caplog.text


def test_long_news_come_in_pieces_that_a_chat_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def post(url: str, data: str, **given: object) -> requests.Response:
        sent.append(json.loads(data)["content"])
        answer = requests.Response()
        answer.status_code = 204
        return answer

    monkeypatch.setattr(requests, "post", post)
    monkeypatch.setattr(requests, "request", lambda method, url, data, **given: post(url, data))
    [discord] = addresses.addresses(Settings({"ALERTS": f"discord://{'1' * 18}/{'a' * 60}"}))
    lines = "\n".join(f"article headline {number} found on 0 of 9 pages" for number in range(100))
    assert addresses.send(discord, Message(title="asiatongsin: drift", body=lines, is_good=False))
    assert len(sent) > 1
    assert max(map(len, sent)) <= 2000
    assert all(f"headline {number} found" in "".join(sent) for number in (0, 50, 99))
