-- What crawls found is stored once for all that found the same: most crawls find nothing new, and the same lists.

CREATE TABLE coverage_counts (
    id       uuid      PRIMARY KEY,
    fields   text[]    NOT NULL,
    pages    integer[] NOT NULL CHECK (0 < ALL (pages)),
    found    integer[] NOT NULL CHECK (0 <= ALL (found)),
    amounts  bigint[]  NOT NULL,
    fell     boolean[] NOT NULL,
    CHECK (cardinality(fields) = cardinality(pages) AND cardinality(fields) = cardinality(found)),
    CHECK (cardinality(fields) = cardinality(amounts) AND cardinality(fields) = cardinality(fell))
);
COMMENT ON TABLE coverage_counts IS 'On how many pages fields were found, once for all crawls that found the same. The view crawl_coverage has a row per crawl and field.';
COMMENT ON COLUMN coverage_counts.id IS 'First half of the SHA-256 of all the rest.';
COMMENT ON COLUMN coverage_counts.fields IS 'What was looked for: part and field of crawl_coverage, with a blank between.';
COMMENT ON COLUMN coverage_counts.pages IS 'For each of them, the pages that should have it.';
COMMENT ON COLUMN coverage_counts.found IS 'Those on which it was found.';
COMMENT ON COLUMN coverage_counts.amounts IS 'How much of it was found; NULL where it is only there or not.';
COMMENT ON COLUMN coverage_counts.fell IS 'Whether less of it was found than should have been.';

-- Crawls that end meanwhile wait. A million rows take about five seconds, those that read wait for the last second.
LOCK TABLE crawl_coverage IN SHARE ROW EXCLUSIVE MODE;
CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
SELECT crawl, is_of_articles, fields, pages, found, amounts, fell,
    encode(substr(sha256(convert_to(concat_ws(' ', fields, pages, found, amounts, fell), 'UTF8')), 1, 16), 'hex')::uuid AS id
FROM (
    SELECT crawl, part = 'article' AS is_of_articles, array_agg(part || ' ' || field ORDER BY part, field) AS fields,
        array_agg(pages ORDER BY part, field) AS pages, array_agg(found ORDER BY part, field) AS found,
        array_agg(amount ORDER BY part, field) AS amounts, array_agg(fell ORDER BY part, field) AS fell
    FROM crawl_coverage GROUP BY crawl, part = 'article'
) AS of_crawls;

INSERT INTO coverage_counts (id, fields, pages, found, amounts, fell)
SELECT DISTINCT ON (id) id, fields, pages, found, amounts, fell FROM moved;

ALTER TABLE crawls
    ADD COLUMN coverage uuid REFERENCES coverage_counts,
    ADD COLUMN article_coverage uuid REFERENCES coverage_counts;
COMMENT ON COLUMN crawls.coverage IS 'What was found of lists, front page and strip: a row of coverage_counts. NULL where no such page came.';
COMMENT ON COLUMN crawls.article_coverage IS 'What was found of articles; NULL where none came.';

UPDATE crawls AS c SET coverage = m.ids[1], article_coverage = m.ids[2] FROM (
    SELECT crawl, ARRAY[
        (array_agg(id) FILTER (WHERE NOT is_of_articles))[1], (array_agg(id) FILTER (WHERE is_of_articles))[1]
    ] AS ids
    FROM moved GROUP BY crawl
) AS m WHERE m.crawl = c.id;

ALTER TABLE crawl_coverage RENAME TO before_0020;
CREATE VIEW crawl_coverage AS
SELECT c.id AS crawl, substring(f.name, '^(.*) ') AS part, substring(f.name, '[^ ]*$') AS field, f.pages, f.found,
    f.amount, f.fell, c.site, c.number
FROM crawls AS c, unnest(ARRAY[c.coverage, c.article_coverage]) AS of_crawl (id) JOIN coverage_counts AS o USING (id),
    unnest(o.fields, o.pages, o.found, o.amounts, o.fell) AS f (name, pages, found, amount, fell);
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role, a.privilege_type AS right, name
        FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a CROSS JOIN unnest('{crawl_coverage,coverage_counts}'::text[]) AS name
        WHERE c.oid = 'before_0020'::regclass AND a.grantee <> c.relowner
            AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I TO %s', given.right, given.name, given.role);
    END LOOP;
END $$;
DROP TABLE before_0020;
COMMENT ON VIEW crawl_coverage IS 'On how many pages of a crawl each field was found in its own place on the page.';
COMMENT ON COLUMN crawl_coverage.crawl IS 'The crawl.';
COMMENT ON COLUMN crawl_coverage.part IS 'Part of the page: article, strip (the weather in the page header), front (the front page and its menu), or list 22 (that section''s list pages, 0 for the list of all articles).';
COMMENT ON COLUMN crawl_coverage.field IS 'What was looked for.';
COMMENT ON COLUMN crawl_coverage.pages IS 'Pages that should have the part; of the field answer, pages that were asked for.';
COMMENT ON COLUMN crawl_coverage.found IS 'Those on which the field was found, metadata and list pages that stand in for it not counted.';
COMMENT ON COLUMN crawl_coverage.amount IS 'How much of it was found, on all pages together: characters of bodies, cities, blocks of related stories, teasers. NULL where a field is only there or not, and for crawls of before version 9 of the schema.';
COMMENT ON COLUMN crawl_coverage.fell IS 'Less of it was found than should have been. Holds until a crawl meets the field again and finds enough of it.';
COMMENT ON COLUMN crawl_coverage.site IS 'Site of the crawl.';
COMMENT ON COLUMN crawl_coverage.number IS 'Number of the crawl.';

-- Crawls are asked for in the order of their numbers, and those with news by their time.
DROP INDEX crawls_by_time;
CREATE INDEX crawls_by_number ON crawls (site, number DESC);
CREATE INDEX crawls_with_articles ON crawls (site, number DESC) WHERE article_coverage IS NOT NULL;
CREATE INDEX crawls_with_news ON crawls (site, started_at) WHERE new > 0 AND kind = 'lists';
