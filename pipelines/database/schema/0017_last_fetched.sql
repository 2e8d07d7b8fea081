-- Whether a time lies in the future is asked of the crawls: the tables of articles are too large to look through each time.

ALTER TABLE crawls ADD COLUMN last_fetched_at timestamptz;
COMMENT ON COLUMN crawls.last_fetched_at IS 'When the last of the pages was fetched that it stored; NULL where it stored none.';

CREATE INDEX crawls_by_last_time ON crawls (site, greatest(started_at, finished_at, last_fetched_at));

-- Earlier crawls did not note it, so the last one of each site stands for all.
UPDATE crawls AS c SET last_fetched_at = (
    SELECT max(at) FROM (
        SELECT fetched_at AS at FROM articles WHERE site = c.site
        UNION ALL SELECT checked_at FROM article_checks WHERE site = c.site
        UNION ALL SELECT last_fetched_at FROM weather_snapshots WHERE site = c.site
        UNION ALL SELECT fetched_at FROM rejected_pages WHERE site = c.site
        UNION ALL SELECT last_seen_at FROM removed_articles WHERE site = c.site
        UNION ALL SELECT replaced_at FROM former_articles WHERE site = c.site
        UNION ALL SELECT looked_back_at FROM walked_lists WHERE site = c.site
    ) AS s
) WHERE number IN (SELECT max(number) FROM crawls GROUP BY site);
