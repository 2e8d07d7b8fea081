"""What the page of the settings says beside the strings in `asiatongsin/settings.py`."""

from __future__ import annotations

NOTES = {
    "ITEM_PIPELINES": "Write it in a settings module of yours, as [Embedding](../how-to/embedding.md) shows: a value"
    " of `-s` would replace all stages, and is refused.",
    "DATABASE_URL": "The variable `DATABASE_URL`, without the prefix, sets it too. [The"
    " database](../how-to/database.md) tells more.",
    "ARCHIVE_STORE": 'It needs `pip install "asiatongsin[fleet]"`.',
    "RECHECK_AFTER": "Where two of these ages have passed since the last visit, the article is re-checked once.",
    "RECHECK_MAX": "The highest value is 10000.",
    "CONTACT": "Please set it.",
    "UNREADABLE_SHARE_MAX": "Three unreadable pages or fewer are always allowed, where another one could be read.",
    "COVERAGE_DROP": "A drop that chance explains does not count: [Drift](../explanation/drift.md) tells how that is"
    " decided.",
    "STALE_AFTER": "A site that is paused or retired does not count.",
    "ALERTS": "[Alerts](../how-to/alerts.md) has examples.",
    "METRICS_FILE": "The name of the file ends in `.prom`.",
    "WEB_STATEMENT_TIMEOUT": "The page then says so, with the HTTP status 503.",
    "LOG_JSON": "Its keys are `time` (UTC), `level`, `logger` and `message`, and where they are known `site`, `url`"
    " and `exception`. The last line of a command stays a sentence.",
}
"""More sentences, and where to read on."""

EXAMPLES = {
    "DATABASE_URL": "`postgresql://news:secret@localhost/news`.",
    "ARCHIVE": "`article,list` archives the pages of lists as well.",
    "ARCHIVE_PACK_AFTER": "a file of 20 MB is finished at 09:00. `asiatongsin archive push` leaves it at 12:00 and"
    " sends it at 15:00, also where it is the only one of its site.",
    "RECHECK_AFTER": "an article is published at 09:00. It is re-checked from 10:00 on, from 15:00 on, and then after"
    " 1, 3, 7 and 30 days.",
    "RECHECK_MAX": "250 articles are due. Three crawls re-check them: 100, 100 and 50.",
    "GONE_AFTER": "a check on Monday at 09:00 finds an article removed. A second one at 10:00 is too early. If the"
    " check on Tuesday at 09:30 finds the same, `gone_at` is set.",
    "LOOK_BACK_PAGES": "a list has 3000 pages. Pages 1 to 10 are walked once a day, also where nothing on them is new.",
    "LOOK_BACK_ALL_IN": "a list has 3000 pages. With `30d` about 100 of them are walked each day.",
    "LIST_PAGES_MAX": "a list of 20 articles a page may hold one million articles.",
    "DOWNLOAD_DELAY": "with 1 second, 140,000 articles take about 40 hours.",
    "CRAWL_DELAY_MAX": "a robots.txt asks for 120 seconds. The crawl waits 60 seconds between two requests, and the"
    " log says so.",
    "AUTOTHROTTLE_ENABLED": "a site takes 4 seconds for an answer. The crawl waits 4 seconds before it asks again.",
    "RETRY_PAUSE": "a page fails. The crawl waits 5 seconds, after a second failure of the page 10 seconds, after a"
    " third 20 seconds.",
    "RETRY_AFTER_MAX": "where the site asks for 60 seconds, the crawl waits and goes on. Where it asks for 3600"
    " seconds, the crawl makes no more requests.",
    "FAILURES_IN_A_ROW_MAX": "nine pages fail and the tenth comes: the crawl goes on. If ten fail one after the other,"
    " it ends.",
    "PAGES_WITHOUT_DATABASE": "a site has 12 sections. While the database is away, a crawl walks 36 list pages.",
    "DATABASE_SILENCE_MAX": "at the end of a crawl the database stores nothing for 30 seconds. The crawl ends with"
    " status 3, and its pages wait in the spool.",
    "SPOOL_SEGMENT_SECONDS": "at one page a second, a file is closed after five pages.",
    "UNREADABLE_SHARE_MAX": "of 40 article pages, 8 may be unreadable. With 9 the crawl ends with status 5.",
    "COVERAGE_DROP": "usually 80 % of the articles have a photo. When a crawl finds photos on less than 40 %, the"
    " field counts as missing.",
    "COVERAGE_IGNORE": "with `article images, list 22 teasers`, articles may be without photos, and the list of"
    " section 22 without teasers.",
    "STRIP_FROZEN_AFTER": "the strip has shown the same since Monday at 09:00. From Thursday at 09:00 on, crawls end"
    " with status 5.",
    "STALE_AFTER": "the last good crawl was on Monday at 09:00. From Wednesday at 09:00 on, `asiatongsin status` ends"
    " with 1.",
    "FLEET_DEAD_AFTER": "a machine loses its power at 09:00:00. From 09:00:30 on, other machines crawl its sites.",
    "FLEET_ATTEMPTS": "the crawl of 09:00 is killed, and so are two more attempts. The next attempt is that of 09:30,"
    " as the schedule has it.",
    "WEB_ALLOWED_HOSTS": "`news.example.kr`.",
}
"""An example, in figures for each threshold."""
