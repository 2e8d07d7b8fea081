-- How much of a field a crawl found (bodies that became short, a strip that lost half of its cities), and what fell.

ALTER TABLE crawl_coverage ADD COLUMN amount bigint CHECK (amount >= 0);
COMMENT ON COLUMN crawl_coverage.amount IS
    'How much of it was found, on all pages together: characters of bodies, cities, blocks of related stories, teasers.'
    ' NULL where a field is only there or not, and for crawls of before version 9 of the schema.';
ALTER TABLE crawl_coverage ADD COLUMN fell boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN crawl_coverage.fell IS
    'Less of it was found than should have been. Holds until a crawl meets the field again and finds enough of it.';
CREATE INDEX crawl_coverage_fell ON crawl_coverage (crawl) WHERE fell;

COMMENT ON COLUMN crawl_coverage.part IS
    'Part of the page: article, strip (the weather in the page header), or list 22 (that section''s list pages, 0 for'
    ' the list of all articles).';
