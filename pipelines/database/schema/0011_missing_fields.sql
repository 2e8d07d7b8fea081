-- What kind of crawl each was, and what fell and has not been found again: decided once, as a crawl is stored.

ALTER TABLE crawls
    ADD COLUMN kind text NOT NULL DEFAULT 'lists' CHECK (kind IN ('lists', 'articles', 'reparse')),
    ADD COLUMN scope text NOT NULL DEFAULT 'all' CHECK (scope <> ''),
    ADD COLUMN is_comparable boolean NOT NULL DEFAULT false,
    ADD COLUMN proves_lists boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN crawls.kind IS
    'lists: it walked lists; articles: it was asked for single articles (no=); reparse: it read archived pages again.';
COMMENT ON COLUMN crawls.scope IS
    'What it was asked to walk: all, or for example sections=22,34 full. Only crawls of one scope are compared.';
COMMENT ON COLUMN crawls.is_comparable IS
    'Whether later crawls are compared with it: it walked lists, and neither the site nor the program failed.';
COMMENT ON COLUMN crawls.proves_lists IS
    'Whether it shows what the lists hold: it is comparable, and nobody stopped it before its own end.';

UPDATE crawls SET
    kind = CASE WHEN arguments ? 'reparse' THEN 'reparse' WHEN arguments ? 'no' THEN 'articles' ELSE 'lists' END,
    scope = coalesce(nullif(concat_ws(
        ' ', 'sections=' || (arguments ->> 'sections'), CASE WHEN arguments ? 'full' THEN 'full' END
    ), ''), 'all');
UPDATE crawls SET is_comparable = true WHERE kind = 'lists' AND outcome IN ('ok', 'drift', 'spooled');
UPDATE crawls SET proves_lists = true WHERE is_comparable AND statistics ->> 'finish_reason' = 'finished';

CREATE TABLE missing_fields (
    site         text        NOT NULL CHECK (site <> ''),
    part         text        NOT NULL CHECK (part <> ''),
    field        text        NOT NULL CHECK (field <> ''),
    scope        text        NOT NULL CHECK (scope <> ''),
    since        timestamptz NOT NULL,
    crawl        text        NOT NULL REFERENCES crawls ON DELETE CASCADE,
    pages        integer     NOT NULL CHECK (pages > 0),
    found        integer     NOT NULL CHECK (found BETWEEN 0 AND pages),
    amount       bigint      CHECK (amount >= 0),
    usual_share  float8      CHECK (usual_share BETWEEN 0 AND 1),
    usual_mean   float8      CHECK (usual_mean >= 0),
    found_again  integer     NOT NULL DEFAULT 0 CHECK (found_again >= 0),
    PRIMARY KEY (site, part, field)
);
COMMENT ON TABLE missing_fields IS
    'Fields that crawls no longer find as often as they should. A row goes when the field is found again on enough pages.';
COMMENT ON COLUMN missing_fields.site IS 'Host of the site.';
COMMENT ON COLUMN missing_fields.part IS 'Part of the page, as in crawl_coverage.';
COMMENT ON COLUMN missing_fields.field IS 'What was looked for.';
COMMENT ON COLUMN missing_fields.scope IS 'Scope of the last crawl that missed it; crawls of this scope find it again.';
COMMENT ON COLUMN missing_fields.since IS 'When the first crawl began that missed it.';
COMMENT ON COLUMN missing_fields.crawl IS 'The last crawl that looked for it.';
COMMENT ON COLUMN missing_fields.pages IS 'Pages of that crawl that should have it.';
COMMENT ON COLUMN missing_fields.found IS 'Those that had it.';
COMMENT ON COLUMN missing_fields.amount IS 'How much of it they had together; NULL where it is only there or not.';
COMMENT ON COLUMN missing_fields.usual_share IS
    'Share of the pages that had it before it fell; NULL where it fell before there was this table, or nobody looks for it.';
COMMENT ON COLUMN missing_fields.usual_mean IS
    'How much of it a page had before it fell; NULL also where nobody counts it.';
COMMENT ON COLUMN missing_fields.found_again IS 'Pages of later crawls that found it: too few so far.';

-- What had fallen until today, by the rules of before: what fell stays so until crawls of the same scope have met it on
-- three pages (of a list, the strip or the front page: on one), or until others have on twenty where none of that scope
-- began for two days; the list of a section also until a crawl of the whole menu met lists and not this one.
WITH fell AS (
    SELECT site, part, field, scope, number, by_alike FROM (
        SELECT DISTINCT ON (o.site, o.part, o.field) o.site, o.part, o.field, o.number, c.scope
        FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
        WHERE o.fell
        ORDER BY o.site, o.part, o.field, o.number DESC
    ) AS f, LATERAL (
        SELECT coalesce(sum(pages) FILTER (WHERE seen.scope = f.scope), 0) AS by_alike,
            coalesce(sum(pages), 0) AS by_all,
            EXISTS (
                SELECT FROM crawls AS c WHERE c.site = f.site AND c.started_at > now() - interval '2 days'
                    AND c.scope = f.scope AND c.kind = 'lists'
            ) AS is_asked
        FROM (
            SELECT o.pages, c.scope FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
            WHERE o.site = f.site AND o.part = f.part AND o.field = f.field AND o.number > f.number AND NOT o.fell
                AND c.is_comparable
            ORDER BY o.number LIMIT 100
        ) AS seen
    ) AS mended
    WHERE by_alike < CASE WHEN part = 'article' THEN 3 ELSE 1 END AND (is_asked OR by_all < 20)
        AND NOT (part LIKE 'list %' AND EXISTS (
            SELECT FROM crawls AS c JOIN crawl_coverage AS o ON o.crawl = c.id
            WHERE c.site = f.site AND c.number > f.number AND o.part LIKE 'list %' AND c.proves_lists
                AND c.scope NOT LIKE 'sections=%'
                AND NOT EXISTS (SELECT FROM crawl_coverage AS own WHERE own.crawl = c.id AND own.part = f.part)
        ))
)
INSERT INTO missing_fields (site, part, field, scope, since, crawl, pages, found, amount, found_again)
SELECT f.site, f.part, f.field, f.scope, first.started_at, met.crawl, met.pages, met.found, met.amount, f.by_alike
FROM fell AS f, LATERAL (
    SELECT o.crawl, o.pages, o.found, o.amount FROM crawl_coverage AS o
    WHERE o.site = f.site AND o.part = f.part AND o.field = f.field ORDER BY o.number DESC LIMIT 1
) AS met, LATERAL (
    SELECT min(c.started_at) AS started_at FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
    WHERE o.site = f.site AND o.part = f.part AND o.field = f.field AND o.fell AND o.number > coalesce((
        SELECT max(i.number) FROM crawl_coverage AS i JOIN crawls AS k ON k.id = i.crawl
        WHERE i.site = f.site AND i.part = f.part AND i.field = f.field AND i.number < f.number AND NOT i.fell
            AND k.is_comparable
    ), 0)
) AS first;

DROP INDEX crawl_coverage_fell;
