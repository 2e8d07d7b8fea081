"""The replica on the command line misbehaves as it is told to."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest

from tests.conftest import ROOT
from tests.processes import next_line

COMMAND = [sys.executable, "-m", "tests.site", "--articles", "100", "--page-bytes", "2000", "--port", "0"]


@contextmanager
def replica(*arguments: str) -> Iterator[str]:
    with subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield next_line(process).split()[-1]
        process.terminate()
    assert process.returncode == 0


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def statuses(site: str) -> list[int]:
    return [get(f"{site}/news/article.html?no={no}")[0] for no in range(100_001, 100_101)]


def test_fails_for_a_share_of_the_addresses_the_same_each_time() -> None:
    with replica("--removed-every", "0", "--fault", "503", "--share", "0.2") as site:
        first = statuses(site)
        assert set(first) == {200, 503}
        assert 10 <= first.count(503) <= 30
        assert statuses(site) == first
        assert get(f"{site}/news/article_list_all.html")[0] == 200


def test_fails_in_several_ways_in_several_places() -> None:
    faults = ("--fault", "500", "--where", "no=100003$", "--times", "1", "--fault", "empty", "--where", "list_all")
    with replica(*faults) as site:
        assert [get(f"{site}/news/article.html?no=100003")[0] for _ in range(2)] == [500, 200]
        assert get(f"{site}/news/article_list_all.html") == (200, b"")
        assert get(f"{site}/news/article.html?no=100004")[1] != b""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--fault", "bad luck"), "gzip bomb, "), (("--share", "0.2"), "--share stands behind the --fault")],
)
def test_refuses_what_it_does_not_understand(arguments: tuple[str, ...], says: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert says in done.stderr
