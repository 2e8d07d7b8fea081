"""The names of this project's statistics, each with its meaning. A name is `<where it is counted>/<what>`.

Scrapy prints them all at the end of a crawl, and `crawls.statistics` keeps them with Scrapy's own.
"""

from __future__ import annotations

from asiatongsin.items import PageKind

# --- the spider: what was asked for and what came ---------------------------------------------------------------


def pages(kind: PageKind) -> str:
    """Pages that arrived."""
    return f"{kind}/pages"


def failed(kind: PageKind) -> str:
    """Pages that did not arrive."""
    return f"{kind}/failed"


def failed_again(kind: PageKind) -> str:
    """Pages that did not arrive now, nor in an earlier crawl."""
    return f"{kind}/failed_again"


def absent(kind: PageKind) -> str:
    """Pages that do not exist, as the site says."""
    return f"{kind}/absent"


LIST_FAILED_OF = "list/failed/"
"""List pages of one section that did not arrive. The number of the section follows."""

SECTIONS = "front/sections"
"""Sections that the menu of the front page names."""

MENU = "front/menu"
"""Number and names of each of these sections, in the order of the menu: `[[22, ["정치"]], …]`."""

WITHOUT_MENU = "front/without_menu"
"""What was walked instead where no menu was found, in words."""

WITHOUT_LIST = "list/without_list"
"""List pages that hold no list, not even an empty one."""

TEASERS = "list/teasers"
"""Entries of all list pages."""

WALKED = "list/walked"
"""Numbers of the sections whose lists were walked as far as asked. 0 is the list of all articles."""

LISTS = "list/found_out"
"""What the crawl found out about each of these lists."""

WALKS_UNSURE = "list/unsure"
"""Lists of which pages did not come, or whose end is not known."""

ENDLESS_OF = "list/endless/"
"""Why a list counts as one without an end, in words. The number of the section follows."""

LOOKED_BACK = "list/looked_back"
"""Lists that were walked on past known articles, for those that appeared late."""

LISTED = "article/listed"
"""Articles that were asked for: new ones on lists, and those that `no=` names."""

RECHECKED = "article/rechecked"
"""Stored articles that were re-checked."""

LAST_FAILURE = "crawl/last_failure"
"""Why the last page that did not arrive did not, in words."""

KNOWN_QUERIES = "known/queries"
"""Queries to the database about articles of earlier crawls."""

WALKS_CUT_SHORT = "known/blind"
"""Lists that were not walked to the end, since the database did not say what is known."""

# --- middlewares ------------------------------------------------------------------------------------------------

OFFSITE = "politeness/offsite"
"""Requests and redirects that would have left the site."""

FORBIDDEN = "robotstxt/forbidden"
"""Requests that robots.txt forbids."""

ROBOTS_REQUESTS = "robotstxt/request_count"
"""Requests for a robots.txt; Scrapy's own name."""

ROBOTS_ANSWERS = "robotstxt/response_status_count/"
"""Answers to requests for a robots.txt. The HTTP status follows; Scrapy's own name."""

FAILURES_IN_A_ROW = "crawl/failures_in_a_row"
"""Pages in a row that did not come. It is there only where the crawl ended for this reason."""

CLOCK_AHEAD_OF_SITE = "clock/ahead_of_site"
"""Seconds by which the clock of this machine is ahead of that of the site. The best of all answers counts."""

# --- the controls that are asked for when articles were found removed ----------------------------------------------

CONTROLS_ARE_DUE = "controls/doubt"
"""1 where an article was found removed that may be stored. Then controls are asked for."""

CONTROLS_ASKED = "controls/asked"
"""Stored articles that were asked for as controls."""

CONTROLS_SERVED = "controls/served"
"""Controls that came as articles."""

REMOVED_ASKED_AGAIN = "controls/asked_again"
"""Removed articles that were asked for once more after the controls."""

REMOVED_ANSWERED_AGAIN = "controls/answered_again"
"""Removed articles that answered then, as article or as removed."""

# --- the stages -------------------------------------------------------------------------------------------------

ARCHIVED = "archive/pages"
"""Pages that were archived."""

MET = "split/met"
"""Article pages that a list showed, or that were re-checked."""

MET_REMOVED = "split/met_removed"
"""Those among them that say that there is no such article."""

REMOVED = "split/removed"
"""Article pages that say that there is no such article."""

REMOVED_AS = "split/removed/"
"""The same by the form in which the page says so. The form follows, for example `404`."""

ARTICLES = "split/articles"
"""Article pages that were read."""

ARTICLES_BY_NUMBER = "split/articles_by_number"
"""Article pages that were read, of those that were asked for by number alone."""

UNMODIFIED = "split/unmodified"
"""Re-checks that the server answered with 304: the page has not changed."""

UNREADABLE_BY_NUMBER = "split/unreadable_by_number"
"""Article pages that could not be read, of those that were asked for by number alone."""


def unreadable(kind: PageKind) -> str:
    """Pages that arrived and could not be read."""
    return f"split/unreadable/{kind}"


IMPLAUSIBLE = "validate/implausible/"
"""Values that cannot be true and became NULL. The name of the field follows."""

STRIP_MISSING = "weather/missing"
"""Pages without a weather strip."""

STRIP_UNCHANGED = "weather/unchanged"
"""Pages whose weather strip is that of the page before."""

STRIP_CHANGED = "weather/changed"
"""Pages with another weather strip than the page before."""

SPOOLED = "spool/pages"
"""Pages that were brought to the spool."""

ITEM_ERRORS = "crawl/item_errors"
"""Pages on which a stage failed by a fault of the program."""

DROPPED = "crawl/dropped"
"""Pages that a stage of yours dropped (`DropItem`) before they came into the spool."""

SPOOL_FAILURES = "crawl/spool_failures"
"""Pages that the disk did not take."""

SPOOL_TROUBLE = "crawl/spool_trouble"
"""Why the disk took no page, in words."""

# --- the crawl as a whole ---------------------------------------------------------------------------------------

SPIDER_ERRORS = "spider_exceptions/count"
"""Answers on which the spider failed; Scrapy's own name."""

ENQUEUED, DEQUEUED = "scheduler/enqueued", "scheduler/dequeued"
"""Requests that the spider has made (`enqueued`), and those whose turn has come (`dequeued`). Scrapy's own."""

FINISH_REASON = "finish_reason"
"""Why the crawl ended; Scrapy's own name."""

FINISHED = "finished"
"""Value of FINISH_REASON of a crawl that had nothing left to request."""

REFUSED = "crawl/refused"
"""Why the crawl must not begin, in words."""

SPOOL_DAMAGED = "spool/damaged"
"""Folders that earlier crawls left in the spool and that cannot be stored."""

MACHINE = "machine"
"""Machine on which the crawl ran."""

SPOOL_ELSEWHERE = "spool/elsewhere"
"""Pages of earlier crawls that wait in the spool for another database."""

SPOOL_BROKEN = "spool/broken"
"""Lines of the spool that cannot be read."""


STORED_FEEDS = "feedexport/success_count/"
"""Files of `-o` and `-O` that were written. The kind of storage follows; Scrapy's own name."""


def exported(count: str) -> str:
    """What the database took: `pages`, and the articles among them that were `new`, `changed` or `unchanged`.

    `refused` counts pages that it did not take, `partial` pages that it took without some part.
    """
    return f"export/{count}"


def reparsed(count: str) -> str:
    """What `asiatongsin reparse` met: `captures`, those `differing`, `damaged` places, and `strangers`.

    The name of a field counts captures in which that field differs.
    """
    return f"reparse/{count}"
