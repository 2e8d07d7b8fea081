-- What each crawl found on its pages: a layout that changes shows in a field that is no longer found.

CREATE TABLE crawl_coverage (
    crawl  text    NOT NULL REFERENCES crawls ON DELETE CASCADE,
    part   text    NOT NULL CHECK (part <> ''),
    field  text    NOT NULL CHECK (field <> ''),
    pages  integer NOT NULL CHECK (pages > 0),
    found  integer NOT NULL CHECK (found BETWEEN 0 AND pages),
    PRIMARY KEY (crawl, part, field)
);
COMMENT ON TABLE crawl_coverage IS 'On how many pages of a crawl each field was found in its own place on the page.';
COMMENT ON COLUMN crawl_coverage.crawl IS 'The crawl.';
COMMENT ON COLUMN crawl_coverage.part IS 'Part of the page: article, or strip (the weather in the page header).';
COMMENT ON COLUMN crawl_coverage.field IS 'What was looked for.';
COMMENT ON COLUMN crawl_coverage.pages IS 'Pages that should have the part.';
COMMENT ON COLUMN crawl_coverage.found IS 'Those on which the field was found, metadata and list pages that stand in for it not counted.';
