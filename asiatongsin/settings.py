"""All settings, and the only place that reads the environment.

Every name, Scrapy's and ours, can be set by `-s NAME=value` and by the environment variable `ASIATONGSIN_NAME`.
A setting with a string below it is on the page docs/en/reference/settings.md, which `make reference` writes.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from scrapy.settings import default_settings

from asiatongsin.log import JSON_FORMAT, choose_log_record
from asiatongsin.scrapy_parts import used_parts
from asiatongsin.site import DEFAULT_USER_AGENT

BOT_NAME = "asiatongsin"
SPIDER_MODULES = ["asiatongsin.spiders"]
NEWSPIDER_MODULE = "asiatongsin.spiders"
COMMANDS_MODULE = "pipelines.commands"

# --- stages of a page: their order stands here and nowhere else -------------------------------------------------

ITEM_PIPELINES = {
    "pipelines.stages.archive.ArchivePipeline": 100,
    "pipelines.stages.split.SplitPipeline": 200,
    "pipelines.stages.validate.ValidatePipeline": 300,
    "pipelines.stages.weather.WeatherPipeline": 400,
    "pipelines.stages.recheck.RecheckPipeline": 500,
    "pipelines.stages.spool.SpoolPipeline": 900,
}
"""The stages of a page, in the order of their numbers. A stage of yours takes a number between."""

EXTENSIONS = {
    "pipelines.crawl.extension.CrawlExtension": 100,
    "pipelines.stages.item_errors.FaultyPages": 200,
    "asiatongsin.extensions.removal_controls.ControlsExtension": 300,
    "asiatongsin.extensions.progress.ProgressExtension": 500,
}

KNOWN_ARTICLES = "pipelines.crawl.known_articles.KnownArticles"
"""Class that says which articles need no download."""

# --- where things are kept ---------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL", "")
"""Address of a PostgreSQL 15 to 18, as libpq reads it. Empty: an embedded PostgreSQL in the data folder."""

DATA = str(Path(platformdirs.user_data_dir("asiatongsin", appauthor=False)))
"""The data folder, as an absolute path: archive, spool, kept pages and embedded database."""

# --- the archive of raw pages ------------------------------------------------------------------------------------

ARCHIVE = "article"
"""Kinds of pages that are archived as WARC: `article`, `list`, `front`, with commas between. Empty: none."""

ARCHIVE_FILE_BYTES = 1_000_000_000
"""Bytes after which a WARC file is closed and the next one is begun."""

ARCHIVE_STORE = ""
"""Where finished WARC files go: `s3://bucket/folder`, `gs://…`, `az://…` or a folder. Empty: they stay on this disk."""

ARCHIVE_PACK_BYTES = 256_000_000
"""Bytes of an object in the store. An object holds several WARC files of one site."""

ARCHIVE_PACK_AFTER = "6h"
"""How long a WARC file waits for others of its site before it goes to the store."""

ARCHIVE_KEEP_LOCAL = False
"""Whether WARC files stay on this disk after the store was seen to hold them."""

# --- articles that are stored already ----------------------------------------------------------------------------

RECHECK_AFTER = "1h, 6h, 1d, 3d, 7d, 30d"
"""Ages at which a stored article is re-checked. Empty: never."""

RECHECK_MAX = 100
"""How many articles one crawl re-checks at most. Those that have been due longest come first."""

GONE_AFTER = "1d"
"""Two checks that find an article removed must be so far apart. Then `gone_at` is set."""

LOOK_BACK_PAGES = 10
"""First pages of each list that are walked once a day, also where all on them is known. 0: never."""

LOOK_BACK_ALL_IN = "30d"
"""In this time the other pages of each list are walked once as well, a part of them each day."""

LIST_PAGES_MAX = 50_000
"""A list with more pages than this counts as one without an end. The crawl ends with status 5."""

# --- politeness --------------------------------------------------------------------------------------------------

CONTACT = ""
"""Mail or web address of whoever runs the crawls. The user agent names it, so that the site can write to you."""

USER_AGENT = DEFAULT_USER_AGENT
"""Name that each request gives. The address in CONTACT is added to it."""

ROBOTSTXT_OBEY = True
"""Whether the rules in robots.txt are obeyed."""

ROBOTSTXT_USER_AGENT = "asiatongsin"
"""Name by which the rules for this program are found in robots.txt."""

CONCURRENT_REQUESTS = 1
"""How many requests one crawl has open at once."""

CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
"""Seconds between two requests. For a site on this machine there is no delay."""

DOWNLOAD_DELAY_JITTER = 0.0  # Scrapy's own makes of one second anything from a half to one and a half
CRAWL_DELAY_MAX = 60.0
"""Longest `Crawl-delay` of a robots.txt that a crawl heeds, in seconds. It replaces a shorter DOWNLOAD_DELAY."""

POLITENESS_GROUP = ""
"""Name for sites that share a server: no two of a group are crawled at once. `asiatongsin sites` sets it."""

AUTOTHROTTLE_ENABLED = True
"""Whether the delay grows where the site answers slowly. It is never shorter than DOWNLOAD_DELAY."""

AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
"""Longest delay, in seconds, that a slow site leads to."""

RETRY_TIMES = 2
"""How often a page that did not come is tried again in the same crawl."""

RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the spider says what it could not get, once
RETRY_PAUSE = 5.0
"""Seconds without any request after a failure of the server. Each retry of a page doubles them."""

RETRY_AFTER_MAX = 300.0
"""Longest wait, in seconds, that a site may ask for with `Retry-After`. After a longer one the crawl asks no more."""

FAILURES_IN_A_ROW_MAX = 10
"""So many pages in a row that do not come end a crawl with status 4."""

# --- limits of a download ---------------------------------------------------------------------------------------

DOWNLOAD_TIMEOUT = 30
"""Seconds after which a page that has not come whole counts as failed."""

DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
"""Bytes of the largest page that is read. A larger one counts as failed. 0: any size."""

DOWNLOAD_WARNSIZE = 2 * 1024 * 1024
"""Bytes above which the log warns of a large page. 0: never."""

DOWNLOAD_VERIFY_CERTIFICATES = True
"""Whether the TLS certificate of the site must be valid."""

REDIRECT_MAX_TIMES = 5
"""How many redirects of one page are followed, within the site."""

METAREFRESH_ENABLED = False  # split reads them: that is one form in which an article is gone
COOKIES_ENABLED = False
"""Whether cookies are kept. The last line of a crawl says where a site wants one first."""

# --- the spool and the database ---------------------------------------------------------------------------------

PAGES_WITHOUT_DATABASE = 3
"""List pages of each section that a crawl walks while no database says what is known already."""

DATABASE_SILENCE_MAX = 30.0
"""Seconds that a crawl waits for a database: at its beginning for a free connection, at its end for progress."""

SPOOL_SEGMENT_PAGES = 50
"""Pages after which a spool file is closed and its pages are stored."""

SPOOL_SEGMENT_SECONDS = 5.0
"""Seconds after which a spool file is closed, also where it holds fewer pages."""

# --- when something counts as wrong -----------------------------------------------------------------------------

UNREADABLE_SHARE_MAX = 0.2
"""Share of the article pages that may be unreadable. Above it a crawl ends with status 5."""

COVERAGE_DROP = 0.5
"""Share of its usual coverage below which a field counts as missing. The crawl ends with status 5. 0: never."""

COVERAGE_IGNORE = ""
"""Fields that may be missing, with commas between, by the names in the last line of a crawl."""

STRIP_FROZEN_AFTER = "3d"
"""A crawl ends with status 5 when the weather strip has not changed for so long. Empty: never."""

STALE_AFTER = "2d"
"""Age of the last good crawl, and of an overdue re-check, above which `asiatongsin status` ends with 1. Empty: never."""

# --- a fleet: many sites on several machines ---------------------------------------------------------------------

FLEET_MACHINE = ""
"""Name of this machine in the fleet. Empty: its host name."""

FLEET_SLOTS = 10
"""How many crawls a worker runs at once."""

FLEET_TICK = 5.0
"""Seconds between two looks for sites that are due."""

FLEET_DEAD_AFTER = 30.0
"""Seconds without a sign of life after which a worker counts as dead. Others then take over its sites."""

FLEET_ATTEMPTS = 3
"""How many crawls of a site in a row may be killed. Then the schedule gives up until the next time."""

FLEET_GRACE = 90.0
"""Seconds that crawls have to end after the worker was told to end."""

# --- who is told how crawls go -----------------------------------------------------------------------------------

ALERTS = ""
"""Addresses that are told when crawls begin or cease to go wrong, as apprise writes them, with blanks between.
They hold secrets, so set them by environment."""

METRICS_FILE = ""
"""File for the textfile collector of node_exporter, or a folder for a file per site. A crawl writes it at its end.
Empty: none."""

# --- the web page, `asiatongsin serve` ---------------------------------------------------------------------------

WEB_DATABASE_URL = ""
"""Address of the database for the web page, with a role that may only read. Empty: that of DATABASE_URL."""

WEB_ALLOWED_HOSTS = ""
"""Names under which other machines ask for the page, with commas between. Empty: it answers this machine alone."""

WEB_STATEMENT_TIMEOUT = 10.0
"""Seconds after which the database stops a query of a page."""

WEB_DOWNLOAD_TIMEOUT = 600.0
"""Seconds after which the database stops a query that fills a downloaded file."""

# --- the log ----------------------------------------------------------------------------------------------------

LOG_LEVEL = "INFO"
"""Least severe lines that are logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`. The option -L sets it as well."""

PROGRESS = False
"""Whether one line of progress takes the place of the log. `asiatongsin crawl` sets it on a terminal."""

LOG_JSON = False
"""Whether each log line is a JSON object. For commands other than `crawl` and `gaps`, set it by environment."""

# --- how Scrapy runs ---------------------------------------------------------------------------------------------

STATS_CLASS = "asiatongsin.stats_collector.StatsCollector"
WARN_ON_GENERATOR_RETURN_VALUE = False  # Scrapy would read the source of the callback anew for each page

EXTENSIONS_BASE, DOWNLOADER_MIDDLEWARES_BASE, SPIDER_MIDDLEWARES_BASE = used_parts()
DOWNLOADER_MIDDLEWARES = {
    "asiatongsin.middlewares.same_site.SameSiteMiddleware": 50,
    "asiatongsin.middlewares.robots.RobotsMiddleware": 100,
    "asiatongsin.middlewares.giving_up.GiveUpMiddleware": 555,  # nearer to the site than what retries, at 550
    "asiatongsin.middlewares.wait.WaitMiddleware": 560,
    "asiatongsin.middlewares.redirects.RedirectMiddleware": 600,
    "asiatongsin.middlewares.cookies.CookiesMiddleware": 700,
    "asiatongsin.middlewares.explain.ExplainMiddleware": 940,
    "asiatongsin.middlewares.site_clock.SiteClockMiddleware": 900,
    # Sees what came, before redirects (600) and decompression (590).
    "asiatongsin.middlewares.exchanges.ReceivedMiddleware": 950,
}
CONCURRENT_ITEMS = 1  # Scrapy starts so many tasks for each page; a hundred took a tenth of the CPU (2026-11-25)
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # newest first, as the lists print them
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ko,en;q=0.5",
    "Accept-Encoding": "gzip",  # what every reader of WARC files undoes; few do br, hardly one zstd
}
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {"csv": "asiatongsin.feeds.CsvArticles"}
FEED_STORE_EMPTY = False  # a crawl that finds nothing new would empty the file of the one beforeLOG_FORMATTER = "asiatongsin.log.ShortLogFormatter"

_PREFIX = "ASIATONGSIN_"
SET_BY_ENVIRONMENT = sorted(name.removeprefix(_PREFIX) for name in os.environ if name.startswith(_PREFIX))
"""Settings that the environment has set: they are not adapted to the site."""

OWN_DEFAULTS = {name: value for name, value in globals().items() if name.isupper()}
"""The settings of this file as they are without the environment."""

UNKNOWN_VARIABLES = [
    name for name in SET_BY_ENVIRONMENT if not (name in OWN_DEFAULTS or hasattr(default_settings, name))
]
"""Variables of the environment that look like settings, and are none."""

globals().update({name: os.environ[_PREFIX + name] for name in SET_BY_ENVIRONMENT})

if choose_log_record(LOG_JSON):  # here, since every command reads the settings before it logs anything
    LOG_FORMAT = JSON_FORMAT
