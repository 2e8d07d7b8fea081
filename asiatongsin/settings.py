"""All settings, and the only place that reads the environment.

Every name, Scrapy's and ours, can be set by `-s NAME=value` and by the environment variable `ASIATONGSIN_NAME`.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from scrapy.settings import default_settings

from asiatongsin.log import JSON_FORMAT, choose_log_record
from asiatongsin.site import DEFAULT_USER_AGENT

BOT_NAME = "asiatongsin"
SPIDER_MODULES = ["asiatongsin.spiders"]
NEWSPIDER_MODULE = "asiatongsin.spiders"
COMMANDS_MODULE = "pipelines.commands"

# --- what happens to a page: the order of the stages stands here and nowhere else -------------------------------

ITEM_PIPELINES = {
    "pipelines.stages.archive.ArchivePipeline": 100,
    "pipelines.stages.split.SplitPipeline": 200,
    "pipelines.stages.validate.ValidatePipeline": 300,
    "pipelines.stages.weather.WeatherPipeline": 400,
    "pipelines.stages.recheck.RecheckPipeline": 500,
    "pipelines.stages.spool.SpoolPipeline": 900,
}
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
"""libpq address of a PostgreSQL 15 to 18; empty: an embedded one below DATA."""

DATA = str(Path(platformdirs.user_data_dir("asiatongsin", appauthor=False)))
"""Absolute folder of spool, kept pages and embedded database."""

# --- the archive of raw pages ------------------------------------------------------------------------------------

ARCHIVE = "article"
"""Kinds of pages that are archived as WARC: `article`, `list`, `front`, with commas between; empty for none."""

ARCHIVE_FILE_BYTES = 1_000_000_000
"""Bytes after which a WARC file is closed and the next one begun, as the standard recommends."""

ARCHIVE_STORE = ""
"""Where finished WARC files go: `s3://bucket/folder`, `gs://…`, `az://…` or a folder; empty: they stay here."""

ARCHIVE_PACK_BYTES = 256_000_000
"""Bytes of an object of the store, which holds several WARC files of one site."""

ARCHIVE_PACK_AFTER = "6h"
"""How long a WARC file waits for others of its site before it is brought to the store."""

ARCHIVE_KEEP_LOCAL = False
"""Whether WARC files stay on local disk after the store was seen to hold them."""

# --- articles that are stored already ----------------------------------------------------------------------------

RECHECK_AFTER = "1h, 6h, 1d, 3d, 7d, 30d"
"""Ages (minutes, hours, days) at which an article is visited again; empty: never."""

RECHECK_MAX = 100
"""How many articles one crawl visits again, those that have been due longest."""

GONE_AFTER = "1d"
"""How far apart two sightings of a removed article must be to make it gone."""

LOOK_BACK_PAGES = 10
"""First pages of each list that are walked once a day though all on them may be known; 0: never."""

LOOK_BACK_ALL_IN = "30d"
"""In this time the other pages of each list are walked once as well, a part of them each day."""

LIST_PAGES_MAX = 50_000
"""A list that goes on behind this page counts as one without an end: status 5."""

# --- politeness --------------------------------------------------------------------------------------------------

CONTACT = ""
"""Address (mail or web) that the user agent names, so that the site can reach whoever runs this."""

USER_AGENT = DEFAULT_USER_AGENT  # the spider adds CONTACT
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "asiatongsin"
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0  # seconds; the spider takes it away on loopback addresses
DOWNLOAD_DELAY_JITTER = 0.0  # Scrapy's own makes of one second anything from a half to one and a half
CRAWL_DELAY_MAX = 60.0
"""Longest `Crawl-delay` of a robots.txt, in seconds, that a crawl heeds. A shorter DOWNLOAD_DELAY gives way to it."""

POLITENESS_GROUP = ""
"""Name that sites on one server have in common: no two of a group are crawled at once. `asiatongsin sites` sets it."""

AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0

RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the spider says what it could not get, once
RETRY_PAUSE = 5.0
"""Seconds without any request after the first failure of a server; doubles with each retry."""

RETRY_AFTER_MAX = 300.0
"""Longest `Retry-After`, in seconds, that a crawl waits for. After a longer one, it makes no more requests."""

FAILURES_IN_A_ROW_MAX = 10
"""Pages in a row that do not come, after which a crawl ends with status 4."""

# --- bounds ------------------------------------------------------------------------------------------------------

DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 2 * 1024 * 1024
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # split reads them: that is one form in which an article is gone
COOKIES_ENABLED = False  # a site that wants one first is told of in the last line

PAGES_WITHOUT_DATABASE = 3
"""List pages per section that a crawl walks while no database says what is known already."""

DATABASE_SILENCE_MAX = 30.0
"""Seconds the end of a crawl waits for a database that stores nothing, and its beginning for a connection where none is
left; systemd kills after 90."""

UNREADABLE_SHARE_MAX = 0.2
"""Share of unreadable article pages above which a crawl ends with status 5."""

COVERAGE_DROP = 0.5
"""Share of what is usual of a field; a crawl that finds less ends with status 5. 0: never."""

COVERAGE_IGNORE = ""
"""Fields that may be missing, by the names in the last line of a crawl: `article images, list 22 teasers`."""

STRIP_FROZEN_AFTER = "3d"
"""A crawl ends with status 5 when the weather strip has not changed for so long; empty: never."""

STALE_AFTER = "2d"
"""Age of the last good crawl, and of an overdue visit, above which `asiatongsin status` ends with 1; empty: never."""

SPOOL_SEGMENT_PAGES = 50
"""Pages after which a spool file is closed and handed to the drain."""

SPOOL_SEGMENT_SECONDS = 5.0
"""Seconds after which an unfilled spool file is closed, so that the database follows the crawl."""

# --- a fleet: many sites on several machines ---------------------------------------------------------------------

FLEET_MACHINE = ""
"""Name of this machine in the fleet; empty: its host name."""

FLEET_SLOTS = 10
"""How many crawls a worker runs at once."""

FLEET_TICK = 5.0
"""Seconds between two looks for sites that are due."""

FLEET_DEAD_AFTER = 30.0
"""Seconds without a word after which a worker counts as dead, and others take over its sites."""

FLEET_ATTEMPTS = 3
"""How often a crawl that is killed is tried, before the schedule gives it up until its next time."""

FLEET_GRACE = 90.0
"""Seconds that crawls have to end, when the worker is told to."""

# --- who is told how crawls go -----------------------------------------------------------------------------------

ALERTS = ""
"""Addresses for alerts, as apprise writes them, with blanks between. Secrets, so set them by environment."""

METRICS_FILE = ""
"""File, or folder of files, for node_exporter's textfile collector, written as a crawl ends; empty: none."""

# --- the web page, `asiatongsin serve` ---------------------------------------------------------------------------

WEB_DATABASE_URL = ""
"""Address of the database for the page, with a role that may only read; empty: DATABASE_URL."""

WEB_ALLOWED_HOSTS = ""
"""Names, with commas between, under which the page is asked for from other machines; empty: by this machine alone."""

WEB_STATEMENT_TIMEOUT = 10.0
"""Seconds after which the database stops a question of a page."""

WEB_DOWNLOAD_TIMEOUT = 600.0
"""Seconds after which the database stops what fills a downloaded file."""

# --- how Scrapy runs ---------------------------------------------------------------------------------------------

STATS_CLASS = "asiatongsin.stats_collector.StatsCollector"
WARN_ON_GENERATOR_RETURN_VALUE = False
"""Scrapy would read the source of the callback anew for each page."""

_UNUSED = {
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",  # ours imports it where it is wanted
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",  # ours lets no subdomain and no redirect pass
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",  # ours says what helps
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",  # ours fetches nothing where it cannot be read
    "scrapy.extensions.memdebug.MemoryDebugger",  # counts objects, for debugging
    "scrapy.extensions.remote_control.RemoteControl",  # runs code sent over the network
    "scrapy.extensions.spiderstate.SpiderState",  # keeps what a spider writes into `state`: ours writes nothing
    "scrapy.extensions.telnet.TelnetConsole",  # runs code sent over the network
    "scrapy.spidermiddlewares.depth.DepthMiddleware",  # lists have an end of their own
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware",  # nobody asks which requests came first
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",  # the spider makes the addresses itself
}
"""Parts of Scrapy that do nothing here, each with the reason. Scrapy imports a part that is only set to None."""

EXTENSIONS_BASE, DOWNLOADER_MIDDLEWARES_BASE, SPIDER_MIDDLEWARES_BASE = (
    {part: place for part, place in base.items() if part not in _UNUSED}
    for base in (
        default_settings.EXTENSIONS_BASE,
        default_settings.DOWNLOADER_MIDDLEWARES_BASE,
        default_settings.SPIDER_MIDDLEWARES_BASE,
    )
)
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
FEED_STORE_EMPTY = False  # a crawl that finds nothing new would empty the file of the one before
LOG_LEVEL = "INFO"
PROGRESS = False
"""Whether one line is rewritten, instead of log lines; `asiatongsin crawl` sets it on a terminal."""
LOG_FORMATTER = "asiatongsin.log.ShortLogFormatter"
LOG_JSON = False
"""Whether each log line is a JSON object. For commands other than `crawl` and `gaps`, set it by environment."""

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
