"""Articles of invented words, as often as words of a language are, and queries for them: always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate

from asiatongsin.korean import KST

NEWEST = datetime(2026, 11, 30, tzinfo=KST)
SPAN = timedelta(days=8 * 365)
SECTIONS = ("정치", "경제", "사회", "문화", "국제", "스포츠", "교육", "환경")
PARTICLES = ("은", "는", "이", "가", "을", "를", "에", "의", "에서", "으로", "과", "도")
LATIN = ("AI", "KF94", "IT", "LH", "SNS", "R&D", "2026년", "300명", "12%")
COLUMNS = (
    *("site", "no", "url", "section", "headline", "reporter"),
    *("published_at", "body", "content_hash", "first_seen_at", "fetched_at"),
)


@cache
def vocabulary() -> tuple[str, ...]:
    """60,000 words, the most frequent first: most have two syllables, out of 900 that are unequally frequent."""
    dice = random.Random(7)
    syllables = dice.sample([chr(code) for code in range(0xAC00, 0xD7A4)], 900)
    shares = [1 / (place + 5) for place in range(len(syllables))]
    words: dict[str, None] = {}
    while len(words) < 60_000:
        [length] = dice.choices((1, 2, 3, 4, 5), (2, 60, 25, 10, 3))
        words["".join(dice.choices(syllables, shares, k=length))] = None
    ordered = sorted(words)
    dice.shuffle(ordered)
    return tuple(ordered)


def rows(articles: int) -> Iterator[tuple[object, ...]]:
    """Rows of the table of articles, with COLUMNS, of eight years; about 1,100 characters each."""
    dice, words = random.Random(1), vocabulary()
    shares = list(accumulate(1 / (place + 20) for place in range(len(words))))
    for no in range(1, articles + 1):
        at = NEWEST - SPAN * ((articles - no) / articles)
        length = int(dice.lognormvariate(5.2, 0.6)) + 10
        printed = [word + dice.choice(PARTICLES) for word in dice.choices(words, cum_weights=shares, k=length)]
        printed[::13] = (dice.choice(LATIN) for _ in printed[::13])
        headline = " ".join(dice.choices(words, cum_weights=shares, k=6))
        of_site = ("newsasia.kr", no, f"https://newsasia.kr/news/article.html?no={no}", dice.choice(SECTIONS))
        reporter, body = (
            f"기자{dice.randrange(120)}",
            ". ".join(" ".join(printed[i : i + 12]) for i in range(0, length, 12)),
        )
        yield (*of_site, headline, reporter, at, body, f"{no:064d}", at, at)


def queries(number: int) -> Iterator[str]:
    """So many queries: frequent words more often than others, alone, together, left out, in quotes and filtered."""
    dice, words = random.Random(11), vocabulary()
    for place in range(number):
        one, other = (words[int(dice.paretovariate(0.35)) % len(words)] for _ in range(2))
        yield (
            *(one, one, one, one, f"{one} {other}", f"{one} {other}", f'"{one} {other}"'),
            *(f"{one} -a{other}", f"{one} section:정치 since:2024-01-01", f"AI {one} title:{other}"),
        )[place % 10]
