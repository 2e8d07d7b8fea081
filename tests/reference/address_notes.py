"""What the page of the addresses says of each page."""

from __future__ import annotations

_SITE = "Host of a site. Empty: all sites."
_ONE_SITE = "Host of the site. Empty: the first one."
_SITES = "Hosts of sites, with commas between. Empty: all."
_SINCE = "Published then or later, in Korean time: `2025-10-01`, `yesterday`, `30d`."
_UNTIL = "Published then or earlier. A day means its end."
_FOUND_SINCE = "Found then or later, in Korean time: `2025-10-01`, `yesterday`, `7d`. Empty: today."
_FOUND_UNTIL = "Found then or earlier. Empty: now."
_SECTIONS = "Names of sections, with commas between. Empty: all."
_REPORTERS = "Names of reporters, with commas between. Empty: all."

SHOWS = {
    "/": "the newest articles of all sites, what needs a person, and how many articles the last days brought",
    "/search": "articles by their words, with a count for each day",
    "/day": "what some searches found on one day, to be printed",
    "/volume": "the number of articles for each day and section, reporter or site",
    "/article/<site>/<no>": "one article with its photos, links and revisions",
    "/article/<site>/<no>/diff": "two revisions of an article, compared word by word",
    "/article/<site>/<no>/raw": "the archived page of an article, in which nothing runs and nothing is loaded",
    "/changes": "what was new, edited, taken down, back or replaced",
    "/related/<site>/<no>": "the related stories around an article, as a graph",
    "/weather": "temperatures of cities over time, a map, and the weather strip at one time",
    "/crawls": "how crawls went, newest first",
    "/crawls/<id>": "one crawl with its statistics",
    "/coverage": "on which share of the pages each field was found, crawl by crawl",
    "/rejected": "pages that could not be read",
    "/rejected/<rejected>/raw": "such a page as it came, in which nothing runs and nothing is loaded",
    "/gaps": "the longest runs of missing article numbers",
    "/sites": "the papers, late ones first",
    "/fields": "what each table and column means",
}
"""By the address."""

NOTES = {
    "/search": "The language of a search is that of [Searching](query.md). The CSV holds all articles that are found,"
    " and the feed the newest 50.",
    "/day": "At most 20 searches fit on the page, with 100 articles each.",
    "/changes": "Without a kind it shows all kinds but new articles. The feed goes back a week where `since` is empty.",
    "/weather": "A line breaks where no page was seen for more than 3 hours. The CSV holds all readings that fit.",
}
"""What is good to know."""

PARAMETERS = {
    "/search": {
        "q": "The words. Empty: all articles.",
        "site": _SITES,
        "section": _SECTIONS,
        "reporter": _REPORTERS,
        "since": _SINCE,
        "until": _UNTIL,
        "sort": "`newest` or `relevance`. Empty: `newest`.",
        "after": "Where the next page of hits begins. The link on the page sets it.",
        "all": "`1` counts all hits, also where that takes long.",
    },
    "/day": {
        "q": "The searches: one a line, or the parameter several times.",
        "day": "`2025-10-01`, `yesterday` or `today`. Empty: today.",
    },
    "/volume": {
        "by": "`section`, `reporter` or `site`. Empty: `section`.",
        "site": _SITES,
        "since": _SINCE,
        "until": _UNTIL,
    },
    "/article/<site>/<no>/diff": {
        "from": "Number of the old revision. Empty: the one before the new one.",
        "to": "Number of the new revision. Empty: the last one.",
    },
    "/article/<site>/<no>/raw": {"revision": "Number of the revision. Empty: the page that was fetched last."},
    "/changes": {
        "q": "Words that the articles hold. Empty: all articles.",
        "site": _SITES,
        "section": _SECTIONS,
        "reporter": _REPORTERS,
        "since": _FOUND_SINCE,
        "until": _FOUND_UNTIL,
        "new": "`1` shows new articles.",
        "edited": "`1` shows edits.",
        "gone": "`1` shows articles that were taken down.",
        "back": "`1` shows articles that came back.",
        "replaced": "`1` shows articles whose number the site gave to another article.",
        "headlines": "`1` shows edits of headlines alone.",
        "minimum": "Characters that an edit changed at least. Empty: 1.",
    },
    "/related/<site>/<no>": {"steps": "`1` shows what leads to the article and from it, `2` one step more."},
    "/weather": {
        "site": "Host of the site. Empty: the first one. The CSV takes several, and without one all.",
        "city": "Names of cities, with commas between or the parameter several times. Empty: 서울, 부산 and 제주.",
        "since": "Beginning of the time, in Korean time. Empty: seven days before its end.",
        "until": "End of the time. Empty: the newest weather strip.",
        "at": "Time of the weather strip that is shown. Empty: the newest one.",
        "page": "Number of the part, where the table of the days has several.",
        "plot": "`1` leaves the table of the days out of the JSON.",
    },
    "/crawls": {
        "site": _SITE,
        "outcome": "A word of [the outcomes](statuses.md), or `trouble` for all but `ok`. `none`: no end is known.",
        "before": "Older than the crawl of this id.",
    },
    "/coverage": {"site": _ONE_SITE, "crawls": "How many of the last crawls, at most 200. Empty: 60."},
    "/rejected": {
        "site": _SITE,
        "unread": "`1` leaves out those that were read since.",
        "before": "Older than the rejected page of this number.",
    },
    "/gaps": {"site": _ONE_SITE},
    "/sites": {"skip": "How many sites are left out at the top."},
}
"""What stands behind the question mark, and what it means."""
