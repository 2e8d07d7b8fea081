"""The statistics of a crawl, out of `asiatongsin/statistics.py`."""

from __future__ import annotations

from itertools import groupby

from asiatongsin.statistics import FINISHED
from pipelines.web.statistic_meanings import meanings
from tests.reference.markdown import code, page, plain, table
from tests.reference.words import Words

WHERE = {
    "front": "The front page and the menu on it.",
    "list": "The pages of lists.",
    "article": "The pages of articles.",
    "crawl": "What went wrong in the crawl as a whole.",
    "known": "What the crawl asked the database.",
    "politeness": "What the crawl did not ask the site.",
    "robotstxt": "The rules of the site.",
    "clock": "The clock of the machine.",
    "controls": "Other articles that were asked for, to see whether a removal is real.",
    "archive": "The stage that archives pages.",
    "split": "The stage that reads pages.",
    "validate": "The stage that checks values.",
    "weather": "The stage that compares weather strips.",
    "spool": "The spool.",
    "export": "What the database took.",
    "reparse": "What `asiatongsin reparse` counted.",
}
"""What is counted under the first part of a name."""

OF_SCRAPY = "Names of Scrapy that this program reads as well."


def write(words: Words) -> str:
    """The page."""
    say = words.say
    groups: dict[str, list[tuple[str, str]]] = {where: [] for where in (*WHERE, "")}
    known = [(name, meaning) for name, meaning in meanings().items() if name != FINISHED]
    for where, figures in groupby(known, key=lambda one: one[0].partition("/")[0]):
        groups[where if where in WHERE else ""] += figures
    return page(
        f"# {say('Statistics')}",
        words.text(
            "Each crawl counts what it does.",
            "The column [`statistics`](tables.md#crawls) of `crawls` keeps the figures, and the web page shows them.",
            "A name has two parts: where it is counted, and what is counted.",
            "A name that ends in `/` has a third part, as in `split/removed/404`.",
        ),
        say("Example: `article/pages` is 20 and `split/articles` is 19. One of the pages could not be read."),
        *(part for where, found in groups.items() if found for part in _group(where, found, words)),
    )


def _group(where: str, found: list[tuple[str, str]], words: Words) -> list[str]:
    title = code(where) if where else words.say("Others")
    rows = [[code(name), plain(words.quote(meaning))] for name, meaning in found]
    text = words.say(WHERE[where] if where else OF_SCRAPY)
    return [f"## {title}", text, table([words.say("name"), words.say("meaning")], rows)]
