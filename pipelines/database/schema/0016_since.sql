-- Crawls that ask for what was published since some time walk their lists no further; the next such crawl may rely on it.

ALTER TABLE crawls ADD COLUMN since timestamptz;
COMMENT ON COLUMN crawls.since IS
    'Time given by -a since=: older articles were not asked for, and may be missing of the lists in walked. NULL: none was.';
