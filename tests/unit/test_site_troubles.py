"""What is known of a site between two crawls, and what a crawl changes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.crawl_record import Outcome
from pipelines.monitoring.messages import is_due
from pipelines.monitoring.notify import is_proof
from pipelines.monitoring.site_troubles import SiteTroubles
from pipelines.verdict.decide import Verdict
from tests.samples import AT, SITE, later, record

GOOD, FAILED = Verdict(Outcome.OK, "12 new"), Verdict(Outcome.ERROR, "a fault")
DRIFTED = Verdict(Outcome.DRIFT, "9 of 9", frozenset({("strip", "cities"), ("article", "headline")}))


def test_trouble_lasts_from_the_first_bad_crawl_to_the_next_good_one() -> None:
    first = SiteTroubles().after_end(DRIFTED, AT, later(1), is_proof=True)
    second = first.after_end(FAILED, later(30), later(31), is_proof=True)
    assert (first.troubles, second.troubles) == (("article headline", "strip cities"), ("error",))
    assert (first.trouble, second.trouble, first.since, second.since) == ("drift", "error", AT, AT)
    over = second.after_end(GOOD, later(60), later(61), is_proof=True)
    assert (over.trouble, over.since, over.until, over.good_at) == ("", AT, later(61), later(61))
    still = over.after_end(GOOD, later(90), later(91), is_proof=True)
    assert (still.until, still.good_at) == (later(61), later(91))
    again = still.after_end(DRIFTED, later(99), later(100), is_proof=True)
    assert (again.since, again.until, again.good_at) == (later(99), None, later(91))


def test_a_crawl_that_did_not_look_proves_nothing() -> None:
    ended = record(outcome="ok", statistics={"finish_reason": "finished"})
    assert is_proof(ended, GOOD)
    assert not is_proof(replace(ended, statistics={"finish_reason": "shutdown"}), GOOD)
    assert not is_proof(replace(ended, arguments={"no": "1"}), GOOD)
    assert not is_proof(ended, replace(GOOD, is_inconclusive=True))
    bad = SiteTroubles(trouble="drift", since=AT)
    assert bad.after_end(GOOD, later(1), later(2), is_proof=False) == bad


def test_an_address_knows_all_it_was_told_of_until_all_is_well() -> None:
    both, one = ["1 (json)", "2 (mailto)"], ["1 (json)"]
    first = SiteTroubles(trouble="drift", troubles=("strip cities",)).after_messages(both, both)
    second = replace(first, troubles=("article headline",)).after_messages(both, one)
    assert second.known == {"1 (json)": ("article headline", "strip cities"), "2 (mailto)": ("strip cities",)}
    assert second.after_messages(one, []).known == {"1 (json)": ("article headline", "strip cities")}
    assert replace(second, trouble="", troubles=()).after_messages(both, one).known == {"2 (mailto)": ("strip cities",)}


def test_what_comes_back_after_a_day_beside_another_trouble_is_news() -> None:
    away = Verdict(Outcome.UNREACHABLE, "no answer")
    both = SiteTroubles().after_end(DRIFTED, AT, AT, is_proof=True).after_end(away, AT, later(10), is_proof=True)
    both = replace(both, troubles=("article headline", "strip cities", "unreachable"))
    both = both.after_messages(["1 (json)"], ["1 (json)"])
    soon = both.after_end(DRIFTED, later(20), later(30), is_proof=True)
    assert not is_due(soon.after_end(away, later(40), later(50), is_proof=True), "1 (json)")
    late = soon.after_end(DRIFTED, later(1500), later(1510), is_proof=True)
    assert is_due(late.after_end(away, later(1520), later(1530), is_proof=True), "1 (json)")
    assert not is_due(late.after_end(DRIFTED, later(1520), later(1530), is_proof=True), "1 (json)")


def test_what_is_known_survives_and_damage_makes_a_new_start(tmp_path: Path) -> None:
    known = SiteTroubles(trouble="drift", since=AT, good_at=AT, known={"1 (json)": ("strip cities",)})
    known = known.after_begin(record())
    known.write(tmp_path, "127.0.0.1:80")
    assert SiteTroubles.read(tmp_path, "127.0.0.1:80") == known
    assert SiteTroubles.read(tmp_path, SITE) == SiteTroubles()
    for damage in (b"", b"{", b'{"known": 3}', b"\xff"):
        (tmp_path / "standing" / "127.0.0.1_80.json").write_bytes(damage)
        assert SiteTroubles.read(tmp_path, "127.0.0.1:80") == SiteTroubles()


def test_what_was_seen_while_the_clock_was_ahead_is_news() -> None:
    ahead = SiteTroubles().after_end(DRIFTED, later(99_999), later(99_999), is_proof=True)
    ahead = ahead.after_messages(["1 (json)"], ["1 (json)"]).after_end(FAILED, AT, AT, is_proof=True)
    assert is_due(ahead.after_end(DRIFTED, later(10), later(10), is_proof=True), "1 (json)")
