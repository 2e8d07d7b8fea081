"""Which of Scrapy's own extensions and middlewares are used."""

from __future__ import annotations

from scrapy.settings import default_settings

UNUSED = {
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


def used_parts() -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Extensions, downloader middlewares and spider middlewares of Scrapy with their places, without the unused."""
    extensions, downloader, spider = (
        {part: place for part, place in base.items() if part not in UNUSED}
        for base in (
            default_settings.EXTENSIONS_BASE,
            default_settings.DOWNLOADER_MIDDLEWARES_BASE,
            default_settings.SPIDER_MIDDLEWARES_BASE,
        )
    )
    return extensions, downloader, spider
