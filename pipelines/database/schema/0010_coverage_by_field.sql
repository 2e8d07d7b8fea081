-- A field is compared with what the last crawls of the site found of it: one index entry after the other, not all crawls.

ALTER TABLE crawl_coverage ADD COLUMN site text CHECK (site <> ''), ADD COLUMN number bigint;
UPDATE crawl_coverage SET site = c.site, number = c.number FROM crawls AS c WHERE c.id = crawl;
ALTER TABLE crawl_coverage ALTER COLUMN site SET NOT NULL, ALTER COLUMN number SET NOT NULL;
CREATE INDEX crawl_coverage_by_field ON crawl_coverage (site, part, field, number DESC) WHERE NOT fell;

COMMENT ON COLUMN crawl_coverage.site IS 'Site of the crawl.';
COMMENT ON COLUMN crawl_coverage.number IS 'Number of the crawl.';
COMMENT ON COLUMN crawl_coverage.part IS
    'Part of the page: article, strip (the weather in the page header), front (the front page and its menu), or list 22'
    ' (that section''s list pages, 0 for the list of all articles).';
COMMENT ON COLUMN crawl_coverage.pages IS
    'Pages that should have the part; of the field answer, pages that were asked for.';
