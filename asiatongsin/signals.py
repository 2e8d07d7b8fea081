"""Signals of this project, beside Scrapy's own."""

crawl_started = object()
"""Sent once, with `spider`, before the first request of a crawl that stores what it finds.

`scrapy shell`, `check`, `parse` and `fetch` open a spider as well, but start no crawl: whatever locks, opens the
spool or writes to the database waits for this signal. A handler that raises CloseSpider ends the crawl at once.
"""
