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
    'Share of the pages that had it before it fell; NULL where nobody looks for such a field any more.';
COMMENT ON COLUMN missing_fields.usual_mean IS 'How much of it a page had before it fell; NULL where nobody counted.';
COMMENT ON COLUMN missing_fields.found_again IS 'Pages of later crawls that found it: too few so far.';

-- What had fallen until today, by the rules of before: what fell stays so until crawls of the same scope have met it on
-- three pages (of a list, the strip or the front page: on one), or until others have on twenty where none of that scope
-- began for two days; the list of a section also until a crawl of the whole menu met lists and not this one.
CREATE TEMPORARY TABLE fell ON COMMIT DROP AS
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
    ));

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

-- What was usual: the median of up to 200 earlier crawls of the scope (of lists 20). Neighbouring crawls are taken
-- together until they have so many pages; where there are too few crawls it is the bound for the first ones of a site.
WITH RECURSIVE looked (part, field, crawls, pages_of_share, pages_of_mean, least) AS (
    VALUES ('article', 'headline', 3, 20, 1, 0.8), ('article', 'published_at', 3, 20, 1, 0.5),
        ('article', 'body', 3, 20, 20, 0.5), ('article', 'related_stories', 3, 20, 5, 0),
        ('article', 'served', 3, 20, 1, 0), ('article', 'readable', 3, 20, 1, 0),
        ('article', 'subheadline', 3, 20, 1, 0), ('article', 'section', 3, 20, 1, 0),
        ('article', 'reporter', 3, 20, 1, 0), ('article', 'images', 3, 20, 1, 0),
        ('strip', 'cities', 3, 20, 2, 0), ('strip', 'conditions', 3, 20, 1, 0),
        ('strip', 'temperatures', 3, 20, 1, 0), ('front', 'answer', 3, 20, 1, 0),
        ('front', 'sections', 1, 1, 1, 0), ('list', 'answer', 3, 20, 1, 0),
        ('list', 'teasers', 1, 1, 1, 0), ('list', 'published_at', 1, 1, 1, 0)
), missing AS (
    SELECT m.site, m.part, m.field, l.crawls, l.pages_of_share, l.pages_of_mean, l.least, m.crawl, c.scope
    FROM missing_fields AS m JOIN crawls AS c ON c.id = m.crawl
    JOIN looked AS l ON l.part = split_part(m.part, ' ', 1) AND l.field = m.field
), earlier AS (
    SELECT m.*, o.number, o.pages, o.found, o.amount FROM missing AS m, LATERAL (
        SELECT i.number, i.pages, i.found, i.amount FROM crawl_coverage AS i JOIN crawls AS c ON c.id = i.crawl
        WHERE i.site = m.site AND i.part = m.part AND i.field = m.field AND NOT i.fell AND i.crawl <> m.crawl
            AND c.is_comparable AND c.scope = m.scope
        ORDER BY i.number DESC LIMIT CASE WHEN m.part LIKE 'list %' THEN 20 ELSE 200 END
    ) AS o
), measured AS (
    SELECT site, part, field, 'share' AS what, pages AS size, pages_of_share AS enough, found::float8 AS sum, number
    FROM earlier
    UNION ALL
    SELECT site, part, field, 'mean', found, pages_of_mean, amount::float8, number
    FROM earlier WHERE found > 0 AND amount IS NOT NULL
), in_turn AS (
    SELECT *, row_number() OVER (PARTITION BY site, part, field, what ORDER BY number DESC) AS place FROM measured
), taken AS (
    SELECT site, part, field, what, enough, place, 1 AS together, size::bigint AS size, sum FROM in_turn WHERE place = 1
    UNION ALL
    SELECT n.site, n.part, n.field, n.what, n.enough, n.place,
        CASE WHEN t.size >= t.enough THEN t.together + 1 ELSE t.together END,
        CASE WHEN t.size >= t.enough THEN n.size ELSE t.size + n.size END,
        CASE WHEN t.size >= t.enough THEN n.sum ELSE t.sum + n.sum END
    FROM taken AS t JOIN in_turn AS n
        ON (n.site, n.part, n.field, n.what, n.place) = (t.site, t.part, t.field, t.what, t.place + 1)
), whole AS (
    SELECT DISTINCT ON (site, part, field, what, together) site, part, field, what, together, size >= enough AS is_enough,
        sum / size AS value
    FROM taken ORDER BY site, part, field, what, together, place DESC
), usual AS (
    SELECT site, part, field, what, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS value,
        count(*) FILTER (WHERE is_enough) AS wholes
    FROM whole WHERE is_enough OR together = 1 GROUP BY site, part, field, what
)
UPDATE missing_fields AS f SET
    usual_share = CASE WHEN known.crawls >= m.crawls THEN s.value ELSE m.least END,
    usual_mean = CASE WHEN known.crawls >= m.crawls AND a.wholes >= m.crawls THEN a.value END
FROM missing AS m
LEFT JOIN LATERAL (
    SELECT count(*) AS crawls FROM earlier AS e WHERE (e.site, e.part, e.field) = (m.site, m.part, m.field)
) AS known ON true
LEFT JOIN usual AS s ON (s.site, s.part, s.field, s.what) = (m.site, m.part, m.field, 'share')
LEFT JOIN usual AS a ON (a.site, a.part, a.field, a.what) = (m.site, m.part, m.field, 'mean')
WHERE (f.site, f.part, f.field) = (m.site, m.part, m.field);

DROP INDEX crawl_coverage_fell;
